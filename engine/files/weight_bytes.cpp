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

} // namespace kvprism::files
