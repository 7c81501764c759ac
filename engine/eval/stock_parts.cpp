// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/eval/stock_parts.h"

#include <cmath>
#include <limits>
#include <numbers>

namespace kvprism::eval {

namespace {

at::Tensor randomRows(std::int64_t rows, std::int64_t width, const at::TensorOptions& options) {
    return at::randn({rows, width}, options);
}

} // namespace

FusedProducts::FusedProducts(const model::Weights& weights, std::int64_t rows) : m_weights(weights) {
    const model::LayerWeights& layer = weights.layers.front();
    const at::TensorOptions options = weights.embedding.options();
    m_hidden = randomRows(rows, layer.queryKeyValue.size(1), options);
    m_attended = randomRows(rows, layer.attentionOutput.size(1), options);
    m_inner = randomRows(rows, layer.down.size(1), options);
    m_queryKeyValue = at::empty({rows, layer.queryKeyValue.size(0)}, options);
    m_output = at::empty({rows, layer.down.size(0)}, options);
    m_gateUp = at::empty({rows, layer.gateUp.size(0)}, options);
}

void FusedProducts::runLayer(const model::LayerWeights& layer) {
    at::mm_out(m_queryKeyValue, m_hidden, layer.queryKeyValue.t());
    at::mm_out(m_output, m_attended, layer.attentionOutput.t());
    at::mm_out(m_gateUp, m_hidden, layer.gateUp.t());
    at::mm_out(m_output, m_inner, layer.down.t());
}

void FusedProducts::runAll() {
    for (const model::LayerWeights& layer : m_weights.layers)
        runLayer(layer);
}

double FusedProducts::operationsOfLayer() const {
    const model::LayerWeights& layer = m_weights.layers.front();
    std::int64_t weights = 0;
    for (const at::Tensor* matrix :
         {&layer.queryKeyValue, &layer.attentionOutput, &layer.gateUp, &layer.down})
        weights += matrix->numel();
    return 2.0 * static_cast<double>(weights) * static_cast<double>(m_hidden.size(0));
}

double FusedProducts::bytesOfLayer() const {
    const model::LayerWeights& layer = m_weights.layers.front();
    std::size_t bytes = 0;
    for (const at::Tensor* tensor : {&layer.queryKeyValue, &layer.attentionOutput, &layer.gateUp, &layer.down,
                                     &m_attended, &m_inner, &m_queryKeyValue, &m_gateUp})
        bytes += tensor->nbytes();
    return static_cast<double>(bytes + 2 * m_hidden.nbytes() + 2 * m_output.nbytes());
}

AttentionRows AttentionRows::random(const model::Weights& weights, std::int64_t rows, std::int64_t past) {
    const files::ModelConfig& config = weights.config;
    const at::TensorOptions options = weights.embedding.options();
    AttentionRows in;
    in.query = at::randn({rows, config.queryHeads, config.headDim}, options) *
               (1 / std::sqrt(static_cast<double>(config.headDim)));
    in.keys = at::randn({config.kvHeads, past + rows, config.headDim}, options);
    in.values = at::randn({config.kvHeads, past + rows, config.headDim}, options);
    return in;
}

double AttentionRows::operations() const {
    const auto rows = static_cast<double>(query.size(0)), keyCount = static_cast<double>(keys.size(1));
    const double seen = rows * (keyCount - rows) + rows * (rows + 1) / 2;
    return 4 * seen * static_cast<double>(query.size(1) * query.size(2));
}

double AttentionRows::bytes() const {
    return static_cast<double>(2 * query.nbytes() + keys.nbytes() + values.nbytes());
}

Attended attendStock(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values, bool causal) {
    const at::Tensor q = query.transpose(0, 1).unsqueeze(0), k = keys.unsqueeze(0), v = values.unsqueeze(0);
    if (!query.is_cuda() || query.scalar_type() != at::kBFloat16)
        return {at::scaled_dot_product_attention(q, k, v, {}, 0.0, causal, 1.0, true), {}};
    const auto result = at::_scaled_dot_product_cudnn_attention(q, k, v, {}, true, 0.0, causal, false, 1.0);
    return {std::get<0>(result), std::get<1>(result).reshape({query.size(1), query.size(0)})};
}

void attendInTwoCalls(const AttentionRows& in) {
    const std::int64_t rows = in.query.size(0), past = in.keys.size(1) - rows;
    if (past > 0)
        attendStock(in.query, in.keys.narrow(1, 0, past), in.values.narrow(1, 0, past), false);
    attendStock(in.query, in.keys.narrow(1, past, rows), in.values.narrow(1, past, rows), true);
}

at::Tensor rowSums2(const AttentionRows& in) {
    const std::int64_t rows = in.query.size(0), past = in.keys.size(1) - rows;
    at::Tensor sums =
        attendStock(in.query, in.keys.narrow(1, past, rows), in.values.narrow(1, past, rows), true).logSumExp;
    if (past > 0)
        sums = at::logaddexp(
            sums,
            attendStock(in.query, in.keys.narrow(1, 0, past), in.values.narrow(1, 0, past), false).logSumExp);
    const std::int64_t padded = (rows + 127) / 128 * 128;
    return at::constant_pad_nd(sums.to(at::kFloat) / std::numbers::ln2, {0, padded - rows},
                               std::numeric_limits<float>::infinity())
        .contiguous();
}

} // namespace kvprism::eval
