// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/column_scores.h"

#include <vector>

// The column kernels' twin in plain C++ and double precision, over memory of the host: what they are tested
// against.
namespace kvprism::kernels {

// [kv_heads, keyCount], as addColumnSums adds them.
std::vector<double> columnSumsReference(const ColumnScores& in);

struct ColumnPeaksReference {
    std::vector<double> best;         // [kv_heads, keyCount], as columnPeaks
    std::vector<std::int32_t> place;  // of the largest
    std::vector<double> bestOfPlaces; // [kv_heads, keyCount, places of a head]: of each place
};
// placeRows: columnPlaceRows.
ColumnPeaksReference columnPeaksReference(const ColumnScores& in, std::int32_t placeRows);

} // namespace kvprism::kernels
