// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/answer_match.h"

#include "views/models/word_diff.h"

#include <QSet>

#include <algorithm>

namespace kvprism::views {

namespace {

bool telling(const Word& word, const QSet<QString>& said) {
    if (said.contains(word.folded))
        return false;
    const auto isDigit = [](QChar c) { return c.isNumber(); };
    return word.folded.size() >= 4 || std::any_of(word.folded.begin(), word.folded.end(), isDigit);
}

} // namespace

AnswerMatch matchAnswer(const QString& passage, const QString& answer, const QString& question) {
    const std::vector<Word> words = wordsOf(passage);
    const std::vector<Word> answered = wordsOf(answer);
    QSet<QString> said;
    for (const Word& word : wordsOf(question))
        said.insert(word.folded);

    // For every place in the answer: the run that ends there and at the passage's current word.
    struct Run {
        int length = 0;
        bool telling = false;
    };
    std::vector<Run> before(answered.size() + 1);
    std::vector<Run> runs(answered.size() + 1);
    int best = 0;
    std::size_t bestEnd = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
        for (std::size_t j = 0; j < answered.size(); ++j) {
            const bool same = words[i].folded == answered[j].folded;
            runs[j + 1] =
                same ? Run{before[j].length + 1, before[j].telling || telling(words[i], said)} : Run{};
            if (runs[j + 1].telling && runs[j + 1].length > best) {
                best = runs[j + 1].length;
                bestEnd = i;
            }
        }
        std::swap(before, runs);
    }
    AnswerMatch match;
    match.passageWords = static_cast<int>(words.size());
    match.matched = best;
    if (best > 0) {
        const int begin = words[bestEnd + 1 - static_cast<std::size_t>(best)].begin;
        match.words = passage.mid(begin, words[bestEnd].end - begin).simplified();
    }
    return match;
}

} // namespace kvprism::views
