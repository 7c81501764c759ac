// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/files/model_config.h"

#include <cstdint>
#include <string>

namespace kvprism {

// Host memory this process may still take: what the system says is available, within the container's limit
// and the process's own (ulimit -v, -d).
std::uint64_t availableMemory();

// Where addresses are limited (ulimit -v), all threads share one heap. Before the first of them.
void shareHeapUnderLimit();

std::string inMebibytes(std::uint64_t bytes); // "12.3 MiB"

// Looks before reading whether K/V of `slots` tokens and one block's activations fit; the error (outOfMemory)
// names the bytes and a budget that would fit, or says that none would. Where the question alone does not
// fit, the error is `usage`.
struct ReadingNeeds {
    std::int64_t slots = 0;      // capacity of the K/V store
    std::int64_t rows = 0;       // of one forward pass: block + prompt
    std::int64_t promptRows = 0; // that score
    std::uint64_t bytesPerValue = 4;
};
std::uint64_t bytesNeeded(const files::ModelConfig& config, const ReadingNeeds& needs);
Status checkMemory(const files::ModelConfig& config, const ReadingNeeds& needs, std::uint64_t available);
// The error of a reading that ran out in spite of that look; `available` counts what it gives back.
Error noMoreMemory(const files::ModelConfig& config, const ReadingNeeds& needs, std::uint64_t available);

} // namespace kvprism
