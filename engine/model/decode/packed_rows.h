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

// Need AVX-512 F, BW, VL, DQ and VNNI.
bool hasAvx512Rows();
float dotQ4_0Avx512(const std::byte* row, std::int64_t blocks, const VectorBlocks& x);
float dotQ4_1Avx512(const std::byte* row, std::int64_t blocks, const VectorBlocks& x);
float dotQ8_0Avx512(const std::byte* row, std::int64_t blocks, const VectorBlocks& x);
float dotF32Avx512(const std::byte* row, std::int64_t columns, const float* x);
float dotBf16Avx512(const std::byte* row, std::int64_t columns, const float* x);

} // namespace kvprism::model
