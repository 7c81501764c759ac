// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/methods/methods.h"
#include "engine/select/methods/top.h"

namespace kvprism::select {

// The scorer has done the work: s_j = Σ over layers, query heads and rows of softmax(q_r·K/√d)_j (LASER-KV
// page, section 3; arXiv 2602.02199).
Choice chooseExact(const Candidates& candidates) {
    return chooseTopScores(candidates);
}

} // namespace kvprism::select
