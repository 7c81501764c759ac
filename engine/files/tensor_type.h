// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/base/result.h"

namespace kvprism::files {

enum class TensorType { f32, f16, bf16, q8_0, q4_0, q4_1 };

struct TensorTypeInfo {
    TensorType type;
    std::string_view name;
    std::uint32_t ggmlId;       // number in GGUF files
    std::uint32_t blockElements; // values per block
    std::uint32_t blockBytes;
};

const TensorTypeInfo& info(TensorType type);
std::optional<TensorType> tensorTypeFromGgml(std::uint32_t id);

// Values of `data` (whole blocks) as f32; sizes must agree. Exactly what the `gguf` Python package gives.
Status dequantise(TensorType type, std::span<const std::byte> data, std::span<float> values);

} // namespace kvprism::files
