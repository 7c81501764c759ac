// SPDX-License-Identifier: GPL-3.0-or-later
// Rows times vectors in code without intrinsics, written so that the compiler vectorises it.
#include "engine/model/decode/packed_rows.h"

#include "engine/base/clones.h"

#include <c10/util/Half.h>

#include <bit>
#include <cstring>

namespace kvprism::model {

namespace {

constexpr std::int64_t lanes = 16; // partial sums in a fixed order

float halfAt(const std::byte* place) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, place, sizeof bits);
    return c10::detail::fp16_ieee_to_fp32_value(bits);
}

// 16 bytes of nibbles against the codes of a block: in a pair of blocks the low nibbles' codes of both come
// first, then the high nibbles'.
std::int32_t nibblesTimes(const std::byte* nibbles, const std::int16_t* codes, std::int64_t block) {
    const std::int16_t* low = codes + block / 2 * 64 + block % 2 * 16;
    const std::int16_t* high = low + 32;
    std::uint8_t bytes[16];
    std::memcpy(bytes, nibbles, sizeof bytes);
    std::int32_t sum = 0;
    for (int i = 0; i < 16; ++i)
        sum += static_cast<std::int32_t>(bytes[i] & 15) * low[i] +
               static_cast<std::int32_t>(bytes[i] >> 4) * high[i];
    return sum;
}

} // namespace

KVPRISM_CLONES
float dotQ4_0Plain(const std::byte* row, std::int64_t blocks, const VectorBlocks& x) {
    float sum = 0;
    for (std::int64_t block = 0; block < blocks; ++block, row += 18) {
        const float scale = halfAt(row);
        sum += scale * (x.scales[block] * static_cast<float>(nibblesTimes(row + 2, x.codes, block)) -
                        8 * x.sums[block]);
    }
    return sum;
}

KVPRISM_CLONES
float dotQ4_1Plain(const std::byte* row, std::int64_t blocks, const VectorBlocks& x) {
    float sum = 0;
    for (std::int64_t block = 0; block < blocks; ++block, row += 20)
        sum += halfAt(row) * x.scales[block] * static_cast<float>(nibblesTimes(row + 4, x.codes, block)) +
               halfAt(row + 2) * x.sums[block];
    return sum;
}

KVPRISM_CLONES
float dotQ8_0Plain(const std::byte* row, std::int64_t blocks, const VectorBlocks& x) {
    float sum = 0;
    for (std::int64_t block = 0; block < blocks; ++block, row += 34) {
        std::int8_t bytes[32];
        std::memcpy(bytes, row + 2, sizeof bytes);
        const std::int16_t* codes = x.codes + block * 32;
        std::int32_t product = 0;
        for (int i = 0; i < 32; ++i)
            product += static_cast<std::int32_t>(bytes[i]) * codes[i];
        sum += halfAt(row) * x.scales[block] * static_cast<float>(product);
    }
    return sum;
}

namespace {

template <class Load> inline float dotDense(std::int64_t columns, const float* x, const Load& load) {
    float sums[lanes] = {};
    std::int64_t i = 0;
    for (; i + lanes <= columns; i += lanes)
        for (std::int64_t lane = 0; lane < lanes; ++lane)
            sums[lane] += load(i + lane) * x[i + lane];
    float sum = 0;
    for (; i < columns; ++i)
        sum += load(i) * x[i];
    for (const float part : sums)
        sum += part;
    return sum;
}

} // namespace

KVPRISM_CLONES
float dotF32Plain(const std::byte* row, std::int64_t columns, const float* x) {
    return dotDense(columns, x, [row](std::int64_t i) {
        float value = 0;
        std::memcpy(&value, row + i * 4, sizeof value);
        return value;
    });
}

KVPRISM_CLONES
float dotBf16Plain(const std::byte* row, std::int64_t columns, const float* x) {
    return dotDense(columns, x, [row](std::int64_t i) {
        std::uint16_t bits = 0;
        std::memcpy(&bits, row + i * 2, sizeof bits);
        return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
    });
}

} // namespace kvprism::model
