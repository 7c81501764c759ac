// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/files/model_config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Models without a file: the shape of a well-known one, its weights drawn by the engine
// (model/random_weights.h). What they say is noise, but they take the time and the memory of the real ones.
namespace kvprism::files {

inline constexpr std::uint64_t randomSeed = 1; // of every random model's weights

std::vector<std::string_view> randomShapeNames(); // in the table's order

// "random NAME" in that shape; the error (usage) lists the names that there are.
Result<ModelConfig> randomShape(std::string_view name);

// What stands for such a model where others have the path of their file: "random:NAME".
std::string randomModelPath(std::string_view shape);
std::optional<std::string> shapeOfRandomPath(std::string_view path); // nothing where it is a file's

// Tells random models apart as a file's SHA-256 tells others: of the shape and the seed. 64 digits.
std::string sha256OfRandomModel(const ModelConfig& config);

} // namespace kvprism::files
