// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/text/byte_pairs.h"
#include "engine/text/pretokenizer.h"
#include "engine/text/tokenizer.h"
#include "engine/text/vocabulary.h"

#include <unordered_map>

namespace kvprism::text {

// What a byte-level tokenizer is made of.
struct ByteLevelParts {
    Vocabulary vocabulary;
    WrittenTokens written;
    bool composes = false; // texts are brought to Unicode's form C first
    Pretokenizer words;
    BytePairs pairs;
    std::string kind; // for people
};

// Byte-level BPE ("gpt2" in GGUF files): words by the pretokenizer, tokens by merging pairs. Ids are
// llama.cpp's, or those of the tokenizers library where tokenizer.json says what to do.
class ByteLevelTokenizer final : public Tokenizer {
  public:
    explicit ByteLevelTokenizer(ByteLevelParts parts) : m_parts(std::move(parts)) {}

    Result<Encoding> encode(std::string_view utf8, SpecialTokens special, const Watch& watch) const override;
    std::string piece(std::int32_t id) const override;
    bool isSpecial(std::int32_t id) const override;
    std::int32_t size() const override { return m_parts.vocabulary.size(); }
    std::optional<std::int32_t> find(std::string_view specialToken) const override;
    std::optional<std::int32_t> beginOfSequence() const override {
        return m_parts.vocabulary.beginOfSequence;
    }
    std::vector<std::int32_t> endOfAnswer() const override { return m_parts.vocabulary.endOfAnswer; }
    std::string kind() const override { return m_parts.kind; }

  private:
    ByteLevelParts m_parts;
};

} // namespace kvprism::text
