// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/decode_ring.cuh"
#include "engine/kernels/numbers.cuh"

// Products of a matrix and a vector, of the block's rows: the vector lies in shared memory as bf16, eight
// numbers a thread, so that no thread reads what another wrote.
namespace kvprism::kernels::decode {

// The warps that read, among themselves.
__device__ inline void syncReaders() {
    asm volatile("bar.sync 1, %0;" ::"n"(readerThreads) : "memory");
}

__device__ inline float sumOfWarp(float value) {
#pragma unroll
    for (int step = 16; step > 0; step /= 2)
        value += __shfl_xor_sync(0xFFFFFFFF, value, step);
    return value;
}

// What other blocks wrote during this launch: past the first-level cache, which knows nothing of it.
__device__ inline uint4 loadFresh(const std::uint16_t* from) {
    return __ldcg(reinterpret_cast<const uint4*>(from));
}
__device__ inline Eight loadFreshEight(const float* from) {
    const float4 a = __ldcg(reinterpret_cast<const float4*>(from)),
                 b = __ldcg(reinterpret_cast<const float4*>(from) + 1);
    return {{a.x, a.y, a.z, a.w, b.x, b.y, b.z, b.w}};
}
__device__ inline Eight widened(const uint4& bits) {
    return loadEight(reinterpret_cast<const __nv_bfloat16*>(&bits));
}
__device__ inline uint4 narrowed(const Eight& eight) {
    uint4 bits;
    store(reinterpret_cast<__nv_bfloat16*>(&bits), eight);
    return bits;
}
__device__ inline std::uint16_t narrowed(float value) {
    return __bfloat16_as_ushort(__float2bfloat16_rn(value));
}
__device__ inline float widened(std::uint16_t bits) {
    return __uint_as_float(std::uint32_t(bits) << 16);
}

// A vector [columns] of bf16 that other blocks have written, into `x`.
__device__ inline void takeVector(uint4* x, const std::uint16_t* from, int columns) {
#pragma unroll 8
    for (int i = threadIdx.x; i < columns / 8; i += readerThreads)
        x[i] = loadFresh(from + i * 8);
}

// A norm's weights, read before the values are there.
struct NormWeights {
    Eight piece[mostHiddenPieces];
    __device__ NormWeights(const float* weight, int hidden) {
#pragma unroll
        for (int i = 0; i < mostHiddenPieces; ++i) {
            const int at = (i * readerThreads + int(threadIdx.x)) * 8;
            if (at < hidden)
                piece[i] = loadEight(weight + at);
        }
    }
};

// RMSNorm (arXiv 1910.07467) of the residual stream, into `x`; `load` gives eight of its numbers, `exchange`
// is room for one a warp.
template <class Load>
__device__ void takeNormed(uint4* x, const Load& load, const NormWeights& weights, int hidden, float epsilon,
                           float* exchange) {
    Eight value[mostHiddenPieces];
    float squares = 0;
#pragma unroll
    for (int i = 0; i < mostHiddenPieces; ++i) {
        const int at = (i * readerThreads + int(threadIdx.x)) * 8;
        if (at < hidden)
            value[i] = load(at);
    }
#pragma unroll
    for (int i = 0; i < mostHiddenPieces; ++i)
        if ((i * readerThreads + int(threadIdx.x)) * 8 < hidden)
#pragma unroll
            for (int j = 0; j < 8; ++j)
                squares = fmaf(value[i].value[j], value[i].value[j], squares);
    squares = sumOfWarp(squares);
    if (threadIdx.x % 32 == 0)
        exchange[threadIdx.x / 32] = squares;
    syncReaders();
    float sum = 0;
#pragma unroll
    for (int i = 0; i < readers; ++i)
        sum += exchange[i];
    const float factor = rsqrtf(sum / float(hidden) + epsilon);
#pragma unroll
    for (int i = 0; i < mostHiddenPieces; ++i) {
        const int piece = i * readerThreads + int(threadIdx.x);
        if (piece * 8 >= hidden)
            break;
#pragma unroll
        for (int j = 0; j < 8; ++j)
            value[i].value[j] *= factor * weights.piece[i].value[j];
        x[piece] = narrowed(value[i]);
    }
}

// Of four rows, summed over the warp: row lane / 8 where lane % 8 is 0.
__device__ inline float sumRows(const float (&sum)[groupRows]) {
    const bool high = threadIdx.x & 16, odd = threadIdx.x & 8;
    const float a = (high ? sum[2] : sum[0]) + __shfl_xor_sync(0xFFFFFFFF, high ? sum[0] : sum[2], 16);
    const float b = (high ? sum[3] : sum[1]) + __shfl_xor_sync(0xFFFFFFFF, high ? sum[1] : sum[3], 16);
    float c = (odd ? b : a) + __shfl_xor_sync(0xFFFFFFFF, odd ? a : b, 8);
#pragma unroll
    for (int step = 4; step > 0; step /= 2)
        c += __shfl_xor_sync(0xFFFFFFFF, c, step);
    return c;
}

// How a matrix's rows lie in stages: `perRow` lines each, 1 << shift.
struct RowLines {
    int columns, perRow, shift;
    __device__ RowLines(int columns, bool pairs)
        : columns(columns), perRow(linesOfRow(columns, pairs)), shift(perRow / 2) {}
    __device__ int widest() const { return perRow * lineColumns; }
    __device__ int pieces() const { return (columns + widest() - 1) / widest(); } // stages of a row
    __device__ int columnOf(int line) const { // within the stage's, of this thread
        return (line & (perRow - 1)) * lineColumns + int(threadIdx.x) * 8;
    }
};

// A matrix's stages as they come, one of them always read ahead: what a thread multiplies is on its way while
// it multiplies what came before.
class StageWalk {
  public:
    __device__ StageWalk(Ring& ring, const RowLines& rows, int stages)
        : m_ring(ring), m_rows(rows), m_left(stages) {
        if (m_left > 0)
            take();
    }
    // The next stage's lines (zeros behind a row's end; garbage behind the last row).
    __device__ void next(uint4 (&line)[lines]) {
#pragma unroll
        for (int i = 0; i < lines; ++i)
            line[i] = m_coming[i];
        if (--m_left > 0)
            take();
    }

