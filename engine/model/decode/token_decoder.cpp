// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/decode/token_decoder.h"

#include "engine/model/row_ops.h"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace kvprism::model {

namespace {

constexpr std::int64_t chunkKeys =
    128; // keys that one thread looks at before it takes the next piece of work

// x / √(mean(x²) + ε) · weight, the squares added in a fixed order.
void rmsNormVector(const float* x, std::int64_t size, const float* weight, double epsilon, float* out) {
    double sum = 0;
    for (std::int64_t i = 0; i < size; ++i)
        sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    const auto scale = static_cast<float>(1 / std::sqrt(sum / static_cast<double>(size) + epsilon));
    for (std::int64_t i = 0; i < size; ++i)
        out[i] = x[i] * scale * weight[i];
}

void rotateVector(float* head, const float* cosine, const float* sine, std::int64_t half, float scale) {
    for (std::int64_t i = 0; i < half; ++i) {
        const float a = head[i], b = head[i + half];
        head[i] = (a * cosine[i] - b * sine[i]) * scale;
        head[i + half] = (b * cosine[i] + a * sine[i]) * scale;
    }
}

// One layer's keys or values, [kv_heads, slots, head_dim].
struct HeadRows {
    std::byte* data;
    std::int64_t headBytes, rowBytes;
    at::ScalarType dtype;
    explicit HeadRows(const at::Tensor& rows)
        : data(static_cast<std::byte*>(rows.data_ptr())),
          headBytes(rows.stride(0) * static_cast<std::int64_t>(rows.element_size())),
          rowBytes(rows.stride(1) * static_cast<std::int64_t>(rows.element_size())),
          dtype(rows.scalar_type()) {}
    std::byte* row(std::int64_t head, std::int64_t slot) const {
        return data + head * headBytes + slot * rowBytes;
    }
    void store(std::int64_t head, std::int64_t slot, std::span<const float> values) const {
        if (dtype == at::kFloat)
            std::copy(values.begin(), values.end(), reinterpret_cast<float*>(row(head, slot)));
        else
            std::transform(values.begin(), values.end(), reinterpret_cast<c10::BFloat16*>(row(head, slot)),
                           [](float value) { return c10::BFloat16(value); });
    }
};

} // namespace

struct TokenDecoder::Step {
    cache::KvStore& store;
    RotaryTable rotary; // one row
    std::int32_t past = 0;
    std::stop_token stop;
    std::atomic<bool> stopped = false;
    std::int64_t chunks() const { return (past + chunkKeys) / chunkKeys; } // of past + 1 keys
};

TokenDecoder::TokenDecoder(const Weights& weights, int threads)
    : m_weights(weights), m_packed(packWeights(weights)), m_crew(threads) {
    const files::ModelConfig& config = weights.config;
    const auto size = [](std::int64_t count) { return static_cast<std::size_t>(count); };
    m_hidden.resize(size(config.hidden));
    m_queryKeyValue.resize(size(m_packed.layers.empty() ? 0 : m_packed.layers.front().queryKeyValue.rows));
    m_gate.resize(size(config.feedForward));
    m_up.resize(size(config.feedForward));
    m_logits.resize(size(m_packed.head.rows));
}

Result<std::span<const float>> TokenDecoder::next(cache::KvStore& store, std::int32_t id, StreamPos position,
                                                  std::stop_token stop) {
    const files::ModelConfig& config = m_weights.config;
    Step step{.store = store,
              .rotary = rotaryTable(std::span(&position, 1), config.headDim, config.rope),
              .past = store.used(),
              .stop = std::move(stop)};
    store.extend(1);
    const at::Tensor row = m_weights.embedding.select(0, id).to(at::kFloat).contiguous();
    std::copy_n(row.const_data_ptr<float>(), m_hidden.size(), m_hidden.begin());
    m_parts.resize(static_cast<std::size_t>(config.kvHeads * step.chunks()));
    m_crew.run([&](int rank) { work(step, rank); });
    if (step.stopped) {
        store.truncate(step.past);
        return interrupted("Stopped.");
    }
    return std::span<const float>(m_logits);
}

void TokenDecoder::work(Step& step, int rank) {
    const c10::InferenceMode inference; // is a thread's own
    for (std::int32_t index = 0; index < m_weights.config.layers; ++index)
        if (!runLayer(step, index, rank))
            return;
    thread_local std::vector<float> x;
    normed(m_weights.finalNorm, x);
    multiplyShare(m_packed.head, x, rank, m_crew.size(), m_logits.data(), false);
}

void TokenDecoder::normed(const at::Tensor& weight, std::vector<float>& out) const {
    out.resize(m_hidden.size());
    rmsNormVector(m_hidden.data(), static_cast<std::int64_t>(m_hidden.size()), weight.const_data_ptr<float>(),
                  m_weights.config.rmsEpsilon, out.data());
}

