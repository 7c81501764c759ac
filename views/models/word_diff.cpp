// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/word_diff.h"

#include <algorithm>
#include <cstdint>

namespace kvprism::views {

namespace {

constexpr std::size_t mostPairs = 4'000'000; // that are looked at for a common sequence

using Words = std::vector<Word>;

// lengths[i][j]: the longest common sequence of the words from i of a and from j of b on.
class Lengths {
  public:
    Lengths(const Words& a, const Words& b) : m_columns(b.size() + 1), m_cells((a.size() + 1) * m_columns) {
        for (std::size_t i = a.size(); i-- > 0;)
            for (std::size_t j = b.size(); j-- > 0;)
                at(i, j) =
                    a[i].folded == b[j].folded ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    }
    std::uint32_t& at(std::size_t i, std::size_t j) { return m_cells[i * m_columns + j]; }

  private:
    std::size_t m_columns;
    std::vector<std::uint32_t> m_cells;
};

void add(Stretches& stretches, const Word& word) {
    stretches.emplace_back(word.begin, word.end);
}

// Takes the words off both ends that stand there in both.
void trim(Words& a, Words& b) {
    const auto same = [](const Word& x, const Word& y) { return x.folded == y.folded; };
    const auto [fromA, fromB] = std::mismatch(a.begin(), a.end(), b.begin(), b.end(), same);
    a.erase(a.begin(), fromA);
    b.erase(b.begin(), fromB);
    while (!a.empty() && !b.empty() && same(a.back(), b.back())) {
        a.pop_back();
        b.pop_back();
    }
}

} // namespace

std::vector<Word> wordsOf(const QString& text) {
    Words words;
    const auto belongs = [&](int at) {
        return text[at].isLetterOrNumber() || text[at].isMark() || text[at].isSurrogate();
    };
    for (int at = 0; at < text.size();) {
        if (!belongs(at)) {
            ++at;
            continue;
        }
        const int begin = at;
        while (at < text.size() && belongs(at))
            ++at;
        words.push_back({begin, at, text.mid(begin, at - begin).toCaseFolded()});
    }
    return words;
}

WordDifference differingWords(const QString& textA, const QString& textB) {
    Words a = wordsOf(textA);
    Words b = wordsOf(textB);
    trim(a, b);
    WordDifference difference;
    std::size_t i = 0;
    std::size_t j = 0;
    if (a.size() * b.size() <= mostPairs) {
        Lengths lengths(a, b);
        while (i < a.size() && j < b.size()) {
            if (a[i].folded == b[j].folded) {
                ++i;
                ++j;
            } else if (lengths.at(i + 1, j) >= lengths.at(i, j + 1)) {
                add(difference.a, a[i++]);
            } else {
                add(difference.b, b[j++]);
            }
        }
    }
    for (; i < a.size(); ++i)
        add(difference.a, a[i]);
    for (; j < b.size(); ++j)
        add(difference.b, b[j]);
    return difference;
}

} // namespace kvprism::views
