// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/select/geometry.h"
#include "engine/select/method.h"
#include "engine/trace/step.h"

#include <cstdint>
#include <span>
#include <vector>

namespace kvprism::select {

// The memory as the step before left it: parallel columns, ascending by position. Selectors index
// Run::selectors, which holds the method's name alone: 0 for a token that it chose, trace::noSelector for the
// others.
struct Memory {
    std::vector<StreamPos> positions;
    std::vector<trace::Tier> tiers;
    std::vector<trace::Reason> reasons;
    std::vector<std::uint8_t> selectors;
    std::size_t size() const { return positions.size(); }
};

// Tokens held before step `step` chooses: the memory, then the block.
std::vector<StreamPos> heldPositions(const Memory& memory, const Geometry& geometry, std::int32_t step);

// pooled[j] = (1/width)·Σ (or max) of raw scores over stream positions j−(w−1)/2 … j+(w−1)/2; what is not
// held counts 0 (LASER-KV page, section 3). Summed in double. Width is odd.
std::vector<float> poolScores(std::span<const StreamPos> positions, std::span<const float> raw, Pool pool,
                              std::int32_t width);

// Raw scores per held token under the scorer's name ("exact", "peak"); empty where the method needs none.
struct StepScores {
    std::vector<trace::ScoreColumn> columns; // columns[0] is what the method ranks by, before pooling
    trace::PeakOrigins peak;
};

// The plan of one step: who stays, in which tier, and why. Nothing is applied. Timings and peakSlots are left
// zero. `scores` covers heldPositions(). The result's held.scores are the raw columns and, where pooled,
// "pooled".
trace::CompressionStep planStep(const Memory& memory, const Geometry& geometry, const MethodSpec& method,
                                const Config& config, std::int32_t step, StepScores scores);

// Whether this step has candidates that the method ranks by scores (false also where everything fits), so
// that the engine need not score.
bool stepNeedsScores(const Memory& memory, const Geometry& geometry, const MethodSpec& method,
                     std::int32_t step);

// Rows of `step.held` that stay, ascending: what compaction moves; and the memory after it.
std::vector<std::int32_t> keptRows(const trace::CompressionStep& step);
Memory memoryAfter(const trace::CompressionStep& step);

} // namespace kvprism::select
