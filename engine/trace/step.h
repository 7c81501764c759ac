// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/types.h"
#include "engine/trace/tier.h"

namespace kvprism::trace {

inline constexpr std::uint8_t noSelector = 255;

// Before the names of scores that the run's method did not need (record-detail full).
inline constexpr std::string_view otherPrefix = "other:";

// A number per held token. Names: the method's ("exact", "peak", …), "pooled" (of a hybrid's second part "pooled:" and
// its name), "other:exact", … ; ranks are derived, never stored.
struct ScoreColumn {
    std::string name;
    std::vector<float> values;
    friend bool operator==(const ScoreColumn&, const ScoreColumn&) = default;
};

// For `peak`: the layer, query head and prompt row whose weight was the largest. Empty, or one entry per held token.
struct PeakOrigins {
    std::vector<std::uint16_t> layers;
    std::vector<std::uint16_t> heads;
    std::vector<std::uint16_t> rows;
    bool empty() const { return layers.empty(); }
    friend bool operator==(const PeakOrigins&, const PeakOrigins&) = default;
};

// What LSH saw (LASER-KV page, section 4). Empty, or `tables` signatures of `bits` bits a held token: bit k of a
// signature is the sign of the k-th projection of its table. Only candidates' entries mean anything.
struct LshColumns {
    std::int32_t tables = 0; // L
    std::int32_t bits = 0;   // K, at most 16
    std::vector<std::uint16_t> signatures;       // [held, tables]
    std::vector<std::uint16_t> promptSignatures; // [query tokens, tables]
    std::vector<std::uint8_t> collisions;        // [held] tables in which a query token has the same signature
    std::vector<float> distances;                // [held] tie-break distance; empty where there is none
    std::vector<float> u;                        // [held] MagicPIG's u, the largest over the query tokens
    bool empty() const { return tables == 0; }
    friend bool operator==(const LshColumns&, const LshColumns&) = default;
};

// Every token held when the step chose (memory and block), ascending by position. Parallel columns.
struct HeldTokens {
    std::vector<StreamPos> positions;
    std::vector<Tier> tiers;               // after the step; dropped means its K/V are gone
    std::vector<Reason> reasons;
    std::vector<std::uint8_t> candidates;  // 1: the selector could choose or drop it in this step
    std::vector<std::uint8_t> selectors;   // index into Run::selectors of the one that chose it, or noSelector
    std::vector<ScoreColumn> scores;       // empty where nothing was scored
    PeakOrigins peak;
    LshColumns lsh;

    std::size_t size() const { return positions.size(); }
    friend bool operator==(const HeldTokens&, const HeldTokens&) = default;
};

// Where a selector drew the line: the value of the last token that it chose.
struct Cut {
    std::uint8_t selector = noSelector; // index into Run::selectors
    float value = 0;
    friend bool operator==(const Cut&, const Cut&) = default;
};

struct StepCounts {
    std::int32_t candidates = 0;
    std::int32_t anchors = 0;
    std::int32_t window = 0;
    std::int32_t global = 0;
    std::int32_t dropped = 0; // by this step
    std::int32_t kept = 0;    // after this step: anchors + window + global
    friend bool operator==(const StepCounts&, const StepCounts&) = default;
};

struct StepTimings { // milliseconds
    double forward = 0;
    double score = 0;
    double select = 0;
    friend bool operator==(const StepTimings&, const StepTimings&) = default;
};

// One block read and compressed: the plan, as it is applied. Immutable once published.
struct CompressionStep {
    std::int32_t index = 0; // block number, from 0
    StreamPos begin;        // the block is [begin, end)
    StreamPos end;
    std::int32_t quota = 0; // how many candidates the selector may keep
    HeldTokens held;
    std::vector<Cut> cuts;
    StepCounts counts;
    StepTimings ms;
    std::int32_t peakSlots = 0; // slots in use at the step's widest: memory + block + prompt
    friend bool operator==(const CompressionStep&, const CompressionStep&) = default;
};

// What is known only once the plan of a step was carried out.
struct StepApplied {
    std::int32_t index = 0;
    double compactMs = 0;
    std::uint64_t bytesKept = 0; // measured: K/V bytes in use after compaction, all layers
    friend bool operator==(const StepApplied&, const StepApplied&) = default;
};

} // namespace kvprism::trace
