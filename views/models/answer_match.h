// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace kvprism::views {

// Whether an answer says what a passage says, by its words alone. The rule: the longest run of the passage's
// words that stands in the answer as well, in the same order and without gaps, case and punctuation left
// aside; it counts only with a word that the question did not say already and that has a digit or four
// letters at least. A match of words, not of meaning: people must see the words to judge.
struct AnswerMatch {
    QString words;   // the run as it stands in the passage; empty where none counts
    int matched = 0; // its words
    int passageWords = 0;
    bool found() const { return matched > 0; }
};
AnswerMatch matchAnswer(const QString& passage, const QString& answer, const QString& question);

} // namespace kvprism::views
