// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <utility>
#include <vector>

namespace kvprism::views {

// A word of a text: a run of letters and digits, at [begin, end) in UTF-16 units; compared without its case.
struct Word {
    int begin = 0;
    int end = 0;
    QString folded;
};
std::vector<Word> wordsOf(const QString& text);

// Words that do not stand in the other text in the same order (a longest common sequence of words decides),
// as stretches of the text, ascending. Where both texts are very long, everything between their common
// beginning and end counts as different.
using Stretches = std::vector<std::pair<int, int>>; // [begin, end) in UTF-16 units
struct WordDifference {
    Stretches a, b;
};
WordDifference differingWords(const QString& a, const QString& b);

} // namespace kvprism::views
