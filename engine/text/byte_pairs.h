// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
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

    explicit MergeTable(std::size_t merges);
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

// Byte-level BPE of one word: begins with its bytes and merges, again and again, the pair of lowest rank, the
// leftmost where ranks are equal (Sennrich et al., arXiv 1508.07909, as llama.cpp does it). A word of n bytes
// takes O(n log n). Immutable after construction; any thread.
class BytePairs {
  public:
    // `tokens` in id order; `merges` as "left right", in rank order. Fails on a merge that names no two
    // parts.
    static Result<BytePairs> make(const std::vector<std::string>& tokens,
                                  const std::vector<std::string>& merges, const std::string& where);

    struct Piece {
        std::int32_t id = 0;
        std::uint32_t begin = 0; // in the word
    };
    // Buffers that are used again from word to word.
    struct Scratch {
        struct Symbol {
            std::int32_t symbol = 0; // −1: merged into its left neighbour
            std::uint32_t previous = 0, next = 0;
        };
        std::vector<Symbol> symbols;
        std::vector<std::uint64_t> queue;
    };
    // Appends the word's tokens to `pieces`. Bytes that the vocabulary cannot write are left out, as
    // llama.cpp does.
    void encode(std::string_view word, Scratch& scratch, std::vector<Piece>& pieces) const;

  private:
    BytePairs(MergeTable merges, std::array<std::int32_t, 256> byteSymbols, std::int32_t vocabulary)
        : m_merges(std::move(merges)), m_byteSymbols(byteSymbols), m_vocabulary(vocabulary) {}
    void mergeAll(Scratch& scratch) const;

    MergeTable m_merges;
    std::array<std::int32_t, 256> m_byteSymbols;
    std::int32_t m_vocabulary = 0; // symbols below are token ids, the others are steps on the way to one
};

} // namespace kvprism::text
