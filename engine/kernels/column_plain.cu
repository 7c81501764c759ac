// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/column_plain.h"
#include "engine/kernels/column_stretches.cuh"
#include "engine/kernels/number.h"

#include <cmath>
#include <cuda_bf16.h>
#include <cuda_runtime.h>
#include <mma.h>

namespace kvprism::kernels {

namespace {

constexpr int tileKeys = 64; // 16 a warp
constexpr int rowsAtOnce = 32;
constexpr int threads = 128;
constexpr int logitStride = rowsAtOnce + 4;

using Bf16 = __nv_bfloat16;

struct Layout {
    int padded, stride; // head_dim to whole fragments, and the distance of rows in shared memory
    __host__ __device__ explicit Layout(int headDim) : padded((headDim + 15) / 16 * 16), stride(padded + 8) {}
    __host__ __device__ int bytes() const {
        return (tileKeys + rowsAtOnce) * stride * int(sizeof(Bf16)) +
               tileKeys * logitStride * int(sizeof(float));
    }
};

// Rows of head_dim numbers, 8 at a time; zeros behind the last row and the last number.
__device__ void load(Bf16* to, const std::uint16_t* from, std::int64_t rowStride, int rows, int most,
                     int headDim, const Layout& layout) {
    const int pieces = layout.padded / 8;
    for (int i = threadIdx.x; i < most * pieces; i += threads) {
        const int row = i / pieces, piece = i % pieces * 8;
        uint4 value = make_uint4(0, 0, 0, 0);
        if (row < rows && piece < headDim)
            value = *reinterpret_cast<const uint4*>(from + row * rowStride + piece);
        *reinterpret_cast<uint4*>(to + row * layout.stride + piece) = value;
    }
}

// logits [tileKeys × rowsAtOnce] = keys · queriesᵀ; each warp 16 keys.
__device__ void multiply(float* logits, const Bf16* keys, const Bf16* queries, const Layout& layout) {
    using namespace nvcuda::wmma;
    const int warp = threadIdx.x / 32;
    fragment<accumulator, 16, 16, 16, float> sum[rowsAtOnce / 16];
    for (auto& each : sum)
        fill_fragment(each, 0.0f);
    for (int k = 0; k < layout.padded; k += 16) {
        fragment<matrix_a, 16, 16, 16, Bf16, row_major> a;
        load_matrix_sync(a, keys + warp * 16 * layout.stride + k, layout.stride);
        for (int part = 0; part < rowsAtOnce / 16; ++part) {
            fragment<matrix_b, 16, 16, 16, Bf16, col_major> b;
            load_matrix_sync(b, queries + part * 16 * layout.stride + k, layout.stride);
            mma_sync(sum[part], a, b, sum[part]);
        }
    }
    for (int part = 0; part < rowsAtOnce / 16; ++part)
        store_matrix_sync(logits + warp * 16 * logitStride + part * 16, sum[part], logitStride,
                          mem_row_major);
}

template <bool peak>
__global__ void __launch_bounds__(threads)
    columns(const ColumnScores in, const ColumnWork work, float* parts, std::int32_t* places) {
    extern __shared__ __align__(16) unsigned char memory[];
    const Layout layout(in.headDim);
    auto* keys = reinterpret_cast<Bf16*>(memory);
    Bf16* queries = keys + tileKeys * layout.stride;
    auto* logits = reinterpret_cast<float*>(queries + rowsAtOnce * layout.stride);
    const float scale2 = in.scale * log2OfE;
    const int inTile = threadIdx.x / 2, half = threadIdx.x % 2; // every thread one key and every second row

    Stretches stretches(work, work.beginOf(blockIdx.x), work.beginOf(blockIdx.x + 1));
    for (Stretch stretch; stretches.next(stretch);) {
        const int first = stretch.keyTile * tileKeys;
        const int seen = work.firstRowOf(first + inTile);
        __syncthreads();
        load(keys, in.keys + (std::int64_t(stretch.kvHead) * in.capacity + first) * in.headDim, in.headDim,
             min(in.keyCount - first, tileKeys), tileKeys, in.headDim, layout);
        float value = peak ? -INFINITY : 0.0f;
        int place = 0;
        for (UnitWalk unit(work, stretch); unit.more(); unit.next()) {
            const std::int64_t head = stretch.kvHead * work.group + unit.head();
            const int tileEnd = min((unit.tile() + 1) * columnScoreRows, in.rows);
            for (int row = unit.tile() * columnScoreRows; row < tileEnd; row += rowsAtOnce) {
                __syncthreads();
                load(queries, in.query + (std::int64_t(row) * in.queryHeads + head) * in.headDim,
                     std::int64_t(in.queryHeads) * in.headDim, min(tileEnd - row, rowsAtOnce), rowsAtOnce,
                     in.headDim, layout);
                __syncthreads();
                multiply(logits, keys, queries, layout);
                __syncwarp(); // a warp's keys are its own threads'
                for (int i = half; i < rowsAtOnce && row + i < tileEnd; i += 2) {
                    if (row + i < seen)
                        continue;
                    const float x = fmaf(logits[inTile * logitStride + i], scale2,
                                         -in.lse2[head * in.lseStride + row + i]);
                    if constexpr (!peak) {
                        value += exp2f(x);
                    } else if (x > value) {
                        value = x;
                        place = unit.head() * work.rowTiles + unit.tile();
                    }
                }
            }
        }
        const float other = __shfl_xor_sync(0xFFFFFFFF, value, 1);
        const int otherPlace = __shfl_xor_sync(0xFFFFFFFF, place, 1);
        if (half != 0)
            continue;
        const std::int64_t part =
            work.partOf(blockIdx.x, stretch.kvHead * work.keyTiles + stretch.keyTile) + inTile;
        if constexpr (peak) {
            const bool others = other > value || (other == value && otherPlace < place);
            parts[part] = others ? other : value;
            places[part] = others ? otherPlace : place;
        } else {
            parts[part] = value + other;
        }
    }
}

} // namespace

int plainKeysPerTile() {
    return tileKeys;
}

int plainBlocksPerProcessor() {
    return 2;
}

Launched columnPartsPlain(const ColumnScores& in, const ColumnWork& work, bool peak, float* parts,
                          std::int32_t* places, Stream stream) {
    const auto kernel = peak ? columns<true> : columns<false>;
    const int bytes = Layout(in.headDim).bytes();
    if (const cudaError_t error =
            cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes))
        return {error};
    kernel<<<work.blocks, threads, bytes, stream>>>(in, work, parts, places);
    return {cudaGetLastError()};
}

} // namespace kvprism::kernels
