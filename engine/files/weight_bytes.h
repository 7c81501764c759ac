// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/files/model_config.h"

#include <cstdint>

namespace kvprism::files {

// Bytes that a model's weights take in memory, by part: matrices with `bytesPerValue` each value, norms in
// f32.
struct WeightBytes {
    std::uint64_t embedding = 0;
    std::uint64_t attention = 0;
    std::uint64_t feedForward = 0;
    std::uint64_t norms = 0;
    std::uint64_t head = 0; // 0 where the embedding is the head

    std::uint64_t total() const { return embedding + attention + feedForward + norms + head; }
};

// Of the tensors that a model is made of (model_tensors.h); others are not counted.
WeightBytes weightBytes(const ModelFile& file, const ModelConfig& config, std::uint64_t bytesPerValue);

// The same from the shape alone.
WeightBytes weightBytes(const ModelConfig& config, std::uint64_t bytesPerValue);

} // namespace kvprism::files
