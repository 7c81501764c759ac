// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/files/memory_needs.h"

#include <cstdint>
#include <string>

namespace kvprism {

// Host memory this process may still take: what the system says is available, within the container's limit
// and the process's own (ulimit -v, -d).
std::uint64_t availableMemory();

// Where addresses are limited (ulimit -v), all threads share one heap. Before the first of them.
void shareHeapUnderLimit();

using files::bytesNeeded;
using files::ReadingNeeds;

std::string inMebibytes(std::uint64_t bytes); // "12.3 MiB"

// Looks before reading whether K/V of `slots` tokens and one block's activations fit; the error (outOfMemory)
// names the bytes and a budget that would fit, or says that none would. Where the question alone does not
// fit, the error is `usage`. No budget below `leastBudget` is named.
Status checkMemory(const files::ModelConfig& config, const ReadingNeeds& needs, std::uint64_t available,
                   std::int64_t leastBudget = 1);
// The error of a reading that ran out in spite of that look; `available` counts what it gives back.
Error noMoreMemory(const files::ModelConfig& config, const ReadingNeeds& needs, std::uint64_t available,
                   std::int64_t leastBudget = 1);

} // namespace kvprism
