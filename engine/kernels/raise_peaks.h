// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/column_scores.h"
#include "engine/kernels/launch.h"

#include <cstddef>
#include <cstdint>

namespace kvprism::kernels {

// score_j = max over layers, query heads, rows of softmax(q·Kᵀ)_j · ‖v_j‖₂, and where the maximum was
// (LASER-KV page, section 5), from what columnPeaks found: its KV heads are those of one layer or of several
// layers, one layer after another.
struct RaisePeaks {
    ColumnScores in;                     // as columnPeaks was called; scratch is not used
    const float* best = nullptr;         // [in.kvHeads, in.keyCount], columnPeaks's
    const std::int32_t* place = nullptr; // the same
    const float* valueNorms = nullptr;   // [in.kvHeads, in.capacity] ‖v‖₂
    std::int32_t firstLayer = 0;         // of these
    std::int32_t kvHeadsOfLayer = 0;     // in.kvHeads is a multiple
    void* scratch = nullptr;             // raisePeaksScratchBytes()
    // [in.keyCount] each, of what was found before: a score that is larger takes its place. Heads are query
    // heads of a layer; rows are counted from the first of in.query.
    float* scores = nullptr;
    std::uint16_t *layers = nullptr, *heads = nullptr, *rows = nullptr;
};

// The same bits every time; of equal weights the first layer and KV head, then the first place and row.
Launched raisePeaks(const RaisePeaks& call, Stream stream);
std::size_t raisePeaksScratchBytes(std::int32_t keyCount);

} // namespace kvprism::kernels
