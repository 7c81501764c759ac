// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

// One row times one vector, for each type (packed_matrix.h). `blocks` of 32 weights; codes, scales and sums
// as PackedVector holds them.
namespace kvprism::model {

struct VectorBlocks {
    const std::int16_t* codes = nullptr;
    const float* scales = nullptr;
    const float* sums = nullptr;
};

float dotQ4_0Plain(const std::byte* row, std::int64_t blocks, const VectorBlocks& x);
float dotQ4_1Plain(const std::byte* row, std::int64_t blocks, const VectorBlocks& x);
float dotQ8_0Plain(const std::byte* row, std::int64_t blocks, const VectorBlocks& x);
float dotF32Plain(const std::byte* row, std::int64_t columns, const float* x);
float dotBf16Plain(const std::byte* row, std::int64_t columns, const float* x);

// Where a vector's codes of a block go: its first 16 values and its last. Nibble blocks come in pairs, whose
// low nibbles' codes stand before their high nibbles' (low nibbles are values 0 … 15).
struct PackedPlaces {
    std::int64_t first, second;
    PackedPlaces(std::int64_t block, bool forNibbles)
        : first(forNibbles ? block / 2 * 64 + block % 2 * 16 : block * 32),
          second(first + (forNibbles ? 32 : 16)) {}
};

// Need AVX-512 F, BW, VL, DQ and VNNI. y[i] = row i times x for `count` rows, one behind another; the same
// bits however many.
bool hasAvx512Rows();
void rowsQ4_0Avx512(const std::byte* rows, std::int64_t count, std::int64_t blocks, const VectorBlocks& x,
                    float* y);
void rowsQ4_1Avx512(const std::byte* rows, std::int64_t count, std::int64_t blocks, const VectorBlocks& x,
                    float* y);
void rowsQ8_0Avx512(const std::byte* rows, std::int64_t count, std::int64_t blocks, const VectorBlocks& x,
                    float* y);
// What PackedVector::pack() does.
void packBlocksAvx512(const float* x, std::int64_t blocks, bool forNibbles, std::int16_t* codes,
                      float* scales, float* sums);
float dotF32Avx512(const std::byte* row, std::int64_t columns, const float* x);
float dotBf16Avx512(const std::byte* row, std::int64_t columns, const float* x);

} // namespace kvprism::model
