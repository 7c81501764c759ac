// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/text/byte_pairs.h"
#include "engine/text/pretokenizer.h"
#include "engine/text/tokenizer.h"
#include "engine/text/vocabulary.h"

#include <unordered_map>

namespace kvprism::text {

// Byte-level BPE ("gpt2" in GGUF files): words by the pretokenizer, tokens by merging pairs. Ids are
// llama.cpp's.
class ByteLevelTokenizer final : public Tokenizer {
  public:
    ByteLevelTokenizer(Vocabulary vocabulary, Pretokenizer words, BytePairs pairs);

    Result<Encoding> encode(std::string_view utf8, SpecialTokens special) const override;
    std::string piece(std::int32_t id) const override;
    bool isSpecial(std::int32_t id) const override;
    std::int32_t size() const override { return m_vocabulary.size(); }
    std::optional<std::int32_t> find(std::string_view specialToken) const override;
    std::optional<std::int32_t> beginOfSequence() const override { return m_vocabulary.beginOfSequence; }
    std::vector<std::int32_t> endOfAnswer() const override { return m_vocabulary.endOfAnswer; }

  private:
    // A stretch of a text: a token written out in it, or plain text (token −1).
    struct Stretch {
        std::size_t begin = 0, end = 0;
        std::int32_t token = -1;
    };
    std::vector<Stretch> findWritten(std::string_view utf8, SpecialTokens special) const;

    Vocabulary m_vocabulary;
    Pretokenizer m_words;
    BytePairs m_pairs;
};

} // namespace kvprism::text
