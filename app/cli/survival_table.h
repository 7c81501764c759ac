// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/store.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kvprism::cli {

// Stream positions of the tokens that hold bytes [begin, end) of the document.
std::vector<StreamPos> tokensOfBytes(const trace::TokenTable& tokens, std::int64_t begin, std::int64_t end);

// How many of `positions` are held after a step.
std::int32_t heldAfter(const trace::TraceStore& store, std::int32_t step,
                       const std::vector<StreamPos>& positions);

// A line a step: block, what is kept, by tier, what was dropped, and how many tokens of `marked` are still
// held ("–" before the first of them is read).
std::string survivalTable(const trace::TraceStore& store, const std::vector<StreamPos>& marked);

} // namespace kvprism::cli
