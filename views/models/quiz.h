// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/tier.h"

#include <QString>

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace kvprism::views {

class TokenText;
class TraceModel;

// A word of the document that a step had to choose or drop, and what became of it.
struct QuizItem {
    int token = 0;  // stream position
    QString before; // the document around it, at most quizContext characters a side; one blank for any space
    QString word;   // the token's own characters, without white space
    QString after;
    trace::Tier tier = trace::Tier::dropped; // after the asked step
    std::optional<bool> guess;               // whether it stays, as the person says

    bool stays() const { return tier != trace::Tier::dropped; }
    bool right() const { return guess == stays(); }
};
inline constexpr int quizContext = 90;

// "Which of these will survive step `step`?"
struct QuizQuestion {
    int step = 0;
    int candidates = 0;          // all that the step chose from
    int kept = 0;                // of these
    std::vector<QuizItem> items; // ascending by position

    int staying() const;
    int marked() const;
    int right() const;
    // Words that guessing gets right on average: whoever is told that k of n stay and names any k of them at
    // random is right about (k² + (n − k)²) / n words.
    double chance() const;
};

// Of the questions that were shown the truth of.
struct QuizTally {
    int right = 0;
    int asked = 0;
    double chance = 0;
    void add(const QuizQuestion& question);
};

// Whether a token is something to ask about: in the document, with a letter or digit.
bool isQuizWord(const TokenText& text, int prefixTokens, int token);

// Candidates of a step that are words, but for those already asked about; ascending by position.
struct QuizPool {
    std::vector<int> staying;
    std::vector<int> going;
    bool canAsk() const { return !staying.empty() && !going.empty(); }
};
QuizPool quizPool(const TraceModel& model, int step, const std::set<int>& asked = {});

// The first step from `from` on, beginning again behind the last one, that kept some words and dropped
// others. Never the first step of a run: no picture shows the state before it. Nothing where there is none.
std::optional<int> nextQuizStep(const TraceModel& model, int from);

// Half of the words stay and half go (of an odd number the draw decides which has one more), as far as the
// step has as many of each; drawn evenly among them and, where it can be, not close to one another. The same
// seed, step and `asked` draw the same. Nothing where there is not one of each.
std::optional<QuizQuestion> drawQuiz(const TraceModel& model, int step, int count, std::uint64_t seed,
                                     const std::set<int>& asked = {});

// Why there is nothing to ask about, for people; empty where there is.
QString whyNoQuiz(const TraceModel& model);

} // namespace kvprism::views
