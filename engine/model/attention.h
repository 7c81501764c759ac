// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/torch.h"

#include <cstdint>

namespace kvprism::model {

// What attention computed on its way and a scorer can use again; undefined where the kernel chosen has none.
struct AttentionByProducts {
    at::Tensor logSumExp;  // [kv_heads, rows·group] f32: log Σ exp(logit) of each row, natural logarithm
    at::Tensor packedKeys; // [kv_heads, roundUp(past + rows, 32)·head_dim], as packKeys() lays them out
    at::Tensor lse2;       // on a GPU instead of both: [query_heads, ≥ rows] f32, to base 2
};

// Attention of the newest `rows` tokens over all keys up to and including themselves: row r sees keys 0 …
// past + r. The scoring prompt stands behind its block, so this one rule is causal inside the block, lets
// every prompt row see the whole block, and keeps the prompt causal.
//   query  [kv_heads, rows, group, head_dim], multiplied by 1/√head_dim
//   keys, values [kv_heads, past + rows, head_dim]
//   result [rows, query_heads·head_dim]
// Chosen at run time: for bf16 the fastest fused kernel that the processor has, else attendGrouped.
at::Tensor attend(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values,
                  AttentionByProducts* byProducts = nullptr);

enum class FusedKernel { avx512, amx }; // attention_avx512.h, attention_amx.h

bool canAttendFused(FusedKernel kernel, std::int64_t headDim);

// attend() by one of our kernels, which the processor must have. All bf16.
at::Tensor attendFused(FusedKernel kernel, const at::Tensor& query, const at::Tensor& keys,
                       const at::Tensor& values, AttentionByProducts* byProducts = nullptr);

// Any dtype, any processor: the query heads of a KV head are stacked as rows, so that each KV head is one
// matrix product; masked keys beyond a chunk of rows are never computed.
at::Tensor attendGrouped(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values);

// The same by the textbook: whole f32 logit matrix, mask, softmax. Test oracle.
at::Tensor attendReference(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values);

} // namespace kvprism::model
