// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/select/options.h"
#include "engine/trace/run.h"
#include "engine/trace/step.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace kvprism::test {

struct PlannedRunOptions {
    select::Settings settings;        // as on the command line; budget and block size have to be among them
    std::int32_t streamTokens = 3000; // N
    std::int32_t prefixTokens = 24;   // P
    std::uint64_t seed = 1;
    bool withoutText = false; // as a recording without text: no pieces, no signatures
};

// A run of any method, planned by the engine's own rules from invented scores: what the engine would have
// recorded, with record-detail full also what the other methods rank by. Methods agree on a few places of
// interest and differ elsewhere; some scores are 0. Only timings are left out.
struct PlannedRun {
    std::shared_ptr<const trace::Run> run;
    std::vector<std::shared_ptr<const trace::CompressionStep>> steps;
};
PlannedRun plannedRun(const PlannedRunOptions& options); // ends the process on settings that cannot be

} // namespace kvprism::test
