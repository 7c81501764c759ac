// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/types.h"
#include "engine/select/config.h"
#include "engine/trace/tier.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace kvprism::select {

// What the engine has to measure before a method can choose.
enum class ScorerKind {
    none,
    exact,   // a score a token: attention, summed
    peak,    // a score a token: attention times value norm, the largest
    keyNorm, // a score a token: the mean norm of its keys
    lsh,     // signatures and distances
};

// What LSH found out about each candidate; engine/select/lsh.h computes it from signatures.
struct LshValues {
    LshMode mode = LshMode::frequencyRank;
    std::span<const std::uint8_t> collisions;   // of L tables
    std::span<const std::int32_t> matchingBits; // of L·K, with the query token that has most
    std::span<const float> distances;           // smaller is nearer; empty: no tie-break
    std::span<const float> u;
};

// What a method chooses from. Parallel columns, one entry per candidate, ascending by position.
struct Candidates {
    std::span<const StreamPos> positions;
    std::span<const float> scores; // pooled; empty for methods whose scorer is none
    LshValues lsh;                 // empty for methods whose scorer is not lsh
    // All of them by the method's own rule, best first, where that was found out elsewhere; else empty.
    std::span<const std::int32_t> order;
    std::int32_t quota = 0; // how many may stay
    std::int32_t step = 0;
    std::uint64_t seed = 1;
};

struct Choice {
    std::vector<std::int32_t> ranked;   // rows of Candidates, best first, at most `quota`
    std::vector<trace::Reason> reasons; // one per entry of `ranked`: primary, secondary or filled
    // Value of the last one that the method chose by its own rule: its score; position (recency); draw
    // (random). Nothing where all were filled up.
    std::optional<float> cut;
};

// One selection rule: pure, without tensors, shared by engine, tests and what-if. Ties: the lower position
// wins.
using ChooseFunction = Choice (*)(const Candidates&);

// One row of the registry that command line, engine, window and tests read. Adding a method: one file with
// its rule, one row here, one row in the tests' table.
struct MethodSpec {
    std::string_view name;
    std::string_view title;
    std::string_view description; // one sentence, with its source
    ScorerKind scorer = ScorerKind::none;
    Pool pool = Pool::none;
    std::int32_t poolWidth = 1;
    Scoring scoring = Scoring::none;          // its own rows; none: the method reads no scores
    bool scoringIsFree = false;               // may --scoring choose other rows?
    bool isHybrid = false;                    // two other methods share the quota
    bool recursive = true, accumulate = true; // modes it can run in
    bool keepsAll = false;                    // `none`: the dense model
    ChooseFunction choose = nullptr;
};

// A method as one run uses it: a run has one part, or two in a hybrid (primary, secondary).
struct Part {
    const MethodSpec* method = nullptr;
    Scoring scoring = Scoring::none;
    Pool pool = Pool::none;
    std::int32_t poolWidth = 1;
};
// Of a config that configFrom made. Run::selectors holds their names in this order.
std::vector<Part> partsOf(const Config& config);
// What record-detail full measures besides: the kinds of score that no part of the run reads, from the rows
// that a part scores by. Recorded under trace::otherPrefix and the method's name; LSH as always.
std::vector<Part> furtherParts(const Config& config);
// Whose tokens are run behind each block to score by: question or standing; none where the block's own rows
// score, or nothing does. With `question` the memory is made for one question.
Scoring promptOf(const Config& config);

std::span<const MethodSpec> methodTable();
const MethodSpec* findMethod(std::string_view name);

std::string_view name(ScorerKind kind); // "exact", "peak", "key norm", "lsh"; empty for none

// Whether a scorer of this kind gives one number a token, which is recorded under the method's name.
constexpr bool givesScores(ScorerKind kind) {
    return kind == ScorerKind::exact || kind == ScorerKind::peak || kind == ScorerKind::keyNorm;
}

} // namespace kvprism::select
