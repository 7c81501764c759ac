// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/result.h"
#include "engine/files/gguf.h"

namespace kvprism::files {

// Shape of a decoder-only transformer, every field checked to be within sane ranges and consistent.
struct ModelConfig {
    std::string architecture; // "llama"
    std::string name;
    std::int32_t layers = 0;
    std::int32_t queryHeads = 0;
    std::int32_t kvHeads = 0;  // divides queryHeads
    std::int32_t headDim = 0;  // even
    std::int32_t hidden = 0;
    std::int32_t feedForward = 0;
    std::int32_t vocabularySize = 0;
    std::int32_t contextLength = 0;
    double ropeBase = 10000;
    double rmsEpsilon = 1e-5;
    bool tiedEmbeddings = false; // no output.weight: the embedding is the LM head

    std::uint64_t kvBytesPerToken(std::uint64_t bytesPerValue) const {
        return 2ULL * static_cast<std::uint64_t>(layers) * static_cast<std::uint64_t>(kvHeads) *
               static_cast<std::uint64_t>(headDim) * bytesPerValue;
    }
};

// Fails on architectures that are not supported, naming those that are, and where the tensors are not those
// of this shape (model_tensors.h): what it gives can be loaded.
Result<ModelConfig> readModelConfig(const GgufFile& file);

} // namespace kvprism::files
