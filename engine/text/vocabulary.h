// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/files/gguf.h"
#include "engine/text/written_tokens.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kvprism::text {

// What a model says about each token, checked. Kinds have the numbers of `tokenizer.ggml.token_type`.
enum class TokenKind : std::uint8_t { normal = 1, unknown, control, userDefined, unused, byte };

struct Vocabulary {
    std::vector<std::string> texts; // as the file has them
    std::vector<TokenKind> kinds;
    std::optional<std::int32_t> beginOfSequence; // only where the model asks for one
    std::vector<std::int32_t> endOfAnswer;       // sorted

    std::int32_t size() const { return static_cast<std::int32_t>(texts.size()); }
    bool isSpecial(std::int32_t id) const {
        const TokenKind kind = kinds[static_cast<std::size_t>(id)];
        return kind == TokenKind::control || kind == TokenKind::unknown;
    }
};

// Ids of special and user-defined tokens, which a text may have written out.
std::vector<std::int32_t> writtenIds(const Vocabulary& vocabulary);
WrittenTokens writtenTokens(const Vocabulary& vocabulary, Overlap overlap);

// Adds the tokens that end an answer in the models we know, whatever the file says, to `endOfAnswer`; sorts
// it.
void completeEnds(Vocabulary& vocabulary);

// The texts by id, those of special tokens left empty: what may not come out of merging.
std::vector<std::string> plainTexts(const Vocabulary& vocabulary);

// Of a GGUF file. Where it does not say whether a text begins with a token of its own, `begins` counts.
Result<Vocabulary> readVocabulary(const files::GgufFile& file, bool begins);

} // namespace kvprism::text
