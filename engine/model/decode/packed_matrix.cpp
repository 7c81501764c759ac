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

// One row behind another.
struct Rows {
    TensorType type;
    std::int64_t columns, count, bytes; // bytes: of a row
    const std::byte* data;
};

template <class Dot> void eachRow(const Rows& rows, float* y, const Dot& dot) {
    for (std::int64_t row = 0; row < rows.count; ++row)
        y[row] = dot(rows.data + row * rows.bytes);
}

void multiplyPlain(const Rows& rows, const PackedVector& x, float* y) {
    const VectorBlocks blocks{x.codes(), x.scales(), x.sums()};
    const std::int64_t columns = rows.columns, count = columns / blockSize;
    const float* values = x.values().data();
    switch (rows.type) {
    case TensorType::q4_0:
        return eachRow(rows, y, [&](const std::byte* row) { return dotQ4_0Plain(row, count, blocks); });
    case TensorType::q4_1:
        return eachRow(rows, y, [&](const std::byte* row) { return dotQ4_1Plain(row, count, blocks); });
    case TensorType::q8_0:
        return eachRow(rows, y, [&](const std::byte* row) { return dotQ8_0Plain(row, count, blocks); });
    case TensorType::bf16:
        return eachRow(rows, y, [&](const std::byte* row) { return dotBf16Plain(row, columns, values); });
    default:
        return eachRow(rows, y, [&](const std::byte* row) { return dotF32Plain(row, columns, values); });
    }
}

void multiplyAvx512(const Rows& rows, const PackedVector& x, float* y) {
    const VectorBlocks blocks{x.codes(), x.scales(), x.sums()};
    const std::int64_t columns = rows.columns, count = columns / blockSize;
    const float* values = x.values().data();
    switch (rows.type) {
    case TensorType::q4_0:
        return rowsQ4_0Avx512(rows.data, rows.count, count, blocks, y);
    case TensorType::q4_1:
        return rowsQ4_1Avx512(rows.data, rows.count, count, blocks, y);
    case TensorType::q8_0:
        return rowsQ8_0Avx512(rows.data, rows.count, count, blocks, y);
    case TensorType::bf16:
        return eachRow(rows, y, [&](const std::byte* row) { return dotBf16Avx512(row, columns, values); });
    default:
        return eachRow(rows, y, [&](const std::byte* row) { return dotF32Avx512(row, columns, values); });
    }
}

void multiply(RowKernel kernel, const Rows& rows, const PackedVector& x, float* y) {
    kernel == RowKernel::avx512 ? multiplyAvx512(rows, x, y) : multiplyPlain(rows, x, y);
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
    if (has(RowKernel::avx512))
        return packBlocksAvx512(x.data(), static_cast<std::int64_t>(blocks), forNibbles, m_codes.data(),
                                m_scales.data(), m_sums.data());
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
        const PackedPlaces places(static_cast<std::int64_t>(block), forNibbles);
        for (std::size_t i = 0; i < 16; ++i) {
            m_codes[static_cast<std::size_t>(places.first) + i] =
                static_cast<std::int16_t>(std::lrint(values[i] * inverse));
            m_codes[static_cast<std::size_t>(places.second) + i] =
                static_cast<std::int16_t>(std::lrint(values[i + 16] * inverse));
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
    const std::int64_t bytes = matrix.rowBytes();
    float y = 0;
    multiply(kernel, {matrix.type, matrix.columns, 1, bytes, matrix.data + row * bytes}, x, &y);
    return y;
}

void multiplyRows(const PackedMatrix& matrix, std::int64_t begin, std::int64_t end, const PackedVector& x,
                  float* y) {
    const std::int64_t bytes = matrix.rowBytes();
    multiply(has(RowKernel::avx512) ? RowKernel::avx512 : RowKernel::plain,
             {matrix.type, matrix.columns, end - begin, bytes, matrix.data + begin * bytes}, x, y);
}

} // namespace kvprism::model
