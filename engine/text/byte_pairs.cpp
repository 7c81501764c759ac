// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/byte_pairs.h"

#include "engine/base/printable.h"
#include "engine/text/byte_alphabet.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>
#include <unordered_map>

namespace kvprism::text {

namespace {

constexpr std::uint64_t noPair = std::numeric_limits<std::uint64_t>::max();

std::uint64_t pairOf(std::int32_t left, std::int32_t right) {
    return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right);
}

} // namespace

MergeTable::MergeTable(std::size_t merges) : m_slots(std::bit_ceil(2 * merges + 2), Slot{noPair, {}}) {
    m_shift = 64 - std::countr_zero(m_slots.size());
}

std::size_t MergeTable::slotOf(std::uint64_t pair) const {
    std::size_t slot = (pair * 0x9E3779B97F4A7C15ULL) >> m_shift; // Fibonacci hashing
    while (m_slots[slot].pair != pair && m_slots[slot].pair != noPair)
        slot = (slot + 1) & (m_slots.size() - 1);
    return slot;
}

void MergeTable::add(std::int32_t left, std::int32_t right, Merge merge) {
    Slot& slot = m_slots[slotOf(pairOf(left, right))];
    if (slot.pair == noPair)
        slot = {pairOf(left, right), merge};
}

MergeTable::Merge MergeTable::find(std::int32_t left, std::int32_t right) const {
    return m_slots[slotOf(pairOf(left, right))].merge;
}

SymbolNumbers::SymbolNumbers(const std::vector<std::string>& tokens)
    : m_next(static_cast<std::int32_t>(tokens.size())) {
    m_numbers.reserve(tokens.size());
    for (std::size_t id = 0; id < tokens.size(); ++id)
        m_numbers[tokens[id]] = static_cast<std::int32_t>(id);
}

std::int32_t SymbolNumbers::numberOf(std::string_view text) {
    const auto [entry, isNew] = m_numbers.try_emplace(std::string(text), m_next);
    if (isNew)
        ++m_next;
    return entry->second;
}

Result<MergeTable> readMerges(SymbolNumbers& numbers, const std::vector<std::string>& merges,
                              const std::string& where) {
    MergeTable table(merges.size());
    for (std::size_t rank = 0; rank < merges.size(); ++rank) {
        const std::string& merge = merges[rank];
        const std::size_t space = merge.find(' ', 1);
        if (space == std::string::npos || space + 1 == merge.size())
            return malformed(where + "merges[" + std::to_string(rank) + "] is " + printable(merge) +
                             ", not two parts with a space between; the file is damaged, fetch it again.");
        const std::string_view left = std::string_view(merge).substr(0, space);
        const std::string_view right = std::string_view(merge).substr(space + 1);
        const std::int32_t joined = numbers.numberOf(std::string(left) + std::string(right));
        table.add(numbers.numberOf(left), numbers.numberOf(right), {static_cast<std::int32_t>(rank), joined});
    }
    return table;
}

void MergeScratch::clear() {
    symbols.clear();
    queue.clear();
}

void MergeScratch::append(std::int32_t symbol, std::uint32_t begin) {
    const auto place = static_cast<std::uint32_t>(symbols.size());
    if (place > 0)
        symbols[place - 1].next = place;
    symbols.push_back({symbol, place == 0 ? none : place - 1, none, begin});
}

