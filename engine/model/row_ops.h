// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/types.h"
#include "engine/files/rope.h"
#include "engine/model/torch.h"

#include <cstdint>
#include <span>
#include <vector>

namespace kvprism::model {

// out[r, :] = x[r, :] / √(mean(x²) + ε) · weight, in f32, rounded once (RMSNorm, arXiv 1910.07467).
// x [rows, hidden] in f32 or bf16, contiguous; weight [hidden] f32; the result has x's dtype.
at::Tensor rmsNorm(const at::Tensor& x, const at::Tensor& weight, double epsilon);

// hidden += delta (where it is defined), then rmsNorm(hidden); on a GPU in one pass.
at::Tensor addNorm(at::Tensor& hidden, const at::Tensor& delta, const at::Tensor& weight, double epsilon);

// silu(gate) · up (SwiGLU, arXiv 2002.05202) of [rows, 2·width], gate before up: [rows, width], in f32,
// rounded once.
at::Tensor gatedProduct(const at::Tensor& gateUp);

// ‖x‖₂ of every row: x [planes, rows, dim] in f32 or bf16, rows close together; [planes, rows] f32.
at::Tensor rowNorms(const at::Tensor& x);

// base^(−2i/head_dim) / divisors[i] of each pair (i, i + head_dim/2) of a head: [head_dim/2].
std::vector<double> rotaryFrequencies(std::int32_t headDim, const files::Rope& rope);

// Cosines and sines of the rotary embedding (arXiv 2104.09864): [rows, head_dim/2] f32, angle = pos ·
// frequency[i].
struct RotaryTable {
    at::Tensor cosine;
    at::Tensor sine;
};
RotaryTable rotaryTable(std::span<const StreamPos> positions, std::int32_t headDim, const files::Rope& rope,
                        at::Device device = at::kCPU);

// Splits the fused projection into rotated queries (returned) and rotated keys and values (written to the
// store).
struct HeadShape {
    std::int32_t queryHeads = 0;
    std::int32_t kvHeads = 0;
    std::int32_t headDim = 0;
    std::int32_t group() const { return queryHeads / kvHeads; }
};
// What some families do to each query and key head before it is rotated: RMSNorm; undefined where they don't.
struct HeadNorms {
    at::Tensor query, key; // [head_dim] f32
    double epsilon = 0;
};
// Where rows first … first + rows − 1 of the store are written.
struct StoreRows {
    at::Tensor keys, values; // [kv_heads, ≥ first + rows, head_dim], views
    at::Tensor valueNorms;   // [kv_heads, ≥ first + rows] ‖v‖₂ f32, on a GPU; or undefined
    std::int32_t first = 0;
    bool rotateKeys = true; // else they are stored as they are
};
// qkv   [rows, (query_heads + 2·kv_heads)·head_dim]; used up
// returns [kv_heads, rows, group, head_dim], already multiplied by 1/√head_dim, so that a logit is a plain
// product
at::Tensor rotateAndStore(at::Tensor qkv, const RotaryTable& rotary, const HeadShape& heads,
                          const HeadNorms& norms, const StoreRows& store);

// out = un-rotated keys [kv_heads, n, head_dim], row i rotated by the table's row i. `out` has the shape of
// `keys` and may be the same.
void rotateKeys(const at::Tensor& keys, const RotaryTable& rotary, const at::Tensor& out);

} // namespace kvprism::model
