// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>

// The upper half of an IEEE single, on the host.
namespace kvprism::kernels {

inline float floatOfBf16(std::uint16_t bits) {
    return std::bit_cast<float>(std::uint32_t(bits) << 16);
}

// Rounded to the nearest, ties to even; of numbers, not of NaN.
inline std::uint16_t bf16OfFloat(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

} // namespace kvprism::kernels
