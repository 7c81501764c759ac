// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/files/gguf.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kvprism::text {

// What a GGUF file says about each token, checked. Kinds have the numbers of `tokenizer.ggml.token_type`.
enum class TokenKind : std::uint8_t { normal = 1, unknown, control, userDefined, unused, byte };

struct Vocabulary {
    std::vector<std::string> texts; // as the file has them
    std::vector<TokenKind> kinds;
    std::vector<std::int32_t>
        written; // tokens that are looked for in a text as they are written, longest first
    std::optional<std::int32_t> beginOfSequence; // only where the model asks for one
    std::vector<std::int32_t> endOfAnswer;       // sorted

    std::int32_t size() const { return static_cast<std::int32_t>(texts.size()); }
    bool isSpecial(std::int32_t id) const {
        const TokenKind kind = kinds[static_cast<std::size_t>(id)];
        return kind == TokenKind::control || kind == TokenKind::unknown;
    }
};

Result<Vocabulary> readVocabulary(const files::GgufFile& file);

} // namespace kvprism::text
