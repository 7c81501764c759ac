// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cuda/cuda_decoder.h"

#include "engine/cuda/launching.h"

#include <array>
#include <cstring>

namespace kvprism::cuda {

namespace {

const std::uint16_t* bits(const at::Tensor& tensor) {
    return tensor.defined() ? static_cast<const std::uint16_t*>(tensor.const_data_ptr()) : nullptr;
}
const float* floats(const at::Tensor& tensor) {
    return tensor.defined() ? tensor.const_data_ptr<float>() : nullptr;
}

at::Tensor bytesOf(std::size_t bytes, const at::TensorOptions& options) {
    return at::zeros({static_cast<std::int64_t>(bytes)}, options.dtype(at::kByte));
}

kernels::DecodeShape shapeOf(const model::Weights& weights, const cache::KvStore& store) {
    const files::ModelConfig& config = weights.config;
    kernels::DecodeShape shape;
    shape.layers = config.layers;
    shape.hidden = config.hidden;
    shape.queryHeads = config.queryHeads;
    shape.kvHeads = config.kvHeads;
    shape.headDim = config.headDim;
    shape.feedForward = config.feedForward;
    shape.vocabulary = config.vocabularySize;
    shape.capacity = store.capacity();
    shape.epsilon = static_cast<float>(config.rmsEpsilon);
    return shape;
}

std::vector<kernels::DecodeLayer> layersOf(const model::Weights& weights, const cache::KvStore& store) {
    std::vector<kernels::DecodeLayer> layers;
    auto* keys = static_cast<std::uint16_t*>(store.keysOfAll(1).data_ptr());
    auto* values = static_cast<std::uint16_t*>(store.valuesOfAll(1).data_ptr());
    auto* norms = store.valueNormsOfAll().data_ptr<float>();
    const std::int64_t slots = std::int64_t{weights.config.kvHeads} * store.capacity(); // of a layer
    for (std::int32_t index = 0; index < weights.config.layers; ++index) {
        const model::LayerWeights& from = weights.layers[static_cast<std::size_t>(index)];
        kernels::DecodeLayer layer;
        layer.attentionNorm = floats(from.attentionNorm);
        layer.feedForwardNorm = floats(from.feedForwardNorm);
        layer.queryKeyValue = bits(from.queryKeyValue);
        layer.queryKeyValueBias = bits(from.queryKeyValueBias);
        layer.queryNorm = floats(from.queryNorm);
        layer.keyNorm = floats(from.keyNorm);
        layer.attentionOutput = bits(from.attentionOutput);
        layer.gateUp = bits(from.gateUp);
        layer.down = bits(from.down);
        layer.keys = keys + index * slots * weights.config.headDim;
        layer.values = values + index * slots * weights.config.headDim;
        layer.valueNorms = norms + index * slots;
        layers.push_back(layer);
    }
    return layers;
}

template <class T> at::Tensor onDeviceBytes(std::span<const T> values, at::Device device) {
    const at::Tensor host = bytesOf(values.size_bytes(), at::TensorOptions());
    std::memcpy(host.data_ptr(), values.data(), values.size_bytes());
    return host.to(device);
}

} // namespace

CudaDecoder::CudaDecoder(const model::Weights& weights, const cache::KvStore& store,
                         std::span<const double> frequencies)
    : m_shape(shapeOf(weights, store)) {
    const at::TensorOptions device = weights.embedding.options();
    const auto pinned = at::TensorOptions().pinned_memory(true);
    m_layers =
        onDeviceBytes(std::span<const kernels::DecodeLayer>(layersOf(weights, store)), device.device());
    m_frequencies = onDeviceBytes(frequencies, device.device());
    m_state = bytesOf(sizeof(kernels::DecodeState), device);
    m_logits = at::empty({m_shape.vocabulary}, device.dtype(at::kFloat));
    m_scratch = bytesOf(kernels::decodeScratchBytes(m_shape), device);
    m_hostState =
        at::empty({static_cast<std::int64_t>(sizeof(kernels::DecodeState))}, pinned.dtype(at::kByte));
    m_hostTokens = at::empty({mostAhead}, pinned.dtype(at::kInt));
    m_hostLogits = at::empty({m_shape.vocabulary}, pinned.dtype(at::kFloat));
    m_call.shape = m_shape;
    m_call.layers = static_cast<const kernels::DecodeLayer*>(m_layers.const_data_ptr());
    m_call.embedding = bits(weights.embedding);
    m_call.finalNorm = floats(weights.finalNorm);
    m_call.head = bits(weights.head);
    m_call.frequencies = static_cast<const double*>(m_frequencies.const_data_ptr());
    m_call.state = static_cast<kernels::DecodeState*>(m_state.data_ptr());
    m_call.logits = m_logits.data_ptr<float>();
    m_call.scratch = m_scratch.data_ptr();
    for (Event& event : m_done)
        event.make();
}

CudaDecoder::~CudaDecoder() {
    cudaStreamSynchronize(stream()); // a failure shows wherever somebody looks next
}

void CudaDecoder::begin(std::int32_t token, std::int32_t slot, StreamPos position) {
    kernels::DecodeState state;
    state.token = token;
    state.slot = slot;
    state.position = position.value;
    // What was queued before has read its own by the time that somebody knows the next token.
    std::memcpy(m_hostState.data_ptr(), &state, sizeof state);
    check({cudaMemcpyAsync(m_state.data_ptr(), m_hostState.data_ptr(), sizeof state, cudaMemcpyHostToDevice,
                           stream())});
    m_taken = m_queued;
}

void CudaDecoder::queue() {
    TORCH_CHECK(m_queued - m_taken < mostAhead, "too many tokens ahead");
    check(kernels::decodeToken(m_call, stream()));
    const std::int64_t place = m_queued++ % mostAhead;
    check({cudaMemcpyAsync(m_hostTokens.data_ptr<std::int32_t>() + place, &m_call.state->token,
                           sizeof(std::int32_t), cudaMemcpyDeviceToHost, stream())});
    m_done[static_cast<std::size_t>(place)].record();
}

std::int32_t CudaDecoder::take() {
    TORCH_CHECK(m_taken < m_queued, "no token was queued");
    const std::int64_t place = m_taken++ % mostAhead;
    m_done[static_cast<std::size_t>(place)].wait();
    return m_hostTokens.const_data_ptr<std::int32_t>()[place];
}

std::span<const float> CudaDecoder::logits() {
    m_hostLogits.copy_(m_logits);
    return {m_hostLogits.const_data_ptr<float>(), static_cast<std::size_t>(m_hostLogits.numel())};
}

std::unique_ptr<model::DeviceDecoder> makeDecoder(const model::Weights& weights, const cache::KvStore& store,
                                                  std::span<const double> frequencies) {
    if (weights.dtype != at::kBFloat16 || store.dtype() != at::kBFloat16 ||
        kernels::decodeRefusal(shapeOf(weights, store)))
        return nullptr;
    return std::make_unique<CudaDecoder>(weights, store, frequencies);
}

} // namespace kvprism::cuda
