// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/decoder.h"

#include <cstdint>

namespace kvprism::score {

// Logits of rows [first, first + count) of a forward pass over keys [0, end): [kv_heads, count·group, end]
// f32, −∞ where the key lies behind the row. Row of the result = row · group + query head of the group.
at::Tensor maskedLogits(const model::LayerView& view, std::int64_t first, std::int64_t count,
                        std::int64_t end);

} // namespace kvprism::score
