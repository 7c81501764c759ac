// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/files/model_config.h"
#include "engine/files/weight_bytes.h"

#include <cstdint>
#include <string>

namespace kvprism::files {

// What a model's files say before anything of it is loaded: whether it can be read at all, and what it takes
// in memory.
struct ModelSummary {
    std::string path;            // as it was opened
    std::uint64_t fileBytes = 0; // of all its files
    ModelConfig config;
    std::string dtype; // "f32" or "bf16", as it would run here
    WeightBytes weights;
    std::uint64_t kvBytesPerToken = 0;
};

// "auto" as the engine decides it on this processor; the error (usage) names the choices.
Result<std::string> resolveDtype(const std::string& wanted);

// Shape, types and sizes are checked; tensors are not read. `dtype`: auto, f32, bf16.
Result<ModelSummary> summarise(const ModelFile& file, const std::string& dtype);
// Of a random model (random_shape.h): its path is the one that stands for it, its files have no bytes.
Result<ModelSummary> summariseRandomModel(const std::string& shape, const std::string& dtype);
Result<ModelSummary> summariseModel(const std::string& path, const std::string& dtype);

} // namespace kvprism::files
