// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/decode/packed_layer.h"

#include "engine/files/model_file.h"

#include <algorithm>
#include <string>

namespace kvprism::model {

namespace {

PackedMatrix ofTensor(const at::Tensor& tensor) {
    return {.type = tensor.scalar_type() == at::kFloat ? files::TensorType::f32 : files::TensorType::bf16,
            .rows = tensor.size(0),
            .columns = tensor.size(1),
            .data = static_cast<const std::byte*>(tensor.const_data_ptr())};
}

// Takes the file's own matrices where all of them can be multiplied as they are and are smaller, else the
// tensor.
PackedProjection choose(const Weights& weights, const std::vector<std::string>& names,
                        const at::Tensor& joined, bool interleaves) {
    PackedProjection projection;
    const auto columns = static_cast<std::uint64_t>(joined.size(1));
    for (const std::string& name : names) {
        const files::Tensor* tensor = weights.file ? weights.file->findTensor(name) : nullptr;
        const bool usable = tensor && tensor->shape.size() == 2 && tensor->shape[0] == columns &&
                            canMultiplyPacked(tensor->type, static_cast<std::int64_t>(columns)) &&
                            tensor->data.size() < tensor->elements * joined.element_size();
        if (!usable)
            break;
        const auto rows = static_cast<std::int64_t>(tensor->shape[1]);
        // Values are never interleaved: they are not rotated.
        const bool isRotated = interleaves && projection.pieces.size() < 2;
        projection.pieces.push_back({.matrix = {.type = tensor->type,
                                                .rows = rows,
                                                .columns = joined.size(1),
                                                .data = tensor->data.data()},
                                     .first = projection.rows,
                                     .headDim = isRotated ? weights.config.headDim : 0});
        projection.rows += rows;
    }
    if (projection.pieces.size() != names.size() || projection.rows != joined.size(0))
        projection = {.pieces = {{.matrix = ofTensor(joined), .first = 0, .headDim = 0}},
                      .rows = joined.size(0)};
    return projection;
}

// Row of the half-split product that row `row` of an interleaved file is.
std::int64_t halfSplitRow(std::int64_t row, std::int64_t headDim) {
    const std::int64_t within = row % headDim;
    return row - within + within / 2 + within % 2 * (headDim / 2);
}

} // namespace

PackedWeights packWeights(const Weights& weights) {
    PackedWeights packed;
    for (std::size_t index = 0; index < weights.layers.size(); ++index) {
        const LayerWeights& layer = weights.layers[index];
        const std::string prefix = "blk." + std::to_string(index) + ".";
        const std::int64_t half = layer.gateUp.size(0) / 2;
        packed.layers.push_back(
            {.queryKeyValue = choose(
                 weights, {prefix + "attn_q.weight", prefix + "attn_k.weight", prefix + "attn_v.weight"},
                 layer.queryKeyValue, weights.config.interleavedRows),
             .attentionOutput =
                 choose(weights, {prefix + "attn_output.weight"}, layer.attentionOutput, false),
             .gate = choose(weights, {prefix + "ffn_gate.weight"}, layer.gateUp.narrow(0, 0, half), false),
             .up = choose(weights, {prefix + "ffn_up.weight"}, layer.gateUp.narrow(0, half, half), false),
             .down = choose(weights, {prefix + "ffn_down.weight"}, layer.down, false),
             .queryKeyValueBias = {}});
        if (layer.queryKeyValueBias.defined()) {
            const at::Tensor bias = layer.queryKeyValueBias.to(at::kFloat).contiguous();
            packed.layers.back().queryKeyValueBias.assign(bias.const_data_ptr<float>(),
                                                          bias.const_data_ptr<float>() + bias.numel());
        }
    }
    packed.head = choose(weights, {weights.config.tiedEmbeddings ? "token_embd.weight" : "output.weight"},
                         weights.head, false);
    return packed;
}

void multiplyShare(const PackedProjection& projection, std::span<const float> x, int rank, int size,
                   float* out, bool add) {
    thread_local PackedVector vector;
    thread_local std::vector<float> products;
    const std::int64_t begin = projection.rows * rank / size, end = projection.rows * (rank + 1) / size;
    for (const PackedProjection::Piece& piece : projection.pieces) {
        const std::int64_t first = std::max(begin - piece.first, std::int64_t{0});
        const std::int64_t last = std::min(end - piece.first, piece.matrix.rows);
        if (first >= last)
            continue;
        prepare(vector, x, piece.matrix.type);
        products.resize(static_cast<std::size_t>(last - first));
        multiplyRows(piece.matrix, first, last, vector, products.data());
        for (std::int64_t row = first; row < last; ++row) {
            float& target = out[piece.first + (piece.headDim > 0 ? halfSplitRow(row, piece.headDim) : row)];
            const float product = products[static_cast<std::size_t>(row - first)];
            target = add ? target + product : product;
        }
    }
}

} // namespace kvprism::model
