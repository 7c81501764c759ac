// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/tensor_type.h"

#include "engine/base/checked.h"

#include <array>
#include <bit>
#include <cstring>
#include <string>

// Loops are built once for any x86-64 and once for AVX2; the loader picks. AVX2 without FMA, so that both
// give the same bits.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&     \
    !defined(__SANITIZE_THREAD__)
#define KVPRISM_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define KVPRISM_CLONES
#endif

namespace kvprism::files {

static_assert(std::endian::native == std::endian::little, "GGUF files are read as they lie in memory");

namespace {

constexpr std::array table{
    TensorTypeInfo{TensorType::f32, "F32", 0, 1, 4},     TensorTypeInfo{TensorType::f16, "F16", 1, 1, 2},
    TensorTypeInfo{TensorType::bf16, "BF16", 30, 1, 2},  TensorTypeInfo{TensorType::q8_0, "Q8_0", 8, 32, 34},
    TensorTypeInfo{TensorType::q4_0, "Q4_0", 2, 32, 18}, TensorTypeInfo{TensorType::q4_1, "Q4_1", 3, 32, 20},
};

inline float fromBits(std::uint32_t bits) {
    return std::bit_cast<float>(bits);
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

KVPRISM_CLONES void fromF16(const std::byte* __restrict from, float* __restrict to, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        to[i] = fromHalf(load16(from + 2 * i));
}

KVPRISM_CLONES void fromBf16(const std::byte* __restrict from, float* __restrict to, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        to[i] = fromBits(static_cast<std::uint32_t>(load16(from + 2 * i)) << 16);
}

// Block: scale (half), 32 signed bytes.
KVPRISM_CLONES void fromQ8Blocks(const std::byte* __restrict from, float* __restrict to, std::size_t blocks) {
    for (std::size_t b = 0; b < blocks; ++b, from += 34, to += 32) {
        const float scale = fromHalf(load16(from));
        for (int i = 0; i < 32; ++i)
            to[i] = scale * static_cast<float>(static_cast<std::int8_t>(from[2 + i]));
    }
}

// Block: scale (half), 16 bytes; the low halves are values 0 … 15, the high halves 16 … 31, each less 8.
KVPRISM_CLONES void fromQ40Blocks(const std::byte* __restrict from, float* __restrict to,
                                  std::size_t blocks) {
    for (std::size_t b = 0; b < blocks; ++b, from += 18, to += 32) {
        const float scale = fromHalf(load16(from));
        for (int i = 0; i < 16; ++i) {
            const int codes = static_cast<int>(from[2 + i]);
            to[i] = scale * static_cast<float>((codes & 15) - 8);
            to[i + 16] = scale * static_cast<float>((codes >> 4) - 8);
        }
    }
}

// Block: scale and minimum (halves), 16 bytes as in Q4_0, not shifted.
KVPRISM_CLONES void fromQ41Blocks(const std::byte* __restrict from, float* __restrict to,
                                  std::size_t blocks) {
    for (std::size_t b = 0; b < blocks; ++b, from += 20, to += 32) {
        const float scale = fromHalf(load16(from));
        const float minimum = fromHalf(load16(from + 2));
        for (int i = 0; i < 16; ++i) {
            const int codes = static_cast<int>(from[4 + i]);
            to[i] = scale * static_cast<float>(codes & 15) + minimum;
            to[i + 16] = scale * static_cast<float>(codes >> 4) + minimum;
        }
    }
}

} // namespace

const TensorTypeInfo& info(TensorType type) {
    for (const TensorTypeInfo& row : table)
        if (row.type == type)
            return row;
    return table[0];
}

std::optional<TensorType> tensorTypeFromGgml(std::uint32_t id) {
    for (const TensorTypeInfo& row : table)
        if (row.ggmlId == id)
            return row.type;
    return std::nullopt;
}

Status dequantise(TensorType type, std::span<const std::byte> data, std::span<float> values) {
    const TensorTypeInfo& layout = info(type);
    const std::size_t blocks = values.size() / layout.blockElements;
    const auto needed = checkedMultiply(blocks, layout.blockBytes);
    if (values.size() % layout.blockElements != 0 || needed != data.size())
        return defect("Dequantising " + std::to_string(values.size()) + " values of type " +
                      std::string(layout.name) + " from " + std::to_string(data.size()) +
                      " bytes, which does not fit.");
    if (values.empty())
        return {};
    switch (type) {
    case TensorType::f32:
        std::memcpy(values.data(), data.data(), data.size());
        break;
    case TensorType::f16:
        fromF16(data.data(), values.data(), values.size());
        break;
    case TensorType::bf16:
        fromBf16(data.data(), values.data(), values.size());
        break;
    case TensorType::q8_0:
        fromQ8Blocks(data.data(), values.data(), blocks);
        break;
    case TensorType::q4_0:
        fromQ40Blocks(data.data(), values.data(), blocks);
        break;
    case TensorType::q4_1:
        fromQ41Blocks(data.data(), values.data(), blocks);
        break;
    }
    return {};
}

} // namespace kvprism::files
