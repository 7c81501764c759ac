// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/files/tensor_type.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

// Products of one vector with a matrix as its file holds it, which is what a single token needs: reading a
// quarter of the bytes is four times as fast, and nothing is rounded on the way.
namespace kvprism::model {

// [rows, columns], row after row: f32, bf16, q8_0, q4_0 or q4_1. The bytes belong to somebody else.
struct PackedMatrix {
    files::TensorType type = files::TensorType::f32;
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    const std::byte* data = nullptr;
    std::int64_t rowBytes() const;
};

// Whether products are implemented for rows of this type and length: blocks must be whole.
bool canMultiplyPacked(files::TensorType type, std::int64_t columns);

// A vector as the kernels want it beside a quantised row: codes of 16 bits with a scale for every 32 values
// (so rounded by at most 1/65534 of the largest of them), their order that of the nibbles in a block, and the
// exact sum of the 32.
class PackedVector {
  public:
    // `forNibbles`: for q4_0 and q4_1; else for q8_0. `x` must stay.
    void pack(std::span<const float> x, bool forNibbles);
    // For f32 and bf16 rows, which take the numbers as they are.
    void point(std::span<const float> x) { m_values = x; }

    std::span<const float> values() const { return m_values; }
    const std::int16_t* codes() const { return m_codes.data(); }
    const float* scales() const { return m_scales.data(); } // one a block
    const float* sums() const { return m_sums.data(); }     // one a block

  private:
    std::span<const float> m_values;
    std::vector<std::int16_t> m_codes;
    std::vector<float> m_scales, m_sums;
};

// Prepares `x` for rows of `type`.
void prepare(PackedVector& vector, std::span<const float> x, files::TensorType type);

// y[r − begin] = Σ_c matrix[r, c]·x[c] for r in [begin, end). The same bits whoever computes which rows.
// Chosen at run time: AVX-512 with VNNI, else code that the compiler vectorises for AVX2 or plain x86-64.
void multiplyRows(const PackedMatrix& matrix, std::int64_t begin, std::int64_t end, const PackedVector& x,
                  float* y);

enum class RowKernel { plain, avx512 };
bool has(RowKernel kernel);
float dotRow(RowKernel kernel, const PackedMatrix& matrix, std::int64_t row, const PackedVector& x);

} // namespace kvprism::model
