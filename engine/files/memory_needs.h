// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/files/model_config.h"

#include <cstdint>

namespace kvprism::files {

// What reading a stream takes beside the model's weights.
struct ReadingNeeds {
    std::int64_t slots = 0;      // capacity of the K/V store
    std::int64_t rows = 0;       // of one forward pass: block + prompt
    std::int64_t promptRows = 0; // that score
    std::uint64_t bytesPerValue = 4;
    bool onGpu = false;
};

// K/V of all slots and one block's activations. On the host a bound; on a GPU what the engine allocates, to
// be within a few per cent with the weights. 2⁶⁴ − 1 where it would be more than can be counted.
std::uint64_t bytesNeeded(const ModelConfig& config, const ReadingNeeds& needs);

} // namespace kvprism::files
