// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/weights.h"

namespace kvprism::model {

// Weights as a model has them before its training: matrices and biases close to normal with mean 0 and
// deviation 0.02 (GPT-2's initialisation; of four uniform numbers each, so that integers decide and every
// device draws the same bits), norms 1. Drawn on `device`, the seed of tensor n follows from `seed` and n.
// `stop` and `progress` as in loadWeights.
Result<Weights> randomWeights(const files::ModelConfig& config, at::ScalarType dtype, std::uint64_t seed,
                              const std::function<void(std::int64_t, std::int64_t)>& progress,
                              std::stop_token stop, at::Device device);

} // namespace kvprism::model
