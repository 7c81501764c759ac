// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

// Loops are built once for any x86-64 and once for AVX2; the loader picks. AVX2 without FMA, so that both
// give the same bits.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&     \
    !defined(__SANITIZE_THREAD__)
#define KVPRISM_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define KVPRISM_CLONES
#endif

namespace kvprism::files {

static_assert(std::endian::native == std::endian::little, "model files are read as they lie in memory");

inline float fromBits(std::uint32_t bits) {
    return std::bit_cast<float>(bits);
}

inline int code(std::byte byte) {
    return static_cast<int>(byte);
}

inline std::uint16_t load16(const std::byte* from) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, from, sizeof bits);
    return bits;
}

// IEEE half to single, exact; without branches, so that it vectorises.
inline float fromHalf(std::uint16_t half) {
    const std::uint32_t magnitude = half & 0x7FFFu;
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
    const std::uint32_t rebias = 112u << 23; // exponent bias 127 instead of 15
    const std::uint32_t normal = (magnitude << 13) + rebias + (magnitude >= 0x7C00u ? rebias : 0u);
    const auto tiny =
        std::bit_cast<std::uint32_t>(static_cast<float>(static_cast<std::int32_t>(magnitude)) * 0x1p-24f);
    return fromBits(sign | (magnitude < 0x0400u ? tiny : normal));
}

// The 16 values that the codes of IQ4_NL and IQ4_XS stand for.
inline constexpr float unevenValues[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                           1,    13,   25,  38,  53,  69,  89,  113};

} // namespace kvprism::files
