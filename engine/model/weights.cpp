// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/weights.h"

#include "engine/files/tensor_type.h"

#include <algorithm>
#include <atomic>
#include <string>
#include <string_view>

namespace kvprism::model {

namespace {

// Reads tensors of one file by name, with the shape that the configuration asks for.
class TensorSource {
  public:
    TensorSource(const files::ModelFile& file, at::ScalarType dtype,
                 const std::function<void(std::int64_t, std::int64_t)>& progress, std::stop_token stop,
                 at::Device device)
        : m_file(file), m_dtype(dtype), m_progress(progress), m_stop(std::move(stop)), m_device(device) {
        for (const auto& tensor : file.tensors())
            m_total += static_cast<std::int64_t>(tensor.data.size());
    }

    Result<at::Tensor> matrix(const std::string& name, std::int64_t rows, std::int64_t columns) {
        return read(name, {static_cast<std::uint64_t>(columns), static_cast<std::uint64_t>(rows)}, m_dtype);
    }
    // Norms are applied in f32, biases in the matrices' dtype.
    Result<at::Tensor> norm(const std::string& name, std::int64_t size) {
        return read(name, {static_cast<std::uint64_t>(size)}, at::kFloat);
    }
    Result<at::Tensor> bias(const std::string& name, std::int64_t size) {
        return read(name, {static_cast<std::uint64_t>(size)}, m_dtype);
    }

  private:
    Result<at::Tensor> read(const std::string& name, const std::vector<std::uint64_t>& shape,
                            at::ScalarType dtype) {
        if (m_stop.stop_requested())
            return interrupted("Loading the model was stopped.");
        const files::Tensor* tensor = m_file.findTensor(name);
        if (!tensor || tensor->shape != shape) // readModelConfig has looked at all of them
            return defect(m_file.path() + ": the tensor " + name + " was not checked before it was read.");
        std::vector<std::int64_t> sizes(shape.rbegin(), shape.rend());
        at::Tensor result = inPlace(*tensor, sizes, dtype);
        if (!result.defined()) {
            result = at::empty(sizes, at::TensorOptions().dtype(dtype));
            if (const Status status = convert(*tensor, result); !status)
                return status.error();
        }
        m_done += static_cast<std::int64_t>(tensor->data.size());
        if (m_progress)
            m_progress(m_done, m_total);
        return result.to(m_device);
    }

    // The tensor where it lies in the mapped file; undefined where its type is another or its place is odd.
    static at::Tensor inPlace(const files::Tensor& tensor, const std::vector<std::int64_t>& sizes,
                              at::ScalarType dtype) {
        const bool same = (tensor.type == files::TensorType::f32 && dtype == at::kFloat) ||
                          (tensor.type == files::TensorType::bf16 && dtype == at::kBFloat16);
        const bool aligned =
            reinterpret_cast<std::uintptr_t>(tensor.data.data()) % c10::elementSize(dtype) == 0;
        if (!same || !aligned)
            return {};
        // Nothing writes to weights; the mapping would not allow it.
        return at::from_blob(const_cast<std::byte*>(tensor.data.data()), sizes,
                             at::TensorOptions().dtype(dtype));
    }

    // In pieces of whole quantisation blocks, several at a time, so that no f32 copy of a whole tensor is
    // made.
    static Status convert(const files::Tensor& tensor, at::Tensor& result) {
        const files::TensorTypeInfo& type = files::info(tensor.type);
        const std::int64_t blocks = static_cast<std::int64_t>(tensor.elements / type.blockElements);
        std::atomic<bool> failed = false;
        at::parallel_for(
            0, blocks, std::max<std::int64_t>(1, 65536 / type.blockElements),
            [&](std::int64_t begin, std::int64_t end) {
                constexpr std::int64_t piece = 4096;
                std::vector<float> values;
                for (std::int64_t block = begin; block < end; block += piece) {
                    const std::int64_t count = std::min(piece, end - block);
                    values.resize(static_cast<std::size_t>(count * type.blockElements));
                    const auto bytes = tensor.data.subspan(static_cast<std::size_t>(block) * type.blockBytes,
                                                           static_cast<std::size_t>(count) * type.blockBytes);
                    if (!files::dequantise(tensor.type, bytes, values))
                        failed = true;
                    const std::int64_t first = block * type.blockElements;
                    if (result.scalar_type() == at::kFloat) {
                        std::copy(values.begin(), values.end(), result.data_ptr<float>() + first);
                    } else {
                        c10::BFloat16* out = result.data_ptr<c10::BFloat16>() + first;
                        for (std::size_t i = 0; i < values.size(); ++i)
                            out[i] = c10::BFloat16(values[i]);
                    }
                }
            });
        if (failed)
            return malformed("The tensor " + tensor.name + " could not be dequantised.");
        return {};
    }

    const files::ModelFile& m_file;
    at::ScalarType m_dtype;
    const std::function<void(std::int64_t, std::int64_t)>& m_progress;
    std::stop_token m_stop;
    at::Device m_device;
    std::int64_t m_done = 0;
    std::int64_t m_total = 0;
};

// Some files interleave the halves of every query and key head (rows 2i and 2i+1 rotate together); we hold
// them half-split (rows i and i + head_dim/2).
at::Tensor halfSplit(const at::Tensor& rows, std::int64_t heads, std::int64_t headDim) {
    const std::int64_t columns = rows.size(1);
    return rows.view({heads, headDim / 2, 2, columns}).transpose(1, 2).reshape({heads * headDim, columns});
}

// Collects tensors one after another and remembers the first failure, so that a layer reads as a list.
class Collector {
  public:
    at::Tensor take(Result<at::Tensor> tensor) {
        if (tensor)
            return std::move(tensor).value();
        if (m_status.ok())
            m_status = tensor.error();
        return {};
    }
    bool ok() const { return m_status.ok(); }
    const Error& error() const { return m_status.error(); }

