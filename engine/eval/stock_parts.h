// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/weights.h"

#include <cstdint>
#include <vector>

// What libtorch and cuDNN offer for the parts of a block: what ours is held against.
namespace kvprism::eval {

// The four matrix products of every layer, each with that layer's own weights, into tensors that are there
// already.
class FusedProducts {
  public:
    FusedProducts(const model::Weights& weights, std::int64_t rows);
    void runLayer(const model::LayerWeights& layer);
    void runAll();
    double operationsOfLayer() const;
    double bytesOfLayer() const; // weights, and rows in and out

  private:
    const model::Weights& m_weights;
    at::Tensor m_hidden, m_attended, m_inner;       // in
    at::Tensor m_queryKeyValue, m_output, m_gateUp; // out
};

// Rows of one layer that attend to `past` keys before them and causally to their own, as two calls of the
// fused attention that the device has (cuDNN's on a GPU).
struct AttentionRows {
    at::Tensor query;  // [rows, query_heads, head_dim], multiplied by 1/√head_dim
    at::Tensor keys;   // [kv_heads, past + rows, head_dim]
    at::Tensor values; // the same

    static AttentionRows random(const model::Weights& weights, std::int64_t rows, std::int64_t past);
    double operations() const;
    double bytes() const;
};

struct Attended {
    at::Tensor out;       // [1, query_heads, rows, head_dim]
    at::Tensor logSumExp; // [query_heads, rows] f32; undefined where the operator does not tell
};
Attended attendStock(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values, bool causal);
void attendInTwoCalls(const AttentionRows& in);
// log₂ Σ exp(logit) of each row over all that it sees, from the two calls: f32 [query_heads, rows rounded up
// to 128], +∞ behind the last. Of a GPU.
at::Tensor rowSums2(const AttentionRows& in);

} // namespace kvprism::eval
