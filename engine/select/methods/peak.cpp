// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/methods/methods.h"
#include "engine/select/methods/top.h"

namespace kvprism::select {

// The scorer has done the work: s_j = max over layers ℓ, query heads h, rows r of
// softmax(q_r·K/√d)_j · ‖v_{ℓ,kv(h),j}‖₂, pooled by average over 15 stream neighbours (LASER-KV page, section
// 5).
Choice choosePeak(const Candidates& candidates) {
    return chooseTopScores(candidates);
}

} // namespace kvprism::select
