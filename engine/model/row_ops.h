// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/types.h"
#include "engine/files/rope.h"
#include "engine/model/torch.h"

#include <cstdint>
#include <span>

namespace kvprism::model {

// out[r, :] = x[r, :] / √(mean(x²) + ε) · weight, in f32, rounded once (RMSNorm, arXiv 1910.07467).
// x [rows, hidden] in f32 or bf16, contiguous; weight [hidden] f32; the result has x's dtype.
at::Tensor rmsNorm(const at::Tensor& x, const at::Tensor& weight, double epsilon);

// silu(gate) · up (SwiGLU, arXiv 2002.05202) of [rows, 2·width], gate before up: [rows, width], in f32,
// rounded once.
at::Tensor gatedProduct(const at::Tensor& gateUp);

// ‖x‖₂ of every row: x [planes, rows, dim] in f32 or bf16, rows close together; [planes, rows] f32.
at::Tensor rowNorms(const at::Tensor& x);

// Cosines and sines of the rotary embedding (arXiv 2104.09864): [rows, head_dim/2] f32, angle = pos ·
// base^(−2i/head_dim) / divisors[i].
struct RotaryTable {
    at::Tensor cosine;
    at::Tensor sine;
    RotaryTable to(at::Device device) const { return {cosine.to(device), sine.to(device)}; }
};
RotaryTable rotaryTable(std::span<const StreamPos> positions, std::int32_t headDim, const files::Rope& rope);

// rmsNorm of `heads` neighbouring heads in every row, in place: x[r, (first + h)·dim …] for h < heads, dim
// the size of `weight`. x [rows, width] in f32 or bf16, contiguous.
void normaliseHeads(at::Tensor& x, std::int64_t first, std::int64_t heads, const at::Tensor& weight,
                    double epsilon);

// Splits the fused projection into rotated queries (returned) and rotated keys and values (written to the
// store).
struct HeadShape {
    std::int32_t queryHeads = 0;
    std::int32_t kvHeads = 0;
    std::int32_t headDim = 0;
    std::int32_t group() const { return queryHeads / kvHeads; }
};
// qkv   [rows, (query_heads + 2·kv_heads)·head_dim]
// keys, values: [kv_heads, ≥ first + rows, head_dim] views; rows first … first + rows − 1 are written
// returns [kv_heads, rows, group, head_dim], already multiplied by 1/√head_dim, so that a logit is a plain
// product
// Without `rotateKeys` keys are stored as they are.
at::Tensor rotateAndStore(const at::Tensor& qkv, const RotaryTable& rotary, const HeadShape& heads,
                          at::Tensor keys, at::Tensor values, std::int32_t first, bool rotateKeys = true);

// out = un-rotated keys [kv_heads, n, head_dim], row i rotated by the table's row i. `out` has the shape of
// `keys` and may be the same.
void rotateKeys(const at::Tensor& keys, const RotaryTable& rotary, const at::Tensor& out);

} // namespace kvprism::model
