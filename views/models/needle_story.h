// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/tier.h"
#include "views/models/answer_match.h"
#include "views/models/needles.h"
#include "views/models/timeline_mark.h"

#include <optional>
#include <vector>

namespace kvprism::views {

class TraceModel;

// A step that took tokens of a needle.
struct NeedleLoss {
    int step = 0;
    int token = 0; // the first of those that it dropped
    std::optional<trace::Reason> reason;
    std::vector<std::string> selectors; // that drew a line at this step
};

// What became of a needle in a run. Everything is in the trace or follows from it.
struct NeedleStory {
    Needles::Range range;
    QString text;                      // empty where the recording has none
    std::optional<int> readAt;         // the step after which all of it was read
    std::optional<NeedleLoss> damaged; // the first step that dropped a part of it
    std::optional<NeedleLoss> lost;    // the step that dropped what was left of it
    int heldAtEnd = 0;                 // tokens held after the last step
    std::optional<AnswerMatch> answer; // the best over the run's answers; nothing where there is none
    QString question;                  // of that answer

    int tokens() const { return range.last - range.first + 1; }
};
NeedleStory needleStory(const TraceModel& model, const Needles::Range& range);

// For the timeline: where each needle was first damaged and where it was lost.
std::vector<TimelineMark> needleMarks(const TraceModel& model, const Needles& needles);

} // namespace kvprism::views
