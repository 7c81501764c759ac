// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/trace/run.h"
#include "engine/trace/step.h"

#include <cstdint>
#include <string>
#include <vector>

// Two runs over the same tokens, side by side: what `compare` prints and the window shows.
namespace kvprism::trace {

// Stream positions that are held after a step, ascending.
std::vector<StreamPos> keptPositions(const CompressionStep& step);

// The tokens read so far, by who holds them after a step. Ascending; `neither` is only counted.
struct KeptComparison {
    std::vector<StreamPos> both, onlyA, onlyB;
    std::int32_t neither = 0;
    // Of what at least one of them holds, the share that both hold; 1 where neither holds anything.
    double jaccard() const;
};
KeptComparison compareKept(const CompressionStep& a, const CompressionStep& b); // of the same block

// Whether two runs read the same tokens. The error (malformed) says what differs. Where a run was recorded
// without its text only the numbers of tokens can be looked at.
Status checkSameTokens(const Run& a, const Run& b);
// Whether all of their steps can be laid side by side: the same tokens in the same blocks.
Status checkComparable(const Run& a, const Run& b);

// Options that the two ran with differently, in a's order, then those that only b has.
struct SettingDifference {
    std::string name, a, b; // a value is empty where that run has no such option
};
std::vector<SettingDifference> settingDifferences(const Run& a, const Run& b);

} // namespace kvprism::trace
