// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/select/method.h"
#include "engine/trace/run.h"
#include "engine/trace/step.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kvprism::select {

// The candidates of a step as the run's selector (of a hybrid: its primary) ranked them, best first: rows of
// step.held. Empty where the selector ranked by nothing that is recorded. `part` is the index of another part
// of a hybrid, as in Run::selectors: its order of all candidates, also of those that a part before had taken.
std::vector<std::size_t> rankedCandidates(const trace::Run& run, const trace::CompressionStep& step,
                                          std::size_t part = 0);

// One entry a row of step.held: 1 for the best candidate, then 2, …; 0 for what was no candidate or not
// ranked.
std::vector<std::int32_t> candidateRanks(const trace::Run& run, const trace::CompressionStep& step);
// As `part` would rank them; `config` made the step. Empty where the step lacks what the part ranks by.
std::vector<std::int32_t> candidateRanks(const trace::CompressionStep& step, const Config& config,
                                         const Part& part);

} // namespace kvprism::select
