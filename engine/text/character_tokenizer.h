// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/text/byte_pairs.h"
#include "engine/text/tokenizer.h"
#include "engine/text/vocabulary.h"

#include <array>
#include <unordered_map>

namespace kvprism::text {

// How a vocabulary over characters writes spaces: always as "▁", and one before a text that has none.
struct SpaceRules {
    enum class Before { nothing, firstText, everyText }; // a text: what lies between tokens written out in it
    Before before = Before::nothing;
    bool unlessSpace = false; // no "▁" before a text that begins with one
    bool cutsWords = false;   // nothing is merged over the front of a "▁"
};

struct CharacterParts {
    Vocabulary vocabulary; // kind `byte` for the tokens that stand for bytes ("<0x0A>")
    WrittenTokens written;
    SpaceRules spaces;
    MergeTable merges;
    std::optional<std::int32_t> unknown; // what stands for a character that nothing can write
    bool joinsUnknown = false;           // one token for several of them in a row
    std::string kind;                    // for people
};

// BPE over characters, with bytes for those that the vocabulary does not have, as tokenizer.json files of
// Llama 2 and Mistral describe it. Ids are those of the tokenizers library.
class CharacterTokenizer final : public Tokenizer {
  public:
    explicit CharacterTokenizer(CharacterParts parts);

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
    bool writesSpaceBefore() const override { return m_parts.spaces.before == SpaceRules::Before::everyText; }
    std::string kind() const override { return m_parts.kind; }

  private:
    bool encodeWord(std::string_view text, std::size_t base, bool marked, MergeScratch& scratch, Pace& pace,
                    Encoding& encoding) const;
    void appendCharacter(std::string_view character, std::uint32_t at, MergeScratch& scratch) const;

    CharacterParts m_parts;
    std::unordered_map<std::string_view, std::int32_t> m_ids; // of texts that lie in the vocabulary
    std::array<std::int32_t, 256> m_bytes;                    // −1: no token for this byte
};

} // namespace kvprism::text
