// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/select/geometry.h"
#include "engine/select/method.h"
#include "engine/trace/step.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace kvprism::select {

// The memory as the step before left it: parallel columns, ascending by position. Selectors index
// Run::selectors, the names of partsOf(config): the part that chose the token, trace::noSelector for the
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

// What the engine measured for a step's held tokens: a raw score column under the name of each method that
// ranks by scores, signatures and distances where a part is LSH (collisions and u follow from them). Further
// columns are recorded as they are.
struct StepScores {
    std::vector<trace::ScoreColumn> columns;
    trace::PeakOrigins peak;
    trace::LshColumns lsh;

    // What a GPU has made of them already, with the same result; empty: planStep does it.
    struct Ranked {
        std::vector<float> pooled;       // [held], where the part pools
        std::vector<std::int32_t> order; // all candidates, best first: rows of the held tokens
    };
    std::vector<Ranked> ranked;             // by the part's index
    std::vector<std::int32_t> matchingBits; // [held]; collisions and u are then there as well
    Ranked& rankedOf(std::size_t part) {
        ranked.resize(std::max(ranked.size(), part + 1));
        return ranked[part];
    }
};

// A step as it stands before anything is measured: known early, so that a GPU does not wait for it later.
struct OpenStep {
    trace::CompressionStep record; // every held token's place, candidates as dropped; and the quota
    // Whether the engine has something to measure: there are candidates (where everything fits there are
    // none), and a part ranks by scores or full detail is recorded.
    bool needsScores = false;
};
OpenStep openStep(const Memory& memory, const Geometry& geometry, const Config& config, std::int32_t step);

// The plan of one step: who stays, in which tier, and why. Nothing is applied. Timings and peakSlots are left
// zero. `scores` covers the held tokens. The result's held.scores are the raw columns and, where a part
// pools, "pooled" (of a hybrid's second part: "pooled:" and its method).
trace::CompressionStep planStep(OpenStep open, const Config& config, StepScores scores);
trace::CompressionStep planStep(const Memory& memory, const Geometry& geometry, const Config& config,
                                std::int32_t step, StepScores scores);

bool stepNeedsScores(const Memory& memory, const Geometry& geometry, const Config& config, std::int32_t step);

// The scores that a method ranks by, before pooling: its own, else those that full detail recorded of it;
// nullptr where the step holds neither.
const trace::ScoreColumn* rawScores(const trace::HeldTokens& held, const MethodSpec& method);

// All candidates of a step as `part` ranks them, best first: rows of step.held. `config` made the step. Empty
// where the step lacks what the part ranks by.
std::vector<std::size_t> rankCandidates(const trace::CompressionStep& step, const Config& config,
                                        const Part& part);

// Rows of `step.held` that stay, ascending: what compaction moves; and the memory after it.
std::vector<std::int32_t> keptRows(const trace::CompressionStep& step);
Memory memoryAfter(const trace::CompressionStep& step);

} // namespace kvprism::select
