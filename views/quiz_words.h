// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/quiz.h"

#include <QString>

#include <vector>

// What the quiz says, for people.
namespace kvprism::views {

QString quizInvitation(); // before the first question
QString quizSentence(const TraceModel& model, const QuizQuestion& question);
QString quizAbout(const TraceModel& model); // what the run was asked; empty where it was not recorded
// Which step the other views show while the question is open, and what is covered.
QString quizNote(const QuizQuestion& question, int shownStep);
QString quizProgress(const QuizQuestion& question); // "4 of 6 marked"
QString quizResult(const QuizQuestion& question);   // the score, and what guessing would have given
QString quizTally(const QuizTally& tally);

// Of each word, once the truth is shown: its place, score, rank and margin to the cut-off where it was
// scored.
std::vector<QString> quizDetails(const TraceModel& model, const QuizQuestion& question);

} // namespace kvprism::views
