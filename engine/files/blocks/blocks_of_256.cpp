// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks of 256 values in parts of 16 or 32, each with a scale (and a minimum) of its own, which are small
// integers times the block's two halves.
#include "engine/files/blocks/blocks.h"
#include "engine/files/blocks/scalars.h"

namespace kvprism::files {

namespace {

// The 8 scales and minima of Q4_K and Q5_K, 6 bits each in 12 bytes: the low 6 bits of bytes 0 … 3 and 4 … 7
// are those of parts 0 … 3; bytes 8 … 11 hold 4 bits of the others', whose top bits lie above those 6.
struct PartScale {
    float scale, minimum;
};
inline PartScale partScale(const std::byte* packed, int part) {
    if (part < 4)
        return {static_cast<float>(code(packed[part]) & 63), static_cast<float>(code(packed[part + 4]) & 63)};
    const int both = code(packed[part + 4]);
    return {static_cast<float>((both & 15) | (code(packed[part - 4]) >> 2 & 0x30)),
            static_cast<float>((both >> 4) | (code(packed[part]) >> 2 & 0x30))};
}

// Scale `part` of 16 of Q3_K, 6 bits less 32: 4 low bits in bytes 0 … 7, 2 high bits in bytes 8 … 11.
inline float partScale3(const std::byte* packed, int part) {
    const int low = code(packed[part % 8]) >> (4 * (part / 8)) & 15;
    const int high = code(packed[8 + part % 4]) >> (2 * (part / 4)) & 3;
    return static_cast<float>((low | high << 4) - 32);
}

} // namespace

// Block: 16 bytes of scale (low half) and minimum, 64 bytes of four 2-bit codes, scale and minimum (halves).
KVPRISM_CLONES void fromQ2K(const std::byte* __restrict from, float* __restrict to, std::size_t count) {
    for (std::size_t b = 0; b < count; ++b, from += 84, to += 256) {
        const float scale = fromHalf(load16(from + 80)), minimum = fromHalf(load16(from + 82));
        for (int part = 0; part < 16; ++part) {
            const int both = code(from[part]), shift = 2 * (part / 2 % 4);
            const float times = scale * static_cast<float>(both & 15);
            const float less = minimum * static_cast<float>(both >> 4);
            const std::byte* codes = from + 16 + 32 * (part / 8) + 16 * (part % 2);
            for (int i = 0; i < 16; ++i)
                to[16 * part + i] = times * static_cast<float>(code(codes[i]) >> shift & 3) - less;
        }
    }
}

// Block: 32 bytes of third bits (0 takes 4 off), 64 bytes of codes as in Q2_K, 12 of scales, scale (half).
KVPRISM_CLONES void fromQ3K(const std::byte* __restrict from, float* __restrict to, std::size_t count) {
    for (std::size_t b = 0; b < count; ++b, from += 110, to += 256) {
        const float scale = fromHalf(load16(from + 108));
        for (int part = 0; part < 16; ++part) {
            const int shift = 2 * (part / 2 % 4), bit = part / 2;
            const float times = scale * partScale3(from + 96, part);
            const std::byte* high = from + 16 * (part % 2);
            const std::byte* codes = from + 32 + 32 * (part / 8) + 16 * (part % 2);
            for (int i = 0; i < 16; ++i) {
                const int low = code(codes[i]) >> shift & 3;
                const int third = code(high[i]) >> bit & 1;
                to[16 * part + i] = times * static_cast<float>(low - 4 + 4 * third);
            }
        }
    }
}

// Block: scale and minimum (halves), 12 bytes of parts' scales, 128 bytes of two 4-bit codes: 32 bytes hold
// one part in their low and the next in their high halves.
KVPRISM_CLONES void fromQ4K(const std::byte* __restrict from, float* __restrict to, std::size_t count) {
    for (std::size_t b = 0; b < count; ++b, from += 144, to += 256) {
        const float scale = fromHalf(load16(from)), minimum = fromHalf(load16(from + 2));
        for (int part = 0; part < 8; ++part) {
            const PartScale own = partScale(from + 4, part);
            const float times = scale * own.scale, less = minimum * own.minimum;
            const std::byte* codes = from + 16 + 32 * (part / 2);
            const int shift = 4 * (part % 2);
            for (int i = 0; i < 32; ++i)
                to[32 * part + i] = times * static_cast<float>(code(codes[i]) >> shift & 15) - less;
        }
    }
}

// Block: as Q4_K, with 32 bytes of fifth bits (bit `part` of byte i) before the codes.
KVPRISM_CLONES void fromQ5K(const std::byte* __restrict from, float* __restrict to, std::size_t count) {
    for (std::size_t b = 0; b < count; ++b, from += 176, to += 256) {
        const float scale = fromHalf(load16(from)), minimum = fromHalf(load16(from + 2));
        for (int part = 0; part < 8; ++part) {
            const PartScale own = partScale(from + 4, part);
            const float times = scale * own.scale, less = minimum * own.minimum;
            const std::byte* high = from + 16;
            const std::byte* codes = from + 48 + 32 * (part / 2);
            const int shift = 4 * (part % 2);
            for (int i = 0; i < 32; ++i) {
                const int fifth = (code(high[i]) >> part & 1) << 4;
                to[32 * part + i] = times * static_cast<float>((code(codes[i]) >> shift & 15) | fifth) - less;
            }
        }
    }
}

// Block: 128 bytes of low 4 bits, 64 of high 2 bits, 16 signed scales, scale (half); each value less 32. Each
// half of the block takes 64 low bytes (32 values in each quarter of them) and 32 high bytes.
KVPRISM_CLONES void fromQ6K(const std::byte* __restrict from, float* __restrict to, std::size_t count) {
    for (std::size_t b = 0; b < count; ++b, from += 210, to += 256) {
        const float scale = fromHalf(load16(from + 208));
        for (int part = 0; part < 16; ++part) {
            const int half = part / 8, quarter = part / 2 % 4, odd = 16 * (part % 2);
            const float times = scale * static_cast<float>(static_cast<std::int8_t>(from[192 + part]));
            const std::byte* low = from + 64 * half + 32 * (quarter % 2) + odd;
            const std::byte* high = from + 128 + 32 * half + odd;
            for (int i = 0; i < 16; ++i) {
                const int lows = code(low[i]) >> (4 * (quarter / 2)) & 15;
                const int highs = (code(high[i]) >> (2 * quarter) & 3) << 4;
                to[16 * part + i] = times * static_cast<float>((lows | highs) - 32);
            }
        }
    }
}

// Block: scale (half), the high 2 bits of 8 scales in 2 bytes, their low 4 bits in 4, then each part of 32 as
// the codes of IQ4_NL. Scales are less 32.
KVPRISM_CLONES void fromIq4Xs(const std::byte* __restrict from, float* __restrict to, std::size_t count) {
    for (std::size_t b = 0; b < count; ++b, from += 136, to += 256) {
        const float scale = fromHalf(load16(from));
        const int highs = load16(from + 2);
        for (int part = 0; part < 8; ++part) {
            const int low = code(from[4 + part / 2]) >> (4 * (part % 2)) & 15;
            const int high = (highs >> (2 * part) & 3) << 4;
            const float times = scale * static_cast<float>((low | high) - 32);
            const std::byte* codes = from + 8 + 16 * part;
            for (int i = 0; i < 16; ++i) {
                to[32 * part + i] = times * unevenValues[code(codes[i]) & 15];
                to[32 * part + 16 + i] = times * unevenValues[code(codes[i]) >> 4];
            }
        }
    }
}

} // namespace kvprism::files
