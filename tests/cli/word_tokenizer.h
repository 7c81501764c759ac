// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/text/tokenizer.h"

namespace kvprism::test {

// A token is a word with the white space before it.
class WordTokenizer final : public text::Tokenizer {
  public:
    Result<text::Encoding> encode(std::string_view utf8, text::SpecialTokens,
                                  const text::Watch&) const override {
        const auto isSpace = [](char c) { return c == ' ' || c == '\n'; };
        text::Encoding encoding;
        for (std::size_t i = 0; i < utf8.size(); ++i) {
            if (i > 0 && !(isSpace(utf8[i]) && !isSpace(utf8[i - 1])))
                continue;
            encoding.ids.push_back(static_cast<std::int32_t>(encoding.ids.size()));
            encoding.begins.push_back(static_cast<std::uint32_t>(i));
        }
        return encoding;
    }
    std::string piece(std::int32_t) const override { return {}; }
    bool isSpecial(std::int32_t) const override { return false; }
    std::int32_t size() const override { return 1 << 30; }
    std::optional<std::int32_t> find(std::string_view) const override { return std::nullopt; }
    std::optional<std::int32_t> beginOfSequence() const override { return std::nullopt; }
    std::vector<std::int32_t> endOfAnswer() const override { return {}; }
};

} // namespace kvprism::test
