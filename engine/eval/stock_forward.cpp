// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/eval/stock_forward.h"

#include <cmath>

namespace kvprism::eval {

namespace {

at::Tensor normed(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
    const at::Tensor wide = x.to(at::kFloat);
    const at::Tensor scaled = wide * at::rsqrt(wide.pow(2).mean(-1, true) + epsilon);
    return weight.to(x.scalar_type()) * scaled.to(x.scalar_type());
}

// x [1, heads, rows, dim], cosine and sine [rows, dim].
at::Tensor rotated(const at::Tensor& x, const at::Tensor& cosine, const at::Tensor& sine) {
    const std::int64_t half = x.size(-1) / 2;
    const at::Tensor turned = at::cat({-x.narrow(-1, half, half), x.narrow(-1, 0, half)}, -1);
    return x * cosine + turned * sine;
}

// [1, kv_heads, n, dim] → [1, kv_heads·group, n, dim]
at::Tensor repeated(const at::Tensor& x, std::int64_t group) {
    return x.unsqueeze(2)
        .expand({1, x.size(1), group, x.size(2), x.size(3)})
        .reshape({1, x.size(1) * group, x.size(2), x.size(3)});
}

} // namespace

StockDecoder::StockDecoder(const model::Weights& weights, std::int64_t past) : m_weights(weights) {
    const files::ModelConfig& config = weights.config;
    const at::TensorOptions options = weights.embedding.options();
    for (std::int32_t layer = 0; layer < config.layers; ++layer)
        m_past.push_back({at::randn({1, config.kvHeads, past, config.headDim}, options),
                          at::randn({1, config.kvHeads, past, config.headDim}, options)});
}

at::Tensor StockDecoder::attention(const at::Tensor& x, const model::LayerWeights& layer, const Past& past,
                                   const model::RotaryTable& rotary, const at::Tensor& mask) const {
    const files::ModelConfig& config = m_weights.config;
    const std::int64_t rows = x.size(0), dim = config.headDim;
    const std::int64_t queries = config.queryHeads * dim, keyRows = config.kvHeads * dim;
    const auto heads = [&](std::int64_t first, std::int64_t count) {
        const at::Tensor projected = at::linear(x, layer.queryKeyValue.narrow(0, first, count));
        return projected.view({1, rows, count / dim, dim}).transpose(1, 2);
    };
    const at::Tensor query = rotated(heads(0, queries), rotary.cosine, rotary.sine);
    const at::Tensor key = rotated(heads(queries, keyRows), rotary.cosine, rotary.sine);
    const at::Tensor keys = at::cat({past.keys, key}, 2);
    const at::Tensor values = at::cat({past.values, heads(queries + keyRows, keyRows)}, 2);
    const double scale = 1 / std::sqrt(static_cast<double>(dim));
    // With a mask the fused operators take no grouped heads.
    const at::Tensor attended =
        mask.defined()
            ? at::scaled_dot_product_attention(query, repeated(keys, config.queryHeads / config.kvHeads),
                                               repeated(values, config.queryHeads / config.kvHeads), mask,
                                               0.0, false, scale)
            : at::scaled_dot_product_attention(query, keys, values, {}, 0.0, false, scale, true);
    return at::linear(attended.transpose(1, 2).reshape({rows, queries}), layer.attentionOutput);
}

at::Tensor StockDecoder::forward(const at::Tensor& ids, const model::RotaryTable& rotary) const {
    const files::ModelConfig& config = m_weights.config;
    const std::int64_t rows = ids.size(0), past = m_past.front().keys.size(2), inner = config.feedForward;
    const at::ScalarType type = m_weights.dtype;
    const model::RotaryTable table{at::cat({rotary.cosine, rotary.cosine}, -1).to(type),
                                   at::cat({rotary.sine, rotary.sine}, -1).to(type)};
    at::Tensor mask;
    if (rows > 1)
        mask = at::ones({rows, past + rows}, ids.options().dtype(at::kBool)).tril(past);
    at::Tensor hidden = at::embedding(m_weights.embedding, ids);
    for (std::size_t i = 0; i < m_weights.layers.size(); ++i) {
        const model::LayerWeights& layer = m_weights.layers[i];
        hidden = hidden + attention(normed(hidden, layer.attentionNorm, config.rmsEpsilon), layer, m_past[i],
                                    table, mask);
        const at::Tensor x = normed(hidden, layer.feedForwardNorm, config.rmsEpsilon);
        const at::Tensor gate = at::silu(at::linear(x, layer.gateUp.narrow(0, 0, inner)));
        hidden = hidden + at::linear(gate * at::linear(x, layer.gateUp.narrow(0, inner, inner)), layer.down);
    }
    return hidden;
}

at::Tensor StockDecoder::logitsOf(const at::Tensor& hidden) const {
    return at::linear(normed(hidden, m_weights.finalNorm, m_weights.config.rmsEpsilon), m_weights.head)
        .to(at::kFloat);
}

} // namespace kvprism::eval
