// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace kvprism::model {

// attendPart() for bf16 keys and values with AVX-512: head_dim a multiple of 16. Writes largest [group], sum
// [group] and values [group, head_dim]; `logits` is scratch of group · (count rounded up to 16).
bool canAttendPartAvx512(std::int64_t headDim);
void attendPartAvx512(const float* query, std::int64_t group, const std::uint16_t* keys,
                      const std::uint16_t* values, std::int64_t count, std::int64_t headDim, float* logits,
                      float* largest, float* sum, float* out);

} // namespace kvprism::model
