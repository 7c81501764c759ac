// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/step.h"

#include <cstddef>
#include <cstdint>
#include <vector>

// Ranks, which recordings do not hold as they follow from the scores.
namespace kvprism::trace {

// The column that the method ranked by: the pooled scores where there are any, else the first of its own;
// nullptr where the method ranks by no scores.
const ScoreColumn* rankingColumn(const CompressionStep& step);

// Rows of step.held by falling score (key norms: rising), the lower position first where scores are equal,
// what is no number last; empty where nothing was scored.
std::vector<std::size_t> rowsByScore(const CompressionStep& step);

} // namespace kvprism::trace
