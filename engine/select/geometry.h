// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/base/types.h"
#include "engine/select/config.h"

#include <cstdint>

namespace kvprism::select {

// How many tokens each tier may hold: the symbols of the LASER-KV page, section 1. All of it follows from the
// configuration and the token counts alone, so that it is known before a block is read.
struct Geometry {
    std::int32_t streamTokens = 0; // N
    std::int32_t prefixTokens = 0; // P
    std::int32_t budget = 0;       // B
    std::int32_t blockSize = 0;    // S
    std::int32_t anchors = 0;      // A = max(⌊B/n⌋, P)
    std::int32_t window = 0;       // W = ⌊B/n⌋
    std::int32_t global = 0;       // G = B − A − W; 0 where keepsAll leaves no room for it
    Mode mode = Mode::recursive;
    BudgetScope scope = BudgetScope::total;
    bool keepsAll = false; // N ≤ B, or the method keeps everything: nothing is scored or dropped

    std::int32_t blocks() const;                   // ⌈N/S⌉
    StreamPos blockBegin(std::int32_t step) const; // N for steps behind the last
    StreamPos blockEnd(std::int32_t step) const;
    StreamPos anchorsEnd(std::int32_t step) const; // after `step`: [0, anchorsEnd) are anchors
    StreamPos
    windowBegin(std::int32_t step) const; // [windowBegin, blockEnd) is the window, but for the anchors
    // Tokens in [candidatesBegin, windowBegin) may be chosen or dropped by `step`. Older ones stay as they
    // are.
    StreamPos candidatesBegin(std::int32_t step) const;
    // Whether `step` may choose or drop a token that it holds at this position.
    bool isCandidate(StreamPos position, std::int32_t step) const;
    // How many global tokens step `step` may choose, when `heldGlobal` older ones stay unexamined
    // (accumulate).
    std::int32_t quota(std::int32_t step, std::int32_t heldGlobal) const;
    // The most tokens any step can hold after it.
    std::int32_t mostKept() const;
    // A bound on the slots a step needs at its widest, with m prompt rows. Stays at 2³¹ − 1 where it would be
    // more.
    std::int32_t mostSlots(std::int32_t promptTokens) const;
};

// From a resolved Config (budget and blockSize decided). Fails where G ≤ 0, naming the budget that would do.
Result<Geometry> makeGeometry(const Config& config, std::int32_t streamTokens, std::int32_t prefixTokens);

// The smallest budget of tokens that leaves a global one beside anchors and window.
std::int64_t smallestBudget(const Config& config, std::int32_t prefixTokens);

// The largest budget with which a run keeps at most ⌊ratio · N⌋ tokens in the end: that number itself, except
// in `accumulate` with scope per_block, where every block adds to the memory. `defaultBlock` is what the
// block size is held to where config leaves it to the budget. Fails where no budget keeps so few.
Result<std::int32_t> budgetForRatio(const Config& config, std::int32_t defaultBlock,
                                    std::int32_t streamTokens, std::int32_t prefixTokens);

} // namespace kvprism::select
