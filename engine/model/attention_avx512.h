// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace kvprism::model {

// Plain parameters of one attention call in bf16 (bits as uint16_t), as attention.h describes it.
struct AttentionCall {
    const std::uint16_t* query = nullptr;  // [kv_heads, rows, group, head_dim], multiplied by 1/√head_dim
    const std::uint16_t* keys = nullptr;   // [kv_heads, past + rows, head_dim], kv_heads `plane` values apart
    const std::uint16_t* values = nullptr; // the same
    std::uint16_t* out = nullptr;          // [rows, kv_heads, group, head_dim]
    float* logSumExp = nullptr;            // [kv_heads, rows·group], which attendAmx writes
    std::int64_t kvHeads = 0;
    std::int64_t rows = 0;
    std::int64_t group = 0;
    std::int64_t past = 0;
    std::int64_t plane = 0;
};

// True where the processor has AVX-512 BF16 and the kernel knows this head_dim.
bool canAttendAvx512(std::int64_t headDim);

// Fused attention for AVX-512 BF16: logits in f32 from packed pairs of bf16, exact softmax (a polynomial 2^x,
// relative error below 3e-7), weights rounded to bf16, sums in f32. Same bits for any number of threads.
void attendAvx512(const AttentionCall& call, std::int64_t headDim);

} // namespace kvprism::model
