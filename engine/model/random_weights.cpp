// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/random_weights.h"

#include "engine/files/weight_bytes.h"
#include "engine/select/counter_random.h"

#include <algorithm>
#include <cmath>

namespace kvprism::model {

namespace {

constexpr double deviation = 0.02;

// Σ of the four 16-bit parts of a hash of `key` and each index, less its mean: whole numbers in f32, exactly.
at::Tensor centredSums(std::int64_t begin, std::int64_t count, std::int64_t key, at::Device device) {
    // As in SplitMix64 (Steele, Lea, Flood 2014). Right shifts of signed numbers need their sign cut off.
    constexpr auto first = static_cast<std::int64_t>(0xBF58476D1CE4E5B9ULL);
    constexpr auto second = static_cast<std::int64_t>(0x94D049BB133111EBULL);
    constexpr auto golden = static_cast<std::int64_t>(0x9E3779B97F4A7C15ULL);
    at::Tensor hash = at::arange(begin, begin + count, at::TensorOptions().dtype(at::kLong).device(device))
                          .mul_(golden)
                          .add_(key);
    const auto fold = [&](int shift) {
        hash.bitwise_xor_(
            hash.bitwise_right_shift(shift).bitwise_and_((std::int64_t{1} << (64 - shift)) - 1));
    };
    fold(30);
    hash.mul_(first);
    fold(27);
    hash.mul_(second);
    fold(31);
    at::Tensor sum = hash.bitwise_and(0xFFFF);
    for (const int shift : {16, 32, 48})
        sum.add_(hash.bitwise_right_shift(shift).bitwise_and_(0xFFFF));
    return sum.sub_(2 * 0xFFFF).to(at::kFloat);
}

class Drawer {
  public:
    Drawer(at::ScalarType dtype, std::uint64_t seed, std::int64_t total,
           const std::function<void(std::int64_t, std::int64_t)>& progress, std::stop_token stop,
           at::Device device)
        : m_options(at::TensorOptions().dtype(dtype).device(device)), m_seed(seed), m_total(total),
          m_progress(progress), m_stop(std::move(stop)) {}

    bool stopped() const { return m_stop.stop_requested(); }

    at::Tensor ones(std::int64_t size) {
        at::Tensor norm = at::ones({size}, m_options.dtype(at::kFloat));
        drawn(norm);
        return norm;
    }

    // Undrawn after a stop.
    at::Tensor normal(at::IntArrayRef sizes) {
        // What is drawn at a time passes through the caches, or fills a GPU without taking much of its
        // memory.
        const std::int64_t piece = m_options.device().is_cpu() ? 1 << 16 : 1 << 24;
        at::Tensor values = at::empty(sizes, m_options);
        const at::Tensor flat = values.view({-1});
        const auto key = static_cast<std::int64_t>(select::randomBits(m_seed, m_tensor++, 0));
        // The deviation of a sum of four numbers 0 … 65535.
        const double scale = deviation / std::sqrt(4.0 * (65536.0 * 65536.0 - 1) / 12);
        for (std::int64_t begin = 0; begin < flat.size(0) && !stopped(); begin += piece) {
            const std::int64_t count = std::min(piece, flat.size(0) - begin);
            flat.narrow(0, begin, count)
                .copy_(centredSums(begin, count, key, m_options.device()).mul_(scale));
        }
        drawn(values);
        return values;
    }

  private:
    void drawn(const at::Tensor& tensor) {
        m_done += static_cast<std::int64_t>(tensor.nbytes());
        if (m_progress)
            m_progress(std::min(m_done, m_total), m_total);
    }

    at::TensorOptions m_options;
    std::uint64_t m_seed;
    std::uint64_t m_tensor = 0;
    std::int64_t m_done = 0, m_total;
    const std::function<void(std::int64_t, std::int64_t)>& m_progress;
    std::stop_token m_stop;
};

LayerWeights drawLayer(Drawer& drawer, const files::ModelConfig& config) {
    const std::int64_t hidden = config.hidden, inner = config.feedForward, dim = config.headDim;
    const std::int64_t queryRows = config.queryHeads * dim;
    const std::int64_t rows = queryRows + 2 * config.kvHeads * dim;
    LayerWeights layer;
    layer.attentionNorm = drawer.ones(hidden);
    layer.queryKeyValue = drawer.normal({rows, hidden});
    if (config.queryKeyValueBias)
        layer.queryKeyValueBias = drawer.normal({rows});
    if (config.queryKeyNorm) {
        layer.queryNorm = drawer.ones(dim);
        layer.keyNorm = drawer.ones(dim);
    }
    layer.attentionOutput = drawer.normal({hidden, queryRows});
    layer.feedForwardNorm = drawer.ones(hidden);
    layer.gateUp = drawer.normal({2 * inner, hidden});
    layer.down = drawer.normal({hidden, inner});
    return layer;
}

} // namespace

Result<Weights> randomWeights(const files::ModelConfig& config, at::ScalarType dtype, std::uint64_t seed,
                              const std::function<void(std::int64_t, std::int64_t)>& progress,
                              std::stop_token stop, at::Device device) {
    const auto total = files::weightBytes(config, c10::elementSize(dtype)).total();
    Drawer drawer(dtype, seed, static_cast<std::int64_t>(total), progress, std::move(stop), device);
    Weights weights;
    weights.config = config;
    weights.dtype = dtype;
    weights.embedding = drawer.normal({config.vocabularySize, config.hidden});
    weights.finalNorm = drawer.ones(config.hidden);
    weights.head =
        config.tiedEmbeddings ? weights.embedding : drawer.normal({config.vocabularySize, config.hidden});
    for (std::int32_t layer = 0; layer < config.layers && !drawer.stopped(); ++layer)
        weights.layers.push_back(drawLayer(drawer, config));
    if (drawer.stopped())
        return interrupted("Loading the model was stopped.");
    return weights;
}

} // namespace kvprism::model
