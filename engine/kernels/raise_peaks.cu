// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/number.h"
#include "engine/kernels/numbers.cuh"
#include "engine/kernels/raise_peaks.h"

#include <cmath>
#include <cuda_runtime.h>

namespace kvprism::kernels {

namespace {

constexpr int threads = columnScoreRows; // a row of the tile each, where rows are looked for
constexpr std::int32_t unchanged = -1;

// winners[j]: the KV head that has a larger score than any before, or `unchanged`.
__global__ void raiseScores(const RaisePeaks call, std::int32_t* winners) {
    const int key = blockIdx.x * blockDim.x + threadIdx.x;
    if (key >= call.in.keyCount)
        return;
    float highest = call.scores[key];
    std::int32_t winner = unchanged;
#pragma unroll 8
    for (int head = 0; head < call.in.kvHeads; ++head) {
        const float weight = exp2f(call.best[std::int64_t(head) * call.in.keyCount + key]);
        const float score = weight * call.valueNorms[head * call.in.capacity + key];
        if (score > highest) {
            highest = score;
            winner = head;
        }
    }
    call.scores[key] = highest;
    winners[key] = winner;
}

__device__ float product(const std::uint16_t* a, const std::uint16_t* b, int count) {
    float sum = 0;
    for (int at = 0; at < count; at += 8) {
        const Eight left = loadEight(reinterpret_cast<const __nv_bfloat16*>(a) + at);
        const Eight right = loadEight(reinterpret_cast<const __nv_bfloat16*>(b) + at);
#pragma unroll
        for (int i = 0; i < 8; ++i)
            sum = fmaf(left.value[i], right.value[i], sum);
    }
    return sum;
}

// One block a key: which row of the winner's tile it was.
__global__ void __launch_bounds__(threads) findRows(const RaisePeaks call, const std::int32_t* winners) {
    const ColumnScores& in = call.in;
    const int key = blockIdx.x;
    const std::int32_t winner = winners[key];
    if (winner == unchanged)
        return;
    const int group = in.queryHeads / in.kvHeads, rowTiles = (in.rows + threads - 1) / threads;
    const int place = call.place[std::int64_t(winner) * in.keyCount + key];
    const int head = winner * group + place / rowTiles, row = place % rowTiles * threads + int(threadIdx.x);
    const int firstRow = key - in.past + in.exclusion - in.firstRow;
    float weight = -INFINITY;
    if (row < in.rows && row >= firstRow)
        weight = product(in.query + (std::int64_t(row) * in.queryHeads + head) * in.headDim,
                         in.keys + (winner * in.capacity + key) * in.headDim, in.headDim) *
                     in.scale * log2OfE -
                 in.lse2[head * in.lseStride + row];
    __shared__ float weights[threads / 32];
    __shared__ int rows[threads / 32];
    int at = row;
#pragma unroll
    for (int step = 16; step > 0; step /= 2) {
        const float other = __shfl_xor_sync(0xFFFFFFFF, weight, step);
        const int otherAt = __shfl_xor_sync(0xFFFFFFFF, at, step);
        if (other > weight || (other == weight && otherAt < at)) {
            weight = other;
            at = otherAt;
        }
    }
    if (threadIdx.x % 32 == 0) {
        weights[threadIdx.x / 32] = weight;
        rows[threadIdx.x / 32] = at;
    }
    __syncthreads();
    if (threadIdx.x != 0)
        return;
    for (int warp = 1; warp < threads / 32; ++warp)
        if (weights[warp] > weight) {
            weight = weights[warp];
            at = rows[warp];
        }
    call.layers[key] = static_cast<std::uint16_t>(call.firstLayer + winner / call.kvHeadsOfLayer);
    call.heads[key] = static_cast<std::uint16_t>(winner % call.kvHeadsOfLayer * group + place / rowTiles);
    call.rows[key] = static_cast<std::uint16_t>(at);
}

} // namespace

Launched raisePeaks(const RaisePeaks& call, Stream stream) {
    if (call.kvHeadsOfLayer <= 0 || call.in.kvHeads % call.kvHeadsOfLayer != 0 || call.in.headDim % 8 != 0 ||
        call.in.rows > 65536)
        return {0, "Peaks are raised of whole layers, head_dim a multiple of 8 and up to 65,536 rows."};
    if (call.in.keyCount <= 0)
        return {};
    auto* winners = static_cast<std::int32_t*>(call.scratch);
    constexpr int few = 64; // many small blocks: each thread waits for memory again and again
    raiseScores<<<(call.in.keyCount + few - 1) / few, few, 0, stream>>>(call, winners);
    findRows<<<call.in.keyCount, threads, 0, stream>>>(call, winners);
    return {cudaGetLastError()};
}

std::size_t raisePeaksScratchBytes(std::int32_t keyCount) {
    return static_cast<std::size_t>(keyCount) * sizeof(std::int32_t);
}

} // namespace kvprism::kernels
