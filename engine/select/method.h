// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/types.h"
#include "engine/select/config.h"
#include "engine/trace/tier.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace kvprism::select {

// What the engine has to measure before a method can choose.
enum class ScorerKind { none, exact, peak };

// What a method chooses from. Parallel columns, one entry per candidate, ascending by position.
struct Candidates {
    std::span<const StreamPos> positions;
    std::span<const float> scores; // pooled; empty for methods whose scorer is none
    std::int32_t quota = 0;        // how many may stay
    std::int32_t step = 0;
    std::uint64_t seed = 1;
};

struct Choice {
    std::vector<std::int32_t> ranked;   // rows of Candidates, best first, at most `quota`
    std::vector<trace::Reason> reasons; // one per entry of `ranked`: primary, secondary or filled
    float cut = 0; // value of the last one chosen: its score; position (recency); draw (random)
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
    bool recursive = true, accumulate = true; // modes it can run in
    bool keepsAll = false;                    // `none`: the dense model
    ChooseFunction choose = nullptr;
};

std::span<const MethodSpec> methodTable();
const MethodSpec* findMethod(std::string_view name);

// What a scorer's raw column is called in plans, recordings and exports: "exact", "peak"; empty for none.
std::string_view name(ScorerKind kind);

} // namespace kvprism::select
