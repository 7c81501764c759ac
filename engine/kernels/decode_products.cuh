// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/decode_ring.cuh"
#include "engine/kernels/numbers.cuh"

// Products of a matrix and a vector, of the block's rows. Each thread has its own columns of all rows, and
// the vector's numbers of those in registers.
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

// How a matrix's rows lie in stages: each in 1 << shift lines, or in several stages of four.
struct RowLines {
    int columns, shift, pieces; // stages of a row
    __device__ RowLines(int columns, bool pairs) : columns(columns), shift(linesOfRow(columns, pairs) / 2) {
        pieces = (columns + widest() - 1) / widest();
    }
    __device__ int widest() const { return lineColumns << shift; }
    __device__ int widthOf(int piece) const { return min(widest(), columns - piece * widest()); }
    // A line's place in its row, and this thread's first column in it, counted from the stage's first.
    __device__ int lineOf(int line) const { return line & ((1 << shift) - 1); }
    __device__ int columnOf(int line) const { return lineOf(line) * lineColumns + int(threadIdx.x) * 8; }
};

// The vector, as a thread meets it: eight numbers (bf16) for each line of a stage, for each stage of a row;
// zeros behind the row's end.
struct Vector {
    uint4 line[mostPieces][lines];
};

// A vector that other blocks have written.
__device__ inline void takeVector(Vector& x, const std::uint16_t* from, const RowLines& rows) {
#pragma unroll
    for (int piece = 0; piece < mostPieces; ++piece)
#pragma unroll
        for (int i = 0; i < lines; ++i) {
            const int column = piece * rows.widest() + rows.columnOf(i);
            x.line[piece][i] = column < rows.columns ? loadFresh(from + column) : uint4{};
        }
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

// RMSNorm (arXiv 1910.07467) of the residual stream; `load` gives eight of its numbers, `exchange` is room
// for one a warp.
template <class Load>
__device__ void takeNormed(Vector& x, const RowLines& rows, const Load& load, const NormWeights& weights,
                           float epsilon, float* exchange) {
    const int hidden = rows.columns;
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
    uint4 normed[mostHiddenPieces];
#pragma unroll
    for (int i = 0; i < mostHiddenPieces; ++i) {
        normed[i] = {};
        if ((i * readerThreads + int(threadIdx.x)) * 8 >= hidden)
            continue;
#pragma unroll
        for (int j = 0; j < 8; ++j)
            value[i].value[j] *= factor * weights.piece[i].value[j];
        normed[i] = narrowed(value[i]);
    }
    // Chosen from registers: their numbers are to be known when this is compiled.
    const auto at = [&](int i) { return i < mostHiddenPieces ? normed[i] : uint4{}; };
#pragma unroll
    for (int piece = 0; piece < mostPieces; ++piece)
#pragma unroll
        for (int i = 0; i < lines; ++i)
            x.line[piece][i] = rows.shift == 0   ? at(piece)
                               : rows.shift == 1 ? at(piece * 2 + i % 2)
                                                 : at(piece * 4 + i);
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

// A matrix's stages as they come, one of them always read ahead: what a thread multiplies is on its way while
// it multiplies what came before.
class StageWalk {
  public:
    __device__ StageWalk(Ring& ring, const RowLines& rows, int stages)
        : m_ring(ring), m_pieces(rows.pieces), m_left(stages) {
#pragma unroll
        for (int i = 0; i < lines; ++i) {
            m_whole[i] = placeOf(rows, i, rows.widthOf(0));
            m_last[i] = placeOf(rows, i, rows.widthOf(rows.pieces - 1));
        }
        if (m_left > 0)
            take();
    }
    // The next stage's lines: rubbish behind the last row, and of the row's own numbers behind its end.
    __device__ void next(uint4 (&line)[lines]) {
#pragma unroll
        for (int i = 0; i < lines; ++i)
            line[i] = m_coming[i];
        if (--m_left > 0)
            take();
    }

  private:
    // Of a line's eight numbers in a stage, in bytes. Behind the row's end stands its first number instead,
    // to be multiplied by 0: what else lies there may be none.
    __device__ static int placeOf(const RowLines& rows, int line, int width) {
        const int column = rows.columnOf(line);
        return ((line >> rows.shift) * width + (column < width ? column : 0)) * 2;
    }
    __device__ void take() {
        const bool last = ++m_piece == m_pieces;
        m_piece = last ? 0 : m_piece;
        m_ring.await();
        const unsigned char* from = m_ring.data();
#pragma unroll
        for (int i = 0; i < lines; ++i)
            m_coming[i] = *reinterpret_cast<const uint4*>(from + (last ? m_last[i] : m_whole[i]));
        m_ring.release();
    }

    Ring& m_ring;
    int m_pieces, m_left, m_piece = 0;
    int m_whole[lines], m_last[lines];
    uint4 m_coming[lines];
};

// Products of two lines with the vector's numbers that meet both, by the tensor cores, which else find no
// work here: what four threads hold of a line is a row of their left operand and what they hold of the vector
// a column of their right one, so that line by line the diagonal is what was wanted.
class PairOfLines {
  public:
    __device__ void add(const uint4& low, const uint4& high, const uint4& x) {
        add(low.x, high.x, low.y, high.y, x.x, x.y);
        add(low.z, high.z, low.w, high.w, x.z, x.w);
    }
    // This thread's share of the lines' sums.
    __device__ float low() const { return onDiagonal(m_sum[0], m_sum[1]); }
    __device__ float high() const { return onDiagonal(m_sum[2], m_sum[3]); }

  private:
    __device__ void add(std::uint32_t low0, std::uint32_t high0, std::uint32_t low1, std::uint32_t high1,
                        std::uint32_t x0, std::uint32_t x1) {
        asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, "
            "%9}, "
            "{%0, %1, %2, %3};"
            : "+f"(m_sum[0]), "+f"(m_sum[1]), "+f"(m_sum[2]), "+f"(m_sum[3])
            : "r"(low0), "r"(high0), "r"(low1), "r"(high1), "r"(x0), "r"(x1));
    }
    // A thread has columns 2·(lane % 4) and the next of row lane / 4.
    __device__ static float onDiagonal(float even, float odd) {
        const int row = threadIdx.x % 32 / 4;
        return int(threadIdx.x % 4) != row / 2 ? 0.0f : row % 2 ? odd : even;
    }
    float m_sum[4] = {}; // rows lane / 4 and 8 + lane / 4
};

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

// This thread's shares of a group's sums, of up to `units` units, in the order in which rows lie in stages.
template <int pieces, int shift>
__device__ void sumGroup(StageWalk& walk, const Vector& x, int units, int unitsOfStage,
                         float (&sum)[groupRows]) {
#pragma unroll 1 // in a layer much code runs once, and the instructions' cache is small
    for (int stage = 0; stage < 1 << shift; ++stage) {
        if (stage * unitsOfStage >= units)
            break;
        PairOfLines first, second;
#pragma unroll
        for (int piece = 0; piece < pieces; ++piece) {
            const uint4(&factor)[lines] = x.line[piece];
            uint4 line[lines];
            walk.next(line);
            if constexpr (shift == 0) { // four rows
                first.add(line[0], line[1], factor[0]);
                second.add(line[2], line[3], factor[0]);
            } else if constexpr (shift == 1) { // two
                first.add(line[0], line[2], factor[0]);
                second.add(line[1], line[3], factor[1]);
            } else { // one
                first.add(line[0], uint4{}, factor[0]);
                second.add(line[1], uint4{}, factor[1]);
                first.add(line[2], uint4{}, factor[2]);
                second.add(line[3], uint4{}, factor[3]);
            }
        }
        if constexpr (shift == 0) {
            sum[0] = first.low();
            sum[1] = first.high();
            sum[2] = second.low();
            sum[3] = second.high();
        } else {
            constexpr int rows = 4 >> shift; // of a stage
            const float low = first.low() + second.low(), high = first.high() + second.high();
#pragma unroll
            for (int row = 0; row < groupRows; ++row)
                if (row / rows == stage)
                    sum[row] = row % rows == 0 ? low : high;
        }
    }
}

// The rows of units [pass, end): each group's sums of this warp to `to`.
template <int pieces, int shift>
__device__ void sumPass(StageWalk& walk, const Vector& x, int pass, int end, int unitsOfGroup, float* to) {
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    for (int unit = pass; unit < end; unit += unitsOfGroup) {
        float sum[groupRows] = {};
        sumGroup<pieces, shift>(walk, x, end - unit, unitsOfGroup >> shift, sum);
        const float whole = sumRows(sum);
        if (lane % 8 == 0)
            to[((unit - pass) / unitsOfGroup * groupRows + lane / 8) * readers + warp] = whole;
    }
}

// The rows of `range`, or pairs of them, by x. One thread gets `task.before(row)` early and later calls
// `task.finish(row, sum, before)`; of pairs `finish(pair, sum, sum of the other)`.
template <class Task>
__device__ void multiplyRows(Ring& ring, Sums& sums, const Vector& x, const RowLines& rows, bool pairs,
                             Range range, const Task& task) {
    const int unitsOfGroup = pairs ? groupRows / 2 : groupRows, unitsOfPass = passGroups * unitsOfGroup;
    const int unitsOfStage = unitsOfGroup >> rows.shift, own = int(threadIdx.x);
    StageWalk walk(ring, rows, (range.end - range.begin + unitsOfStage - 1) / unitsOfStage * rows.pieces);
    for (int pass = range.begin; pass < range.end; pass += unitsOfPass) {
        const int end = min(range.end, pass + unitsOfPass);
        const bool finishes = pass + own < end;
        const float given = finishes ? task.before(pass + own) : 0.0f;
        float* to = sums.next();
        switch (rows.shift * 4 + rows.pieces) {
        case 1:
            sumPass<1, 0>(walk, x, pass, end, unitsOfGroup, to);
            break;
        case 5:
            sumPass<1, 1>(walk, x, pass, end, unitsOfGroup, to);
            break;
        case 6:
            sumPass<2, 1>(walk, x, pass, end, unitsOfGroup, to);
            break;
        case 9:
            sumPass<1, 2>(walk, x, pass, end, unitsOfGroup, to);
            break;
        case 10:
            sumPass<2, 2>(walk, x, pass, end, unitsOfGroup, to);
            break;
        case 11:
            sumPass<3, 2>(walk, x, pass, end, unitsOfGroup, to);
            break;
        }
        syncReaders();
        if (!finishes)
            continue;
        const int group = own / unitsOfGroup * groupRows, ofGroup = own % unitsOfGroup;
        // Of pairs in one stage the first rows lie before their others.
        const int apart = rows.shift == 0 ? unitsOfGroup : 1, step = pairs && rows.shift > 0 ? 2 : 1;
        const float sum = sumOfReaders(to, group + step * ofGroup);
        task.finish(pass + own, sum, pairs ? sumOfReaders(to, group + step * ofGroup + apart) : given);
    }
}

} // namespace kvprism::kernels::decode
