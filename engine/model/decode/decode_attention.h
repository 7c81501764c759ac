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

// plain: any dtype; the test oracle of avx512, which takes bf16 and a head_dim that is a multiple of 16.
enum class PartKernel { plain, avx512 };
PartKernel partKernelFor(at::ScalarType dtype, std::int64_t headDim); // the faster one that can do it here

// Keys and values of one KV head, [count, head_dim] each, rows close together, f32 or bf16. A view.
struct KeyRows {
    const void* keys = nullptr;
    const void* values = nullptr;
    at::ScalarType dtype = at::kFloat;
    std::int64_t count = 0;
    std::int64_t headDim = 0;
};

// query [group, head_dim] f32, multiplied by 1/√head_dim.
void attendPart(PartKernel kernel, const float* query, std::int64_t group, const KeyRows& rows,
                AttentionPart& part);

// out [group, head_dim] = the softmax-weighted values over the keys of all parts, merged in their order.
void mergeParts(std::span<const AttentionPart> parts, std::int64_t group, std::int64_t headDim, float* out);

} // namespace kvprism::model
