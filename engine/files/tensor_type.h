// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kvprism::files {

// Q8_1 and Q8_K are not among them: they are formats of products, which no file holds.
enum class TensorType {
    f32,
    f16,
    bf16,
    q8_0,
    q4_0,
    q4_1,
    q5_0,
    q5_1,
    q2_k,
    q3_k,
    q4_k,
    q5_k,
    q6_k,
    iq4_nl,
    iq4_xs
};

struct TensorTypeInfo {
    TensorType type;
    std::string_view name;
    std::uint32_t ggmlId;        // number in GGUF files
    std::uint32_t blockElements; // values per block
    std::uint32_t blockBytes;
};

const TensorTypeInfo& info(TensorType type);
std::optional<TensorType> tensorTypeFromGgml(std::uint32_t id);
std::string tensorTypeNames(); // "F32, F16, …", for messages

// Values of `data` (whole blocks) as f32; sizes must agree. Exactly what the `gguf` Python package gives.
Status dequantise(TensorType type, std::span<const std::byte> data, std::span<float> values);

} // namespace kvprism::files
