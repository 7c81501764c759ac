// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/run.h"
#include "engine/trace/step.h"

#include <vector>

namespace kvprism::views {

// How many of a step's held tokens fared how, counted from its rows.
struct StepFacts {
    struct Share { // of one part of the run, index into Run::selectors, among the candidates
        int chosen = 0;
        int filled = 0; // of these, to fill up places
    };
    int held = 0; // when the step chose: memory and block
    int kept = 0; // after it
    int dropped = 0;
    int anchors = 0;
    int window = 0;
    int candidates = 0;
    int older = 0;             // in global memory, and not looked at in this step
    int pinned = 0;            // kept by hand, outside anchors and window
    int evicted = 0;           // dropped by hand
    bool keepsAll = false;     // nothing had to be chosen in this run
    bool wholeAnchors = false; // anchors are the stream's first tokens without a gap
    bool wholeWindow = false;  // the window is the last tokens read without a gap
    std::vector<Share> shares;

    int chosen() const;
    int filled() const;
};
StepFacts stepFacts(const trace::Run& run, const trace::CompressionStep& step);

} // namespace kvprism::views
