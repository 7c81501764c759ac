// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/forced_answer.h"
#include "engine/trace/evidence.h"

#include <cstdint>
#include <span>
#include <stop_token>

namespace kvprism {

// The `links` tokens of the memory (fewer where it is smaller) that each answer token attended to most. The
// store's slots hold `memory`, ascending. Exact: logits in f32 with the row's whole softmax; equal weights go
// by the lower position. Engine thread; errors: interrupted, and those of the forward pass.
Result<trace::Evidence> findEvidence(const ForcedAnswer::Parts& answer, std::span<const StreamPos> memory,
                                     std::int32_t links, std::stop_token stop);

} // namespace kvprism