// The queue holds rank and place of pairs that could merge, lowest first. A pair that is no longer there is
// noticed when it comes up: its place then has no symbol, or a pair of another rank.
bool mergePairs(const MergeTable& merges, MergeScratch& scratch, Pace& pace) {
    auto& symbols = scratch.symbols;
    auto& queue = scratch.queue;
    constexpr std::uint32_t none = MergeScratch::none;
    const auto mergeAt = [&](std::uint32_t left) {
        const std::uint32_t right = symbols[left].next;
        if (symbols[left].symbol < 0 || right == none)
            return MergeTable::Merge{};
        return merges.find(symbols[left].symbol, symbols[right].symbol);
    };
    const auto entryFor = [](MergeTable::Merge merge, std::uint32_t place) {
        return static_cast<std::uint64_t>(merge.rank) << 32 | place;
    };
    for (std::uint32_t i = 0; i < symbols.size(); ++i)
        if (const auto merge = mergeAt(i); merge.rank >= 0)
            queue.push_back(entryFor(merge, i));
    std::make_heap(queue.begin(), queue.end(), std::greater<>());

    const auto offer = [&](std::uint32_t place) {
        const auto merge = mergeAt(place);
        if (merge.rank < 0)
            return;
        queue.push_back(entryFor(merge, place));
        std::push_heap(queue.begin(), queue.end(), std::greater<>());
    };
    while (!queue.empty()) {
        if (!pace.step())
            return false;
        std::pop_heap(queue.begin(), queue.end(), std::greater<>());
        const std::uint64_t entry = queue.back();
        queue.pop_back();
        const auto left = static_cast<std::uint32_t>(entry);
        const auto merge = mergeAt(left);
        if (merge.rank < 0 || entryFor(merge, left) != entry)
            continue;
        const std::uint32_t right = symbols[left].next, after = symbols[right].next;
        symbols[left].symbol = merge.symbol;
        symbols[left].next = after;
        symbols[right].symbol = -1;
        if (after != none)
            symbols[after].previous = left;
        if (symbols[left].previous != none)
            offer(symbols[left].previous);
        offer(left);
    }
    return true;
}

Result<BytePairs> BytePairs::make(const std::vector<std::string>& tokens,
                                  const std::vector<std::string>& merges, const std::string& where,
                                  ByteRules rules) {
    SymbolNumbers numbers(tokens);
    std::array<std::int32_t, 256> byteSymbols{};
    for (std::size_t byte = 0; byte < 256; ++byte)
        byteSymbols[byte] = numbers.numberOf(letterOfByte(static_cast<unsigned char>(byte)));
    // Rare control bytes are missing in sound files too (SmolLM2's), whose texts go on without them.
    for (std::size_t byte = 0; byte < 256; ++byte) {
        const bool needed = byte == '\n' || (byte >= 0x20 && byte < 0x7F);
        if (needed && byteSymbols[byte] >= static_cast<std::int32_t>(tokens.size()))
            return malformed(where + "tokens has no token for the character " +
                             printable(std::string(1, static_cast<char>(byte))) +
                             "; the file is damaged or of another kind.");
    }
    auto table = readMerges(numbers, merges, where);
    if (!table)
        return table.error();
    BytePairs pairs(std::move(*table), byteSymbols, static_cast<std::int32_t>(tokens.size()), rules);
    if (rules.wholeWordsFirst)
        for (std::size_t id = 0; id < tokens.size(); ++id)
            if (!tokens[id].empty())
                pairs.m_words.emplace(bytesOfLetters(tokens[id]), static_cast<std::int32_t>(id));
    return pairs;
}

bool BytePairs::encode(std::string_view word, MergeScratch& scratch, Pace& pace,
                       std::vector<Piece>& pieces) const {
    if (m_rules.wholeWordsFirst)
        if (const auto whole = m_words.find(std::string(word)); whole != m_words.end()) {
            pieces.push_back({whole->second, 0});
            return true;
        }
    const auto size = static_cast<std::uint32_t>(word.size());
    scratch.clear();
    for (std::uint32_t i = 0; i < size; ++i) {
        const std::int32_t symbol = m_byteSymbols[static_cast<unsigned char>(word[i])];
        if (symbol < m_vocabulary || !m_rules.dropUnwritable)
            scratch.append(symbol, i);
    }
    if (!mergePairs(m_merges, scratch, pace))
        return false;
    for (const auto& [symbol, previous, next, begin] : scratch.symbols) {
        if (symbol >= 0 && symbol < m_vocabulary)
            pieces.push_back({symbol, begin});
        if (symbol < m_vocabulary)
            continue;
        const std::uint32_t end = next == MergeScratch::none ? size : scratch.symbols[next].begin;
        for (std::uint32_t k = begin; k < end; ++k) { // no token for the whole: its bytes
            const std::int32_t byte = m_byteSymbols[static_cast<unsigned char>(word[k])];
            if (byte < m_vocabulary)
                pieces.push_back({byte, k});
        }
    }
    return true;
}

} // namespace kvprism::text
