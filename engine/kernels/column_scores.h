// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/launch.h"

#include <cstddef>
#include <cstdint>

// What each key is worth to many rows at once (LASER-KV page, section 3), where each row's log-sum-exp is
// known: the products Q·Kᵀ are formed once, tile by tile, and only their columns' sums or maxima are written.
namespace kvprism::kernels {

// A row sees key j if row ≥ j − past + exclusion, rows counted from the first row of the block: the keys
// before the block, the first `past`, count as if they stood right before it.
struct ColumnScores {
    const std::uint16_t* query = nullptr; // bf16 [rows, query_heads, head_dim], rotated, not scaled
    const std::uint16_t* keys = nullptr;  // bf16 [kv_heads, capacity, head_dim], rotated
    // [query_heads, lseStride] f32: log₂ Σ exp(logit) of each row, +∞ for rows behind the last.
    const float* lse2 = nullptr;
    std::int32_t rows = 0, keyCount = 0, past = 0, exclusion = 0;
    std::int32_t queryHeads = 0, kvHeads = 0, headDim = 0;
    std::int32_t firstRow = 0;  // of the rows given, counted as above: a window's rows are the block's last
    std::int64_t capacity = 0;  // keys of a head that the store has room for
    std::int64_t lseStride = 0; // a multiple of columnScoreRows
    float scale = 0;            // 1/√head_dim
    void* scratch = nullptr;    // columnScratchBytes()
};

constexpr std::int32_t columnScoreRows = 128; // rows that are worked on at a time

// sums [kv_heads, keyCount] f32 += Σ over the group's query heads and rows of softmax(q·Kᵀ·scale)_j, in an
// order that depends on the shapes alone: the same bits every time.
Launched addColumnSums(const ColumnScores& in, float* sums, Stream stream);

// best [kv_heads, keyCount] f32 = max over the group's query heads and rows of logit·log₂e − lse2, the
// logarithm of the largest weight to base 2 (−∞ where no row sees the key), and where it is to be looked for:
// place = query head of the group · ⌈rows/n⌉ + row/n, n = columnPlaceRows(in); of equals the first.
Launched columnPeaks(const ColumnScores& in, float* best, std::int32_t* place, Stream stream);

std::int32_t columnPlaceRows(const ColumnScores& in); // 8 or columnScoreRows
std::size_t columnScratchBytes(const ColumnScores& in);

} // namespace kvprism::kernels
