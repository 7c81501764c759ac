// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/text/watch.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace kvprism::text {

// Which two neighbouring symbols may become one, and which pair comes first. A hash table with open
// addressing.
class MergeTable {
  public:
    struct Merge {
        std::int32_t rank = -1; // lower comes first; −1: the pair does not merge
        std::int32_t symbol = 0;
    };

    explicit MergeTable(std::size_t merges = 0);
    void add(std::int32_t left, std::int32_t right, Merge merge); // keeps the first of equal pairs
    Merge find(std::int32_t left, std::int32_t right) const;

  private:
    struct Slot {
        std::uint64_t pair = 0;
        Merge merge;
    };
    std::size_t slotOf(std::uint64_t pair) const;
    std::vector<Slot> m_slots; // a power of two, at most half of it in use
    int m_shift = 0;
};

// Merging takes some 20 bytes of memory for each byte of a word. A longer word (only a text without any space
// or change of script has one) is cut, so that a hostile document cannot take gigabytes; ids may differ there
// from the reference's.
inline constexpr std::size_t longestWord = 8 << 20;

// Buffers of merging, used again from word to word. A word is a list of symbols; `begin` is where one begins
// in the text, and a symbol that is not there has the number −1.
struct MergeScratch {
    struct Symbol {
        std::int32_t symbol = 0; // −1: merged into its left neighbour
        std::uint32_t previous = 0, next = 0;
        std::uint32_t begin = 0;
    };
    static constexpr std::uint32_t none = 0xFFFFFFFF; // no neighbour
    std::vector<Symbol> symbols;
    std::vector<std::uint64_t> queue;

    void clear();
    void append(std::int32_t symbol, std::uint32_t begin); // behind the last one
};

// Merges, again and again, the pair of lowest rank, the leftmost where ranks are equal (Sennrich et al.,
// arXiv 1508.07909). n symbols take O(n log n). False where `pace` said to give up.
bool mergePairs(const MergeTable& merges, MergeScratch& scratch, Pace& pace);

// Numbers for texts: tokens have their ids, other texts get numbers behind them.
class SymbolNumbers {
  public:
    explicit SymbolNumbers(const std::vector<std::string>& tokens);
    std::int32_t numberOf(std::string_view text);
    std::int32_t count() const { return m_next; } // of tokens and other texts

  private:
    std::unordered_map<std::string, std::int32_t> m_numbers;
    std::int32_t m_next = 0;
};

// `merges` as "left right", in rank order. Fails on a merge that names no two parts; `where` says where they
// are, for the sentence.
Result<MergeTable> readMerges(SymbolNumbers& numbers, const std::vector<std::string>& merges,
                              const std::string& where);

// A token of a word.
struct Piece {
    std::int32_t id = 0;
    std::uint32_t begin = 0; // in the word
};

// How a vocabulary wants its words treated, beyond their merges.
struct ByteRules {
    bool wholeWordsFirst = false; // a word that is a token is that token, whatever its merges say
    bool dropUnwritable = false;  // bytes without a token are left out before merging instead of after
};

// Byte-level BPE of one word: begins with its bytes. Immutable after construction; any thread.
class BytePairs {
  public:
    // `tokens` in id order, in the letters of byte_alphabet.h; see readMerges.
    static Result<BytePairs> make(const std::vector<std::string>& tokens,
                                  const std::vector<std::string>& merges, const std::string& where,
                                  ByteRules rules = {});

    // Appends the word's tokens to `pieces`. Bytes that the vocabulary cannot write are left out, as
    // llama.cpp does. False where `pace` said to give up.
    bool encode(std::string_view word, MergeScratch& scratch, Pace& pace, std::vector<Piece>& pieces) const;

  private:
    BytePairs(MergeTable merges, std::array<std::int32_t, 256> byteSymbols, std::int32_t vocabulary,
              ByteRules rules)
        : m_merges(std::move(merges)), m_byteSymbols(byteSymbols), m_vocabulary(vocabulary), m_rules(rules) {}

    MergeTable m_merges;
    std::array<std::int32_t, 256> m_byteSymbols;
    std::int32_t m_vocabulary = 0; // symbols below are token ids, the others are steps on the way to one
    ByteRules m_rules;
    std::unordered_map<std::string, std::int32_t> m_words; // bytes → token, where whole words come first
};

} // namespace kvprism::text
