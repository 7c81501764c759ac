// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/column_scores.h"

// The column kernel for compute capability 9.0 (Hopper) where rows are few, as those of a question are: the
// keys are what takes time then. All rows of a KV head's query heads stay in shared memory, and keys stream
// past them once.
namespace kvprism::kernels {

// Whether all of a group's rows fit, on a device that lends a thread block that much shared memory.
bool fewRowsTake(const ColumnScores& in, int sharedBytes);

constexpr std::int32_t fewRowsOfPlace = 8; // columnPlaceRows

// As columnPeaks (best and place) and addColumnSums (values, no place) say; no scratch.
Launched fewRowPeaks(const ColumnScores& in, float* best, std::int32_t* place, Stream stream);
Launched addFewRowSums(const ColumnScores& in, float* sums, Stream stream);

} // namespace kvprism::kernels
