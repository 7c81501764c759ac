// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/column_few_rows.h"
#include "engine/kernels/number.h"
#include "engine/kernels/numbers.cuh"
#include "engine/kernels/raise_peaks.h"

#include <cmath>
#include <cuda_runtime.h>

namespace kvprism::kernels {

namespace {

constexpr int threads = columnScoreRows;
constexpr std::int32_t unchanged = -1;

constexpr int keysAtOnce = 32, slices = 8; // a warp each, of the KV heads

// winners[j]: the KV head that has a larger score than any before, or `unchanged`.
__global__ void __launch_bounds__(keysAtOnce* slices)
    raiseScores(const RaisePeaks call, std::int32_t* winners) {
    const int lane = threadIdx.x % keysAtOnce, slice = threadIdx.x / keysAtOnce;
    const int key = blockIdx.x * keysAtOnce + lane;
    const ColumnScores& in = call.in;
    const int first = in.kvHeads * slice / slices, end = in.kvHeads * (slice + 1) / slices;
    float highest = -INFINITY;
    std::int32_t winner = unchanged;
    if (key < in.keyCount)
#pragma unroll 8
        for (int head = first; head < end; ++head) {
            const float weight = exp2f(call.best[std::int64_t(head) * in.keyCount + key]);
            const float score = weight * call.valueNorms[head * in.capacity + key];
            if (score > highest) {
                highest = score;
                winner = head;
            }
        }
    __shared__ float scores[slices][keysAtOnce];
    __shared__ std::int32_t heads[slices][keysAtOnce];
    scores[slice][lane] = highest;
    heads[slice][lane] = winner;
    __syncthreads();
    if (slice != 0 || key >= in.keyCount)
        return;
    highest = call.scores[key];
    winner = unchanged;
    for (int of = 0; of < slices; ++of)
        if (scores[of][lane] > highest) {
            highest = scores[of][lane];
            winner = heads[of][lane];
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

// Which row of the winner's place it was: a thread for each row of a place.
template <int placeRows>
__global__ void __launch_bounds__(threads) findRows(const RaisePeaks call, const std::int32_t* winners) {
    const ColumnScores& in = call.in;
    const int key = blockIdx.x * (threads / placeRows) + threadIdx.x / placeRows;
    const std::int32_t winner = key < in.keyCount ? winners[key] : unchanged;
    const int group = in.queryHeads / in.kvHeads, placesOfHead = (in.rows + placeRows - 1) / placeRows;
    const int place = winner == unchanged ? 0 : call.place[std::int64_t(winner) * in.keyCount + key];
    const int head = winner * group + place / placesOfHead;
    const int row = place % placesOfHead * placeRows + threadIdx.x % placeRows;
    const int firstRow = key - in.past + in.exclusion - in.firstRow;
    float weight = -INFINITY;
    if (winner != unchanged && row < in.rows && row >= firstRow)
        weight = product(in.query + (std::int64_t(row) * in.queryHeads + head) * in.headDim,
                         in.keys + (winner * in.capacity + key) * in.headDim, in.headDim) *
                     in.scale * log2OfE -
                 in.lse2[head * in.lseStride + row];
    int at = row;
#pragma unroll
    for (int step = (placeRows < 32 ? placeRows : 32) / 2; step > 0; step /= 2) {
        const float other = __shfl_xor_sync(0xFFFFFFFF, weight, step);
        const int otherAt = __shfl_xor_sync(0xFFFFFFFF, at, step);
        if (other > weight || (other == weight && otherAt < at)) {
            weight = other;
            at = otherAt;
        }
    }
    if constexpr (placeRows > 32) { // then one key a block
        __shared__ float weights[threads / 32];
        __shared__ int rows[threads / 32];
        if (threadIdx.x % 32 == 0) {
            weights[threadIdx.x / 32] = weight;
            rows[threadIdx.x / 32] = at;
        }
        __syncthreads();
        for (int warp = 0; warp < threads / 32; ++warp)
            if (weights[warp] > weight || (weights[warp] == weight && rows[warp] < at)) {
                weight = weights[warp];
                at = rows[warp];
            }
    }
    if (threadIdx.x % placeRows != 0 || winner == unchanged)
        return;
    call.layers[key] = static_cast<std::uint16_t>(call.firstLayer + winner / call.kvHeadsOfLayer);
    call.heads[key] = static_cast<std::uint16_t>(winner % call.kvHeadsOfLayer * group + place / placesOfHead);
    call.rows[key] = static_cast<std::uint16_t>(at);
}

template <int placeRows> void findRows(const RaisePeaks& call, const std::int32_t* winners, Stream stream) {
    constexpr int keysOfBlock = threads / placeRows;
    findRows<placeRows>
        <<<(call.in.keyCount + keysOfBlock - 1) / keysOfBlock, threads, 0, stream>>>(call, winners);
}

} // namespace

Launched raisePeaks(const RaisePeaks& call, Stream stream) {
    if (call.kvHeadsOfLayer <= 0 || call.in.kvHeads % call.kvHeadsOfLayer != 0 || call.in.headDim % 8 != 0 ||
        call.in.rows > 65536)
        return {0, "Peaks are raised of whole layers, head_dim a multiple of 8 and up to 65,536 rows."};
    if (call.in.keyCount <= 0)
        return {};
    auto* winners = static_cast<std::int32_t*>(call.scratch);
    raiseScores<<<(call.in.keyCount + keysAtOnce - 1) / keysAtOnce, keysAtOnce * slices, 0, stream>>>(
        call, winners);
    if (columnPlaceRows(call.in) == columnScoreRows)
        findRows<columnScoreRows>(call, winners, stream);
    else
        findRows<fewRowsOfPlace>(call, winners, stream);
    return {cudaGetLastError()};
}

std::size_t raisePeaksScratchBytes(std::int32_t keyCount) {
    return static_cast<std::size_t>(keyCount) * sizeof(std::int32_t);
}

} // namespace kvprism::kernels
