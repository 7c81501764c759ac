// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/blocks/blocks.h"
#include "engine/files/blocks/scalars.h"

namespace kvprism::files {

void fromF32(const std::byte* __restrict from, float* __restrict to, std::size_t count) {
    std::memcpy(to, from, count * sizeof(float));
}

KVPRISM_CLONES void fromF16(const std::byte* __restrict from, float* __restrict to, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        to[i] = fromHalf(load16(from + 2 * i));
}

KVPRISM_CLONES void fromBf16(const std::byte* __restrict from, float* __restrict to, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        to[i] = fromBits(static_cast<std::uint32_t>(load16(from + 2 * i)) << 16);
}

// Block: scale (half), 32 signed bytes.
KVPRISM_CLONES void fromQ80(const std::byte* __restrict from, float* __restrict to, std::size_t count) {
    for (std::size_t b = 0; b < count; ++b, from += 34, to += 32) {
        const float scale = fromHalf(load16(from));
        for (int i = 0; i < 32; ++i)
            to[i] = scale * static_cast<float>(static_cast<std::int8_t>(from[2 + i]));
    }
}

// Block: scale (half), 16 bytes; the low halves are values 0 … 15, the high halves 16 … 31, each less 8.
KVPRISM_CLONES void fromQ40(const std::byte* __restrict from, float* __restrict to, std::size_t count) {
    for (std::size_t b = 0; b < count; ++b, from += 18, to += 32) {
        const float scale = fromHalf(load16(from));
        for (int i = 0; i < 16; ++i) {
            const int codes = code(from[2 + i]);
            to[i] = scale * static_cast<float>((codes & 15) - 8);
            to[i + 16] = scale * static_cast<float>((codes >> 4) - 8);
        }
    }
}

// Block: scale and minimum (halves), 16 bytes as in Q4_0, not shifted.
KVPRISM_CLONES void fromQ41(const std::byte* __restrict from, float* __restrict to, std::size_t count) {
    for (std::size_t b = 0; b < count; ++b, from += 20, to += 32) {
        const float scale = fromHalf(load16(from));
        const float minimum = fromHalf(load16(from + 2));
        for (int i = 0; i < 16; ++i) {
            const int codes = code(from[4 + i]);
            to[i] = scale * static_cast<float>(codes & 15) + minimum;
            to[i + 16] = scale * static_cast<float>(codes >> 4) + minimum;
        }
    }
}

namespace {

// Bit `i` of 4 bytes, as the fifth bit of a code.
inline int fifthBit(std::uint32_t bits, int i) {
    return static_cast<int>(bits >> i & 1) << 4;
}

inline std::uint32_t load32(const std::byte* from) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, from, sizeof bits);
    return bits;
}

} // namespace

// Block: scale (half), the 32 fifth bits, 16 bytes as in Q4_0; each value less 16.
KVPRISM_CLONES void fromQ50(const std::byte* __restrict from, float* __restrict to, std::size_t count) {
    for (std::size_t b = 0; b < count; ++b, from += 22, to += 32) {
        const float scale = fromHalf(load16(from));
        const std::uint32_t high = load32(from + 2);
        for (int i = 0; i < 16; ++i) {
            const int codes = code(from[6 + i]);
            to[i] = scale * static_cast<float>(((codes & 15) | fifthBit(high, i)) - 16);
            to[i + 16] = scale * static_cast<float>(((codes >> 4) | fifthBit(high, i + 16)) - 16);
        }
    }
}

// Block: scale and minimum (halves), the 32 fifth bits, 16 bytes as in Q4_0, not shifted.
KVPRISM_CLONES void fromQ51(const std::byte* __restrict from, float* __restrict to, std::size_t count) {
    for (std::size_t b = 0; b < count; ++b, from += 24, to += 32) {
        const float scale = fromHalf(load16(from));
        const float minimum = fromHalf(load16(from + 2));
        const std::uint32_t high = load32(from + 4);
        for (int i = 0; i < 16; ++i) {
            const int codes = code(from[8 + i]);
            to[i] = scale * static_cast<float>((codes & 15) | fifthBit(high, i)) + minimum;
            to[i + 16] = scale * static_cast<float>((codes >> 4) | fifthBit(high, i + 16)) + minimum;
        }
    }
}

// Block: scale (half), 16 bytes as in Q4_0; the codes stand for values that lie unevenly.
KVPRISM_CLONES void fromIq4Nl(const std::byte* __restrict from, float* __restrict to, std::size_t count) {
    for (std::size_t b = 0; b < count; ++b, from += 18, to += 32) {
        const float scale = fromHalf(load16(from));
        for (int i = 0; i < 16; ++i) {
            const int codes = code(from[2 + i]);
            to[i] = scale * unevenValues[codes & 15];
            to[i + 16] = scale * unevenValues[codes >> 4];
        }
    }
}

} // namespace kvprism::files
