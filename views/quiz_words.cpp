// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/quiz_words.h"

#include "views/models/score_points.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/score_words.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace kvprism::views {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Quiz", text);
}

// One decimal, where it is not a whole number.
QString average(double value) {
    const double tenths = std::round(value * 10) / 10;
    return QLocale().toString(tenths, 'f', tenths == std::round(tenths) ? 0 : 1);
}

QString detailOf(const TraceModel& model, const QuizItem& item, const std::vector<ScorePoints>& scores) {
    const QString place = tr("at %1").arg(grouped(item.token));
    // What chose it, or else the first that could have.
    const ScorePoints* told = nullptr;
    for (const ScorePoints& points : scores) {
        const auto index = points.find(item.token);
        if (!index)
            continue;
        const bool chose = points.points()[*index].selector == *points.kind().selector;
        if (!told || (item.stays() && chose))
            told = &points;
    }
    if (!told)
        return tr("chosen without scores · %1").arg(place);
    const ScorePoints::Point& point = told->points()[*told->find(item.token)];
    const QStringList lines = pointLines(model, *told, point); // token, outcome, score, rank, margin
    QStringList parts = lines.mid(3);
    if (point.reason == trace::Reason::filled)
        parts.prepend(tr("among the newest, to fill up"));
    parts << lines[2] << place;
    return parts.join(QStringLiteral(" · "));
}

} // namespace

QString quizInvitation() {
    return tr(
        "At each step the memory keeps some words and drops others. Guess which: the views go to the step "
        "before, you mark the words, then you see the truth.");
}

QString quizSentence(const TraceModel& model, const QuizQuestion& question) {
    const trace::CompressionStep& step = *model.whole().steps()[static_cast<std::size_t>(question.step)];
    return tr("Step %1 reads tokens %2\u2013%3 and keeps %4 of %5 candidates. Of these %6 words %7 %8: "
              "which?")
        .arg(grouped(question.step), grouped(step.begin.value), grouped(step.end.value - 1),
             grouped(question.kept), grouped(question.candidates), grouped(std::ssize(question.items)),
             grouped(question.staying()), question.staying() == 1 ? tr("stays") : tr("stay"));
}

QString quizAbout(const TraceModel& model) {
    constexpr qsizetype most = 200; // characters
    QString asked = model.run() ? QString::fromStdString(model.run()->question).simplified() : QString();
    if (asked.size() > most)
        asked = asked.left(asked.lastIndexOf(QLatin1Char(' '), most)).left(most) + QChar(0x2026);
    return asked.isEmpty() ? QString() : tr("The run was asked: \u201c%1\u201d").arg(asked);
}

QString quizNote(const QuizQuestion& question, int shownStep) {
    return tr("The other views show step %1, before the choice; step %2 and what came later are covered.")
        .arg(grouped(shownStep), grouped(question.step));
}

QString quizProgress(const QuizQuestion& question) {
    return tr("%1 of %2 marked").arg(grouped(question.marked()), grouped(std::ssize(question.items)));
}

QString quizResult(const QuizQuestion& question) {
    const QString words = grouped(std::ssize(question.items));
    return tr("%1 of %2 right. Naming any %3 of the %2 at random gets %4 right on average.")
        .arg(grouped(question.right()), words, grouped(question.staying()), average(question.chance()));
}

QString quizTally(const QuizTally& tally) {
    return tr("This run so far: %1 of %2 right; guessing would get %3.")
        .arg(grouped(tally.right), grouped(tally.asked), average(tally.chance));
}

std::vector<QString> quizDetails(const TraceModel& model, const QuizQuestion& question) {
    const trace::CompressionStep& step = *model.store().steps()[static_cast<std::size_t>(question.step)];
    std::vector<ScorePoints> scores;
    for (const ScoreKind& kind : scoreKinds(*model.run(), step))
        if (kind.selector)
            scores.emplace_back(*model.run(), step, kind);
    std::vector<QString> details;
    for (const QuizItem& item : question.items)
        details.push_back(detailOf(model, item, scores));
    return details;
}

} // namespace kvprism::views
