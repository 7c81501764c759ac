// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/run.h"
#include "engine/trace/step.h"

#include <vector>

namespace kvprism::views {

// What other settings would change in a step. Tokens are stream positions, best first: as the run's selector
// (of a hybrid: its primary) ranks them, then those that it did not have to rank.
struct WhatIfChange {
    std::vector<int> alsoKept; // really dropped, kept by the prediction
    std::vector<int> notKept;  // really kept, dropped by the prediction
    int otherTier = 0;         // kept by both, in another tier
    bool isEmpty() const { return alsoKept.empty() && notKept.empty() && otherTier == 0; }
};
// `predicted` is select::predictStep() of `recorded`, a step of `run`.
WhatIfChange whatIfChange(const trace::Run& run, const trace::CompressionStep& recorded,
                          const trace::CompressionStep& predicted);

} // namespace kvprism::views
