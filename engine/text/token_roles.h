// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/files/safetensors.h"
#include "engine/text/vocabulary.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace kvprism::text {

// What the side files of a folder say about its tokens, beside the tokenizer itself.
struct TokenRoles {
    std::optional<bool> addsBegin; // tokenizer_config.json: whether a text begins with beginText
    std::string beginText;         // empty: not said
    std::vector<std::string> endTexts;
    std::vector<std::int32_t> endIds; // config.json, generation_config.json
    std::vector<WrittenToken> added;  // tokenizer_config.json, added_tokens.json
};

Result<TokenRoles> readTokenRoles(const files::SafetensorsFolder& folder);

// Enters tokens that were added to a vocabulary, at their ids; `where` is for the sentence.
Status addTokens(Vocabulary& vocabulary, const std::vector<WrittenToken>& added, const std::string& where);

// Enters which tokens end an answer, and which one begins a text if the roles ask for it; `begins` and
// `begin` are what counts where they do not say.
void giveRoles(Vocabulary& vocabulary, const TokenRoles& roles, bool begins,
               std::optional<std::int32_t> begin);

// A token as tokenizer.json and tokenizer_config.json write it ("content", "special", "lstrip", …); fails on
// what we do not do.
Result<WrittenToken> readAddedToken(const nlohmann::json& object, std::int32_t id, const std::string& where);

inline constexpr std::int32_t largestTokenId = (1 << 22) - 1;
// Ids far beyond the number of tokens would take gigabytes; a few holes are common.
inline constexpr std::int32_t mostHoles = 1 << 16;
std::optional<std::int32_t> tokenIdOf(const nlohmann::json& value); // nothing where it is no id

} // namespace kvprism::text
