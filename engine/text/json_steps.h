// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/text/character_tokenizer.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace kvprism::text {

// What a tokenizer.json does to a text before its model and to the ids behind it.
struct JsonSteps {
    bool composes = false;             // normalizer NFC
    bool bytes = false;                // pre_tokenizer ByteLevel
    std::vector<std::string> patterns; // of words, each cutting further what those before it left
    SpaceRules spaces;                 // where the model works on characters
    bool marksSpaces = false;          // whether `spaces` was asked for
    std::optional<std::int32_t> begin; // the token that the post-processor puts before a text
};

// Of the whole object of the file; steps that we do not do are `unavailable`.
Result<JsonSteps> readJsonSteps(const nlohmann::json& tokenizer, const std::string& where);

} // namespace kvprism::text
