// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

// A run by the words of the LASER-KV page, with sets and loops, sharing no code with engine/select: what the
// plans are compared with.
namespace kvprism::test {

struct NaivePart {
    std::string method = "exact"; // exact, peak, recency, knorm, none
    std::int64_t poolWidth = 1;   // average
};

struct NaiveSettings {
    std::int64_t n = 0, prefix = 0, budget = 0, block = 0, divisor = 4;
    bool accumulate = false, perBlock = false;
    NaivePart primary;
    std::optional<NaivePart> secondary; // of a hybrid
    double ratio = 1;                   // the primary's share
};

struct NaiveStep {
    std::int64_t begin = 0, end = 0, quota = 0;
    std::set<std::int64_t> anchors, window, global, dropped, candidates;
    std::set<std::int64_t> bySecondary; // of global, chosen in this step
};

// `score(part, step, position)` is the raw score of a token held in that step, for the primary (0) or the
// secondary (1).
using NaiveScore = std::function<float(int, std::int64_t, std::int64_t)>;
std::vector<NaiveStep> naiveRun(const NaiveSettings& settings, const NaiveScore& score);

} // namespace kvprism::test
