// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/synthetic_text.h"

#include <array>
#include <initializer_list>
#include <string_view>

namespace kvprism::test {

namespace {

// Pieces that make one word are written with '|' between them; the leading space belongs to the first.
constexpr std::array<std::string_view, 76> words{" the",
                                                 " the",
                                                 " the",
                                                 " of",
                                                 " of",
                                                 " and",
                                                 " and",
                                                 " a",
                                                 " in",
                                                 " to",
                                                 " to",
                                                 " is",
                                                 " was",
                                                 " that",
                                                 " for",
                                                 " with",
                                                 " as",
                                                 " on",
                                                 " by",
                                                 " it",
                                                 " from",
                                                 " at",
                                                 " which",
                                                 " or",
                                                 " not",
                                                 " their",
                                                 " river",
                                                 " winter",
                                                 " letter",
                                                 " harbour",
                                                 " captain",
                                                 " garden",
                                                 " night",
                                                 " morning",
                                                 " winds",
                                                 " stone",
                                                 " bridge",
                                                 " city",
                                                 " village",
                                                 " mountain",
                                                 " engine",
                                                 " paper",
                                                 " copper",
                                                 " lantern",
                                                 " market",
                                                 " measure",
                                                 " record",
                                                 " silver",
                                                 " library",
                                                 " journey",
                                                 " promise",
                                                 " question",
                                                 " answer",
                                                 " remember",
                                                 " forget",
                                                 " carried",
                                                 " stood",
                                                 " opened",
                                                 " followed",
                                                 " waited",
                                                 " wrote",
                                                 " counted",
                                                 " kept",
                                                 " slowly",
                                                 " quietly",
                                                 " cart|ograph|er",
                                                 " light|house",
                                                 " ob|serv|atory",
                                                 " quarter|master",
                                                 " un|believ|able",
                                                 " mer|idian",
                                                 " north|ward",
                                                 " caf|é",
                                                 " na|\xC3|\xAF|ve",
                                                 " \xE2|\x82|\xAC",
                                                 " \xF0\x9F|\x8C|\x8A"};

constexpr std::array<std::string_view, 24> opening{
    "<|im_start|>", "system", "\n",         "Answer", " the",         " question", " from",  " the", " text",
    " alone",       ".",      " If",        " it",    " is",          " not",      " there", ",",    " say",
    " so",          ".",      "<|im_end|>", "\n",     "<|im_start|>", "user"};

class Writer {
  public:
    explicit Writer(std::uint64_t seed) : m_seed(seed) {}

    void addPrefix(std::string_view piece) { add(piece, -1); }

    void addDocument(std::string_view piece) {
        add(piece, m_offset);
        m_offset += static_cast<std::int64_t>(piece.size());
    }

    // One sentence, one token a call of `addDocument`, until `limit` tokens stand in the table.
    void addSentence(std::int32_t limit) {
        const std::uint64_t sentence = m_sentence++;
        const std::uint64_t count = 5 + mixed(m_seed, sentence, 1) % 14;
        for (std::uint64_t i = 0; i < count; ++i)
            addWord(words[mixed(m_seed, sentence, 100 + i) % words.size()], i == 0, limit);
        if (mixed(m_seed, sentence, 2) % 6 == 0)
            addNumber(10000 + mixed(m_seed, sentence, 3) % 90000, limit);
        addUpTo(".", limit);
        if (mixed(m_seed, sentence, 4) % 7 == 0)
            addUpTo("\n\n", limit);
    }

    std::int32_t size() const { return static_cast<std::int32_t>(m_table.size()); }
    trace::TokenTable take() { return std::move(m_table); }

  private:
    void add(std::string_view piece, std::int64_t offset) {
        std::uint64_t hash = 0;
        for (const char byte : piece)
            hash = mixed(hash, static_cast<unsigned char>(byte));
        m_table.ids.push_back(static_cast<std::int32_t>(hash % 49152)); // one id a piece, as in a vocabulary
        m_table.byteOffsets.push_back(offset);
        m_table.pieces.append(piece);
        m_table.pieceEnds.push_back(static_cast<std::uint32_t>(m_table.pieces.size()));
    }

    void addUpTo(std::string_view piece, std::int32_t limit) {
        if (size() < limit)
            addDocument(piece);
    }

    void addWord(std::string_view word, bool first, std::int32_t limit) {
        if (first && m_offset == 0)
            word.remove_prefix(1);
        while (!word.empty()) {
            const std::size_t bar = word.find('|');
            addUpTo(word.substr(0, bar), limit);
            word = bar == std::string_view::npos ? std::string_view() : word.substr(bar + 1);
        }
    }

    void addNumber(std::uint64_t number, std::int32_t limit) {
        addUpTo(" ", limit);
        for (const char digit : std::to_string(number))
            addUpTo(std::string_view(&digit, 1), limit);
    }

    std::uint64_t m_seed;
    std::uint64_t m_sentence = 0;
    std::int64_t m_offset = 0;
    trace::TokenTable m_table;
};

} // namespace

std::uint64_t mixed(std::uint64_t seed, std::uint64_t a, std::uint64_t b) {
    // The finalizer of splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014),
    // once an argument.
    std::uint64_t z = seed;
    for (const std::uint64_t part : {a, b}) {
        z += 0x9E3779B97F4A7C15ULL * (part + 1);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        z ^= z >> 31;
    }
    return z;
}

double fraction(std::uint64_t seed, std::uint64_t a, std::uint64_t b) {
    return static_cast<double>(mixed(seed, a, b) >> 11) * 0x1.0p-53;
}

trace::TokenTable syntheticTokens(std::int32_t tokens, std::int32_t prefixTokens, std::uint64_t seed) {
    Writer writer(seed);
    for (std::int32_t i = 0; i < prefixTokens; ++i)
        writer.addPrefix(opening[static_cast<std::size_t>(i) % opening.size()]);
    while (writer.size() < tokens)
        writer.addSentence(tokens);
    return writer.take();
}

} // namespace kvprism::test