// Every thread does its share of a product, and all meet before one reads what others wrote. What is cheap
// (norms, merging) each does for itself.
bool TokenDecoder::runLayer(Step& step, std::int32_t index, int rank) {
    const LayerWeights& weights = m_weights.layers[static_cast<std::size_t>(index)];
    const PackedLayer& layer = m_packed.layers[static_cast<std::size_t>(index)];
    const files::ModelConfig& config = m_weights.config;
    const int size = m_crew.size();
    thread_local std::vector<float> x;
    if (rank == 0 && step.stop.stop_requested())
        step.stopped = true;
    normed(weights.attentionNorm, x);
    multiplyShare(layer.queryKeyValue, x, rank, size, m_queryKeyValue.data(), false);
    m_crew.meet();
    if (step.stopped)
        return false;
    attend(step, index, rank);
    m_crew.meet();

    const std::int64_t group = config.queryHeads / config.kvHeads, dim = config.headDim;
    x.resize(static_cast<std::size_t>(config.queryHeads * dim));
    const auto chunks = static_cast<std::size_t>(step.chunks());
    for (std::int32_t kv = 0; kv < config.kvHeads; ++kv)
        mergeParts(std::span(m_parts).subspan(static_cast<std::size_t>(kv) * chunks, chunks), group, dim,
                   x.data() + kv * group * dim);
    multiplyShare(layer.attentionOutput, x, rank, size, m_hidden.data(), true);
    m_crew.meet();

    normed(weights.feedForwardNorm, x);
    multiplyShare(layer.gate, x, rank, size, m_gate.data(), false);
    multiplyShare(layer.up, x, rank, size, m_up.data(), false);
    const std::int64_t rows = layer.gate.rows; // the same share as of the products
    for (std::int64_t i = rows * rank / size; i < rows * (rank + 1) / size; ++i) {
        float& gate = m_gate[static_cast<std::size_t>(i)];
        gate = gate / (1 + std::exp(-gate)) * m_up[static_cast<std::size_t>(i)];
    }
    m_crew.meet();
    multiplyShare(layer.down, m_gate, rank, size, m_hidden.data(), true);
    m_crew.meet();
    return true;
}

// Pieces of work are chunks of keys of a KV head. The last chunk of a head has the new key in it, and whoever
// does it writes that key and value first.
void TokenDecoder::attend(const Step& step, std::int32_t index, int rank) {
    const LayerWeights& weights = m_weights.layers[static_cast<std::size_t>(index)];
    const files::ModelConfig& config = m_weights.config;
    const std::int64_t group = config.queryHeads / config.kvHeads, dim = config.headDim, half = dim / 2;
    const std::int64_t all = step.past + 1, chunks = step.chunks();
    const HeadRows keys(step.store.keys(LayerIndex(index), step.past + 1));
    const HeadRows values(step.store.values(LayerIndex(index), step.past + 1));
    const PartKernel kernel = partKernelFor(keys.dtype, dim);
    const float* cosine = step.rotary.cosine.const_data_ptr<float>();
    const float* sine = step.rotary.sine.const_data_ptr<float>();
    const float scale = 1 / std::sqrt(static_cast<float>(dim));
    thread_local std::vector<float> query, key;
    const std::vector<float>& bias = m_packed.layers[static_cast<std::size_t>(index)].queryKeyValueBias;
    const auto headOf = [&](std::int64_t first, std::int64_t heads, const at::Tensor& norm,
                            std::vector<float>& out) {
        const auto begin = m_queryKeyValue.begin() + first * dim;
        out.assign(begin, begin + heads * dim);
        if (!bias.empty())
            for (std::int64_t i = 0; i < heads * dim; ++i)
                out[static_cast<std::size_t>(i)] += bias[static_cast<std::size_t>(first * dim + i)];
        if (norm.defined())
            for (std::int64_t head = 0; head < heads; ++head)
                rmsNormVector(out.data() + head * dim, dim, norm.const_data_ptr<float>(), config.rmsEpsilon,
                              out.data() + head * dim);
    };
    const std::int64_t units = config.kvHeads * chunks;
    for (std::int64_t unit = units * rank / m_crew.size(); unit < units * (rank + 1) / m_crew.size();
         ++unit) {
        const std::int64_t kv = unit / chunks, chunk = unit % chunks;
        const std::int64_t begin = chunk * chunkKeys, end = std::min(all, begin + chunkKeys);
        if (end == all) {
            headOf(config.queryHeads + kv, 1, weights.keyNorm, key);
            rotateVector(key.data(), cosine, sine, half, 1);
            keys.store(kv, step.past, key);
            headOf(config.queryHeads + config.kvHeads + kv, 1, {}, key);
            values.store(kv, step.past, key);
        }
        headOf(kv * group, group, weights.queryNorm, query);
        for (std::int64_t g = 0; g < group; ++g)
            rotateVector(query.data() + g * dim, cosine, sine, half, scale);
        attendPart(kernel, query.data(), group,
                   {.keys = keys.row(kv, begin),
                    .values = values.row(kv, begin),
                    .dtype = keys.dtype,
                    .count = end - begin,
                    .headDim = dim},
                   m_parts[static_cast<std::size_t>(unit)]);
    }
}

} // namespace kvprism::model