  private:
    Status m_status;
};

// Biases and norms of queries, keys and values, where the family has them.
void readExtras(TensorSource& source, const files::ModelConfig& config, const std::string& prefix,
                Collector& collector, LayerWeights& weights) {
    if (config.queryKeyValueBias) {
        const std::int64_t queryRows = static_cast<std::int64_t>(config.queryHeads) * config.headDim;
        const std::int64_t keyRows = static_cast<std::int64_t>(config.kvHeads) * config.headDim;
        const at::Tensor query = collector.take(source.bias(prefix + "attn_q.bias", queryRows));
        const at::Tensor key = collector.take(source.bias(prefix + "attn_k.bias", keyRows));
        const at::Tensor value = collector.take(source.bias(prefix + "attn_v.bias", keyRows));
        if (collector.ok())
            weights.queryKeyValueBias = at::cat({query, key, value});
    }
    if (config.queryKeyNorm) {
        weights.queryNorm = collector.take(source.norm(prefix + "attn_q_norm.weight", config.headDim));
        weights.keyNorm = collector.take(source.norm(prefix + "attn_k_norm.weight", config.headDim));
    }
}

Result<LayerWeights> readLayer(TensorSource& source, const files::ModelConfig& config, std::int32_t layer) {
    const std::string prefix = "blk." + std::to_string(layer) + ".";
    const std::int64_t hidden = config.hidden;
    const std::int64_t queryRows = static_cast<std::int64_t>(config.queryHeads) * config.headDim;
    const std::int64_t keyRows = static_cast<std::int64_t>(config.kvHeads) * config.headDim;
    Collector collector;
    LayerWeights weights;
    weights.attentionNorm = collector.take(source.norm(prefix + "attn_norm.weight", hidden));
    const at::Tensor query = collector.take(source.matrix(prefix + "attn_q.weight", queryRows, hidden));
    const at::Tensor key = collector.take(source.matrix(prefix + "attn_k.weight", keyRows, hidden));
    const at::Tensor value = collector.take(source.matrix(prefix + "attn_v.weight", keyRows, hidden));
    weights.attentionOutput = collector.take(source.matrix(prefix + "attn_output.weight", hidden, queryRows));
    weights.feedForwardNorm = collector.take(source.norm(prefix + "ffn_norm.weight", hidden));
    const at::Tensor gate =
        collector.take(source.matrix(prefix + "ffn_gate.weight", config.feedForward, hidden));
    const at::Tensor up = collector.take(source.matrix(prefix + "ffn_up.weight", config.feedForward, hidden));
    weights.down = collector.take(source.matrix(prefix + "ffn_down.weight", hidden, config.feedForward));
    readExtras(source, config, prefix, collector, weights);
    if (!collector.ok())
        return collector.error();
    weights.queryKeyValue = config.interleavedRows
                                ? at::cat({halfSplit(query, config.queryHeads, config.headDim),
                                           halfSplit(key, config.kvHeads, config.headDim), value})
                                : at::cat({query, key, value});
    weights.gateUp = at::cat({gate, up});
    return weights;
}

} // namespace

std::uint64_t Weights::bytes() const {
    std::uint64_t sum = embedding.nbytes() + finalNorm.nbytes();
    if (!head.is_same(embedding))
        sum += head.nbytes();
    for (const LayerWeights& layer : layers)
        for (const at::Tensor* tensor :
             {&layer.attentionNorm, &layer.queryKeyValue, &layer.queryKeyValueBias, &layer.queryNorm,
              &layer.keyNorm, &layer.attentionOutput, &layer.feedForwardNorm, &layer.gateUp, &layer.down})
            sum += tensor->defined() ? tensor->nbytes() : 0;
    return sum;
}

std::uint64_t weightBytesNeeded(const files::ModelFile& file, at::ScalarType dtype) {
    std::uint64_t elements = 0;
    for (const auto& tensor : file.tensors())
        elements += tensor.elements;
    return elements * c10::elementSize(dtype);
}

Result<Weights> loadWeights(std::shared_ptr<const files::ModelFile> file, const files::ModelConfig& config,
                            at::ScalarType dtype,
                            const std::function<void(std::int64_t, std::int64_t)>& progress,
                            std::stop_token stop, at::Device device) {
    TensorSource source(*file, dtype, progress, std::move(stop), device);
    Collector collector;
    Weights weights;
    weights.config = config;
    weights.dtype = dtype;
    weights.embedding =
        collector.take(source.matrix("token_embd.weight", config.vocabularySize, config.hidden));
    weights.finalNorm = collector.take(source.norm("output_norm.weight", config.hidden));
    weights.head = config.tiedEmbeddings
                       ? weights.embedding
                       : collector.take(source.matrix("output.weight", config.vocabularySize, config.hidden));
    if (!collector.ok())
        return collector.error();
    for (std::int32_t layer = 0; layer < config.layers; ++layer) {
        Result<LayerWeights> read = readLayer(source, config, layer);
        if (!read)
            return read.error();
        weights.layers.push_back(std::move(read).value());
    }
    weights.file = std::move(file);
    if (const Status whole = weights.intact(); !whole)
        return whole.error();
    return weights;
}

} // namespace kvprism::model
