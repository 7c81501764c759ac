// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"

namespace kvprism::text {

// A token for each byte of a text, for models without a vocabulary of their own: id = byte, then one that
// begins every text. Ids behind these are written as "<ID>". No token ends an answer: it has as many tokens
// as were asked for.
class ByteTokenizer final : public Tokenizer {
  public:
    explicit ByteTokenizer(std::int32_t vocabularySize) : m_size(vocabularySize) {} // > begin

    static constexpr std::int32_t begin = 256;

    Result<Encoding> encode(std::string_view utf8, SpecialTokens special, const Watch& watch) const override;
    std::string piece(std::int32_t id) const override;
    bool isSpecial(std::int32_t id) const override { return id == begin; }
    std::int32_t size() const override { return m_size; }
    std::optional<std::int32_t> find(std::string_view specialToken) const override;
    std::optional<std::int32_t> beginOfSequence() const override { return begin; }
    std::vector<std::int32_t> endOfAnswer() const override { return {}; }
    std::string kind() const override { return "bytes"; }

  private:
    std::int32_t m_size;
};

// The template that goes with it: the words as they are, and a line feed before the answer.
ChatTemplate plainTemplate();

} // namespace kvprism::text
