// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/types.h"
#include "engine/model/decoder.h"
#include "engine/select/plan.h"

#include <cstdint>
#include <span>
#include <vector>

namespace kvprism::score {

// The tokens of one step as its forward pass sees them: memory, block, scoring prompt.
struct StepTokens {
    std::vector<StreamPos> held;          // memory and block, ascending
    std::int32_t block = 0;               // the last of `held`; the forward's first rows
    std::int32_t prompt = 0;              // the forward's rows behind the block's
    std::vector<std::uint8_t> candidates; // one a held token
    std::int64_t memory() const { return static_cast<std::int64_t>(held.size()) - block; }
};

// Rows of a forward pass that score: [first, first + count).
struct ScoredRows {
    std::int64_t first = 0;
    std::int64_t count = 0;
};

// Collects what one method wants to know while a block is read. One step each; engine thread.
class Scorer {
  public:
    virtual ~Scorer() = default;
    virtual bool onDevice() const { return false; }      // else it is shown copies on the host
    virtual void add(const model::LayerView& view) = 0;  // every layer, in order
    virtual void finish(select::StepScores& scores) = 0; // adds its columns
};

} // namespace kvprism::score
