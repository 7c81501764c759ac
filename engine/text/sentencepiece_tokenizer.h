// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/text/tokenizer.h"
#include "engine/text/vocabulary.h"

#include <memory>
#include <string>

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace kvprism::text {

struct SentencePieceParts {
    Vocabulary vocabulary; // texts with "▁" for a space
    WrittenTokens written;
    std::string kind; // for people
};

// A vocabulary of the SentencePiece library, which does the work. Ids are its own.
class SentencePieceTokenizer final : public Tokenizer {
  public:
    // `model` is a serialised ModelProto, whose pieces are the first ones of the vocabulary. `where` is for
    // the sentence.
    static Result<std::unique_ptr<Tokenizer>> make(SentencePieceParts parts, std::string_view model,
                                                   const std::string& where);
    ~SentencePieceTokenizer() override;

    Result<Encoding> encode(std::string_view utf8, SpecialTokens special, const Watch& watch) const override;
    std::string piece(std::int32_t id) const override;
    bool isSpecial(std::int32_t id) const override;
    std::int32_t size() const override { return m_parts.vocabulary.size(); }
    std::optional<std::int32_t> find(std::string_view specialToken) const override {
        return m_parts.written.find(specialToken);
    }
    std::optional<std::int32_t> beginOfSequence() const override {
        return m_parts.vocabulary.beginOfSequence;
    }
    std::vector<std::int32_t> endOfAnswer() const override { return m_parts.vocabulary.endOfAnswer; }
    bool writesSpaceBefore() const override { return m_writesSpace; }
    std::string kind() const override { return m_parts.kind; }

  private:
    using Processor = sentencepiece::SentencePieceProcessor;
    SentencePieceTokenizer(SentencePieceParts parts, std::unique_ptr<Processor> processor);
    Status append(std::string_view plain, std::size_t base, Encoding& encoding) const;
    Status appendInParts(std::string_view plain, std::size_t base, Pace& pace, Encoding& encoding) const;
    std::size_t partEnd(std::string_view plain, std::size_t begin) const;

    SentencePieceParts m_parts;
    std::unique_ptr<Processor> m_processor;
    bool m_writesSpace = false;
    bool m_isCutAtSpaces = false; // no token reaches over the front of a space
};

// The pieces of a serialised model as a vocabulary, without roles. Fails where it is no such model.
Result<Vocabulary> vocabularyOfModel(std::string_view model, const std::string& where);

// The byte that a piece like "<0x0A>" stands for; nothing where it is written otherwise.
std::optional<char> byteWritten(std::string_view piece);

// The bytes that a piece stands for: "▁" is a space, a piece of kind `byte` ("<0x0A>") its byte, a special
// one stands for itself.
std::string bytesOfPiece(const Vocabulary& vocabulary, std::int32_t id);

} // namespace kvprism::text
