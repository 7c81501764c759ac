// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/row_ops.h"
#include "engine/model/weights.h"

#include <cstdint>
#include <vector>

namespace kvprism::eval {

// A decoder of plain libtorch operators, one at a time as Python code calls them: Q, K, V, gate and up apart,
// norms and rotation in several steps, keys and values joined to those before, the operator
// scaled_dot_product_attention, with a mask where it needs one. Without biases and norms of heads.
class StockDecoder {
  public:
    // `past` random keys and values in every layer, which stay as they are.
    StockDecoder(const model::Weights& weights, std::int64_t past);

    // ids [rows] int on the device, cosines and sines [rows, head_dim/2] f32 of their positions: the last
    // hidden states.
    at::Tensor forward(const at::Tensor& ids, const model::RotaryTable& rotary) const;
    at::Tensor logitsOf(const at::Tensor& hidden) const; // f32

  private:
    struct Past {
        at::Tensor keys, values; // [1, kv_heads, past, head_dim]
    };
    at::Tensor attention(const at::Tensor& x, const model::LayerWeights& layer, const Past& past,
                         const model::RotaryTable& rotary, const at::Tensor& mask) const;

    const model::Weights& m_weights;
    std::vector<Past> m_past;
};

} // namespace kvprism::eval
