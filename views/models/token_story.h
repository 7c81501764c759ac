// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/tier.h"

#include <optional>
#include <string>
#include <vector>

namespace kvprism::views {

class TraceModel;

// How a token stood when a step looked at it.
struct TokenScore {
    int step = 0;
    std::string column; // "pooled", "exact", …
    float value = 0;
    std::optional<int> rank; // among the step's candidates; nothing for what could not be dropped
    int candidates = 0;
    std::string selector;     // whose cut-off it is
    std::optional<float> cut; // the last chosen one's value
    struct Origin {           // `peak`: where its largest weight was
        int layer = 0, head = 0, row = 0;
    };
    std::optional<Origin> origin;
};

// What is known of one token, seen from a step. Everything is in the trace or follows from it.
struct TokenStory {
    int token = 0;
    std::optional<int> readAt;
    std::optional<int> droppedAt;        // by the end of what was recorded
    std::optional<trace::Tier> tier;     // at the step; nothing: not read yet
    std::optional<trace::Reason> reason; // at the step, or where it was dropped before
    std::optional<TokenScore> score;     // of that same step

    // Where age alone decides, so that there is no score to cut off: how many of its candidates the step
    // kept, the newest. Of candidates alone.
    std::optional<int> newestKept;

    // Of a dropped one: the tokens that its step kept as newcomers to the global memory and ranked above it,
    // best first, and the last one above the cut.
    std::vector<int> tookItsPlace;
    std::optional<int> lastAboveCut;
};

TokenStory tokenStory(const TraceModel& model, int token, int step);

// The token with the highest score among those that the last step chose to keep: where to look first. Nothing
// where nothing was scored.
std::optional<int> mostWantedToken(const TraceModel& model);

} // namespace kvprism::views
