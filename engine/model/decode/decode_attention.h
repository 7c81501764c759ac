// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/torch.h"

#include <cstdint>
#include <span>
#include <vector>

namespace kvprism::model {

// What the query heads of one KV head make of some keys: enough to be merged with what they make of others.
struct AttentionPart {
    std::vector<float> largest; // [group] the largest logit
    std::vector<float> sum;     // [group] Σ exp(logit − largest)
    std::vector<float> values;  // [group, head_dim] Σ exp(logit − largest) · v
};

// query [group, head_dim] f32, multiplied by 1/√head_dim; keys, values [count, head_dim] of one KV head, bf16
// or f32, rows close together.
void attendPart(const float* query, std::int64_t group, const at::Tensor& keys, const at::Tensor& values,
                AttentionPart& part);

// out [group, head_dim] = the softmax-weighted values over the keys of all parts, merged in their order.
void mergeParts(std::span<const AttentionPart> parts, std::int64_t group, std::int64_t headDim, float* out);

} // namespace kvprism::model