  private:
    __device__ void take() {
        const int width = min(m_rows.widest(), m_rows.columns - m_column);
        m_column = m_column + width < m_rows.columns ? m_column + width : 0;
        m_ring.await();
        const uint4* from = reinterpret_cast<const uint4*>(m_ring.data());
#pragma unroll
        for (int i = 0; i < lines; ++i) {
            const int at = m_rows.columnOf(i);
            m_coming[i] = at < width ? from[((i >> m_rows.shift) * width + at) / 8] : uint4{};
        }
        m_ring.release();
    }

    Ring& m_ring;
    const RowLines m_rows;
    int m_left, m_column = 0;
    uint4 m_coming[lines];
};

// sum of each line += line · x; x begins with the stage's first column, of `width` in all.
__device__ inline void addProducts(const RowLines& rows, const uint4 (&line)[lines], const uint4* x,
                                   int width, float (&sum)[lines]) {
#pragma unroll
    for (int i = 0; i < lines; ++i) {
        const int at = rows.columnOf(i);
        const Eight factor = at < width ? widened(x[at / 8]) : Eight{}, own = widened(line[i]);
#pragma unroll
        for (int j = 0; j < 8; ++j)
            sum[i] = fmaf(own.value[j], factor.value[j], sum[i]);
    }
}

// Sums of the warps, [2][passGroups·groupRows, readers]: one is filled while the other may still be read.
struct Sums {
    float* memory;
    int which = 0;
    __device__ float* next() {
        which ^= 1;
        return memory + which * passGroups * groupRows * readers;
    }
};

__device__ inline float sumOfReaders(const float* sums, int row) {
    const Eight eight = loadEight(sums + row * readers);
    float sum = 0;
#pragma unroll
    for (int i = 0; i < readers; ++i)
        sum += eight.value[i];
    return sum;
}

// A group's sums, of up to `units` units: rows in their order, of pairs the first rows before their others.
template <bool pairs>
__device__ void multiplyGroup(StageWalk& walk, const RowLines& rows, const uint4* x, int units,
                              float (&sum)[groupRows]) {
    constexpr int unitsOfGroup = pairs ? groupRows / 2 : groupRows;
    const int unitsOfStage = unitsOfGroup >> rows.shift;
    for (int stage = 0; stage < rows.perRow && stage * unitsOfStage < units; ++stage) {
        float own[lines] = {};
        for (int column = 0; column < rows.columns; column += rows.widest()) {
            uint4 line[lines];
            walk.next(line);
            addProducts(rows, line, x + column / 8, rows.columns - column, own);
        }
        const float low = own[0] + own[1], high = own[2] + own[3];
        const int first = pairs || rows.shift == 2 ? stage : 2 * stage,
                  second = pairs ? unitsOfGroup + stage : 2 * stage + 1;
#pragma unroll
        for (int row = 0; row < groupRows; ++row)
            if (rows.shift == 0)
                sum[row] = own[row];
            else if (row == first)
                sum[row] = rows.shift == 1 ? low : low + high;
            else if (row == second && rows.shift == 1)
                sum[row] = high;
    }
}

// The matrix's rows of `range` by `x`. One thread gets `before(row)` early and later calls `finish(row, sum,
// before)`; of pairs `finish(pair, sum, sum of the other)`.
template <bool pairs, class Before, class Finish>
__device__ void multiplyRows(Ring& ring, Sums& sums, const uint4* x, Range range, int columns,
                             const Before& before, const Finish& finish) {
    constexpr int unitsOfGroup = pairs ? groupRows / 2 : groupRows, unitsOfPass = passGroups * unitsOfGroup;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, own = int(threadIdx.x);
    const RowLines rows(columns, pairs);
    const int unitsOfStage = unitsOfGroup >> rows.shift;
    StageWalk walk(ring, rows, (range.end - range.begin + unitsOfStage - 1) / unitsOfStage * rows.pieces());
    for (int pass = range.begin; pass < range.end; pass += unitsOfPass) {
        const int end = min(range.end, pass + unitsOfPass);
        const bool finishes = pass + own < end;
        const auto given = finishes ? before(pass + own) : 0.0f;
        float* to = sums.next();
        for (int unit = pass; unit < end; unit += unitsOfGroup) {
            float sum[groupRows] = {};
            multiplyGroup<pairs>(walk, rows, x, end - unit, sum);
            const float whole = sumRows(sum);
            if (lane % 8 == 0)
                to[((unit - pass) / unitsOfGroup * groupRows + lane / 8) * readers + warp] = whole;
        }
        syncReaders();
        if (!finishes)
            continue;
        const int row = own / unitsOfGroup * groupRows + own % unitsOfGroup;
        if constexpr (pairs)
            finish(pass + own, sumOfReaders(to, row), sumOfReaders(to, row + unitsOfGroup));
        else
            finish(pass + own, sumOfReaders(to, row), given);
    }
}

} // namespace kvprism::kernels::decode
