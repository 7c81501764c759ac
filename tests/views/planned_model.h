// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/select/options.h"
#include "views/models/batch_sink.h"

#include <cstdint>

namespace kvprism::test {

// Sizes and strategy of an invented run whose every choice is made by the rules of engine/select.
struct PlannedOptions {
    select::Settings settings;        // what was asked for: method, budget, block-size, …
    std::int32_t streamTokens = 2000; // N
    std::int32_t prefixTokens = 24;   // P
    std::int32_t queryTokens = 19;    // rows that score
    std::uint64_t seed = 1;
    bool withoutText = false; // as a recording without text: no pieces, no signatures
};

// Scores, key norms, signatures and distances are drawn (a few places keep attracting, some score exactly 0
// and some alike); the method, whichever it is, then chooses as in a real run. With record-detail full, the
// scores of the other kinds stand beside them.
views::TraceBatch plannedBatch(const PlannedOptions& options);

} // namespace kvprism::test
