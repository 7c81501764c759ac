// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/needle_story.h"

#include "views/models/trace_model.h"

#include <QCoreApplication>

#include <algorithm>

namespace kvprism::views {

namespace {

NeedleLoss lossAt(const TraceModel& model, int step, int token) {
    NeedleLoss loss;
    loss.step = step;
    loss.token = token;
    const trace::CompressionStep& record = *model.store().steps()[static_cast<std::size_t>(step)];
    if (const auto row = model.store().rowAt(step, StreamPos(token));
        row && *row < record.held.reasons.size())
        loss.reason = record.held.reasons[*row];
    for (const trace::Cut& cut : record.cuts)
        if (cut.selector < model.run()->selectors.size())
            loss.selectors.push_back(model.run()->selectors[cut.selector]);
    return loss;
}

void findLosses(const TraceModel& model, NeedleStory& story) {
    const SurvivalIndex& survival = model.survival();
    std::optional<std::pair<int, int>> first; // step, token
    std::optional<std::pair<int, int>> last;
    int dropped = 0;
    for (int token = story.range.first; token <= story.range.last; ++token) {
        const auto gone = survival.droppedAt(token);
        if (!gone)
            continue;
        ++dropped;
        if (!first || *gone < first->first)
            first = std::pair(*gone, token);
        if (!last || *gone > last->first)
            last = std::pair(*gone, token);
    }
    if (first)
        story.damaged = lossAt(model, first->first, first->second);
    if (dropped == story.tokens())
        story.lost = lossAt(model, last->first, last->second);
}

void matchAnswers(const TraceModel& model, NeedleStory& story) {
    if (story.text.isEmpty())
        return;
    for (const auto& answer : model.store().answers()) {
        const QString question = QString::fromStdString(answer->question);
        const AnswerMatch match = matchAnswer(story.text, QString::fromStdString(answer->text), question);
        if (story.answer && match.matched <= story.answer->matched)
            continue;
        story.answer = match;
        story.question = question;
    }
}

QString tr(const char* text) {
    return QCoreApplication::translate("Needle", text);
}

} // namespace

NeedleStory needleStory(const TraceModel& model, const Needles::Range& range) {
    NeedleStory story;
    const int last = model.tokenCount() - 1;
    story.range = {std::clamp(range.first, 0, std::max(last, 0)),
                   std::clamp(range.last, 0, std::max(last, 0))};
    if (last < 0)
        return story;
    if (!model.text().empty())
        story.text = model.text().between(story.range.first, story.range.last).simplified();
    story.readAt = model.survival().readAt(story.range.last);
    findLosses(model, story);
    story.heldAtEnd =
        model.survival().count(model.stepCount() - 1, story.range.first, story.range.last + 1).kept();
    matchAnswers(model, story);
    return story;
}

std::vector<TimelineMark> needleMarks(const TraceModel& model, const Needles& needles) {
    std::vector<TimelineMark> marks;
    if (model.tokenCount() == 0)
        return marks;
    for (const Needles::Range& range : needles.ranges()) {
        const NeedleStory story = needleStory(model, range);
        const QString name = story.text.isEmpty()
                                 ? tr("tokens %1–%2").arg(story.range.first).arg(story.range.last)
                                 : QStringLiteral("\u201c%1\u201d").arg(story.text.left(32));
        if (story.lost)
            marks.push_back({TimelineMark::Kind::needle, story.lost->step, tr("needle lost: %1").arg(name)});
        if (story.damaged && (!story.lost || story.damaged->step != story.lost->step))
            marks.push_back(
                {TimelineMark::Kind::needle, story.damaged->step, tr("needle damaged: %1").arg(name)});
    }
    return marks;
}

} // namespace kvprism::views
