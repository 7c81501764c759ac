// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/weight_bytes.h"

namespace kvprism::files {

WeightBytes weightBytes(const ModelFile& file, const ModelConfig& config, std::uint64_t bytesPerValue) {
    WeightBytes bytes;
    for (const Tensor& tensor : file.tensors()) {
        const std::string_view name = tensor.name;
        const std::uint64_t matrix = tensor.elements * bytesPerValue;
        if (name.find("_norm.") != std::string_view::npos)
            bytes.norms += tensor.elements * sizeof(float);
        else if (name.find(".attn_") != std::string_view::npos)
            bytes.attention += matrix;
        else if (name.find(".ffn_") != std::string_view::npos)
            bytes.feedForward += matrix;
        else if (name == "token_embd.weight")
            bytes.embedding = matrix;
        else if (name == "output.weight" && !config.tiedEmbeddings)
            bytes.head = matrix;
    }
    return bytes;
}

WeightBytes weightBytes(const ModelConfig& config, std::uint64_t bytesPerValue) {
    const auto size = [](std::int32_t value) { return static_cast<std::uint64_t>(value); };
    const std::uint64_t hidden = size(config.hidden), layers = size(config.layers),
                        dim = size(config.headDim);
    const std::uint64_t queries = size(config.queryHeads) * dim, keys = size(config.kvHeads) * dim;
    WeightBytes bytes;
    bytes.embedding = size(config.vocabularySize) * hidden * bytesPerValue;
    bytes.head = config.tiedEmbeddings ? 0 : bytes.embedding;
    bytes.attention =
        layers * bytesPerValue *
        (2 * queries * hidden + 2 * keys * hidden + (config.queryKeyValueBias ? queries + 2 * keys : 0));
    bytes.feedForward = layers * bytesPerValue * 3 * hidden * size(config.feedForward);
    bytes.norms = sizeof(float) * (layers * (2 * hidden + (config.queryKeyNorm ? 2 * dim : 0)) + hidden);
    return bytes;
}

} // namespace kvprism::files
