// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/base/result.h"
#include "engine/base/types.h"
#include "engine/select/config.h"

namespace kvprism::select {

// How many tokens each tier may hold: the symbols of the LASER-KV page, section 1.
struct Geometry {
    std::int32_t streamTokens = 0; // N
    std::int32_t prefixTokens = 0; // P
    std::int32_t budget = 0;       // B
    std::int32_t blockSize = 0;    // S
    std::int32_t anchors = 0;      // A = max(⌊B/n⌋, P)
    std::int32_t window = 0;       // W = ⌊B/n⌋
    std::int32_t global = 0;       // G = B − A − W
    Mode mode = Mode::recursive;
    BudgetScope scope = BudgetScope::total;
    bool keepsAll = false; // N ≤ B, or the method keeps everything: nothing is scored or dropped

    std::int32_t blocks() const;                 // ⌈N/S⌉
    StreamPos blockBegin(std::int32_t step) const;
    StreamPos blockEnd(std::int32_t step) const;
    // How many global tokens step `step` may choose, when `heldGlobal` older ones stay unexamined (accumulate).
    std::int32_t quota(std::int32_t step, std::int32_t heldGlobal) const;
    // The most tokens any step can hold after it, and the most slots it needs at its widest with m prompt rows.
    std::int32_t mostKept() const;
    std::int32_t mostSlots(std::int32_t promptTokens) const;
};

// From a resolved Config (budget and blockSize decided). Fails where G ≤ 0, naming the budget that would do.
Result<Geometry> makeGeometry(const Config& config, std::int32_t streamTokens, std::int32_t prefixTokens);

} // namespace kvprism::select
