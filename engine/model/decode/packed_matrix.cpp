// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/decode/packed_matrix.h"

#include "engine/model/decode/packed_rows.h"

#include <algorithm>
#include <cmath>

namespace kvprism::model {

namespace {

using files::TensorType;

constexpr std::int64_t blockSize = 32;

bool isNibbles(TensorType type) {
    return type == TensorType::q4_0 || type == TensorType::q4_1;
}
bool isQuantised(TensorType type) {
    return isNibbles(type) || type == TensorType::q8_0;
}

template <bool avx512>
float dot(TensorType type, const std::byte* row, std::int64_t columns, const PackedVector& x) {
    const VectorBlocks blocks{x.codes(), x.scales(), x.sums()};
    const std::int64_t count = columns / blockSize;
    switch (type) {
    case TensorType::q4_0:
        return avx512 ? dotQ4_0Avx512(row, count, blocks) : dotQ4_0Plain(row, count, blocks);
    case TensorType::q4_1:
        return avx512 ? dotQ4_1Avx512(row, count, blocks) : dotQ4_1Plain(row, count, blocks);
    case TensorType::q8_0:
        return avx512 ? dotQ8_0Avx512(row, count, blocks) : dotQ8_0Plain(row, count, blocks);
    case TensorType::bf16:
        return avx512 ? dotBf16Avx512(row, columns, x.values().data())
                      : dotBf16Plain(row, columns, x.values().data());
    default:
        return avx512 ? dotF32Avx512(row, columns, x.values().data())
                      : dotF32Plain(row, columns, x.values().data());
    }
}

} // namespace

std::int64_t PackedMatrix::rowBytes() const {
    const files::TensorTypeInfo& type_ = files::info(type);
    return columns / type_.blockElements * type_.blockBytes;
}

bool canMultiplyPacked(TensorType type, std::int64_t columns) {
    return isQuantised(type) ? columns % blockSize == 0 : type == TensorType::f32 || type == TensorType::bf16;
}

void PackedVector::pack(std::span<const float> x, bool forNibbles) {
    m_values = x;
    const std::size_t blocks = x.size() / blockSize;
    m_codes.assign((blocks + 1) / 2 * 2 * blockSize, 0);
    m_scales.resize(blocks);
    m_sums.resize(blocks);
    for (std::size_t block = 0; block < blocks; ++block) {
        const float* values = x.data() + block * blockSize;
        float largest = 0, sum = 0;
        for (std::size_t i = 0; i < blockSize; ++i) {
            largest = std::max(largest, std::abs(values[i]));
            sum += values[i];
        }
        const float inverse = largest > 0 ? 32767 / largest : 0;
        m_scales[block] = largest / 32767;
        m_sums[block] = sum;
        // A nibble block holds values 0 … 15 in its low and 16 … 31 in its high halves (see nibblesTimes).
        std::int16_t* first =
            m_codes.data() + (forNibbles ? block / 2 * 64 + block % 2 * 16 : block * blockSize);
        std::int16_t* second = first + (forNibbles ? 32 : 16);
        for (std::size_t i = 0; i < 16; ++i) {
            first[i] = static_cast<std::int16_t>(std::lrint(values[i] * inverse));
            second[i] = static_cast<std::int16_t>(std::lrint(values[i + 16] * inverse));
        }
    }
}

void prepare(PackedVector& vector, std::span<const float> x, TensorType type) {
    if (isQuantised(type))
        vector.pack(x, isNibbles(type));
    else
        vector.point(x);
}

bool has(RowKernel kernel) {
    static const bool avx512 = hasAvx512Rows();
    return kernel == RowKernel::plain || avx512;
}

float dotRow(RowKernel kernel, const PackedMatrix& matrix, std::int64_t row, const PackedVector& x) {
    const std::byte* data = matrix.data + row * matrix.rowBytes();
    return kernel == RowKernel::avx512 ? dot<true>(matrix.type, data, matrix.columns, x)
                                       : dot<false>(matrix.type, data, matrix.columns, x);
}

void multiplyRows(const PackedMatrix& matrix, std::int64_t begin, std::int64_t end, const PackedVector& x,
                  float* y) {
    const RowKernel kernel = has(RowKernel::avx512) ? RowKernel::avx512 : RowKernel::plain;
    for (std::int64_t row = begin; row < end; ++row)
        y[row - begin] = dotRow(kernel, matrix, row, x);
}

} // namespace kvprism::model
