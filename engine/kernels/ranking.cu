// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/ranking.h"

#include <cub/device/device_radix_sort.cuh>
#include <cuda_runtime.h>

namespace kvprism::kernels {

namespace {

constexpr int threads = 256;

// Bits of the keys that an order uses: fewer are sorted sooner.
int keyBits(Order order) {
    return order == Order::score || order == Order::smallest ? 32 : 40;
}

__global__ void poolKernel(const PoolScores in) {
    const int row = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= in.count)
        return;
    const int half = (in.width - 1) / 2;
    const std::int64_t own = in.positions[row];
    int first = row;
    while (first > 0 && own - in.positions[first - 1] <= half)
        --first;
    double sum = 0;
    float largest = 0;
    int held = 0;
    for (int neighbour = first; neighbour < in.count && in.positions[neighbour] - own <= half;
         ++neighbour, ++held) {
        sum += double(in.raw[neighbour]);
        largest = held == 0 ? in.raw[neighbour] : fmaxf(largest, in.raw[neighbour]);
    }
    if (held < in.width)
        largest = fmaxf(largest, 0.0f);
    in.pooled[row] = in.maximum ? largest : static_cast<float>(sum / in.width);
}

// Ascends with the value; −0 and 0 are the same.
__device__ std::uint64_t ascending(float value) {
    const std::uint32_t bits = __float_as_uint(value + 0.0f);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

__device__ std::uint64_t keyOf(const Ranking& in, int row, int newest) {
    switch (in.order) {
    case Order::score:
        return isnan(in.values[row]) ? 0xFFFFFFFFull : 0xFFFFFFFFull - ascending(in.values[row]);
    case Order::smallest:
        return isnan(in.values[row]) ? 0xFFFFFFFFull : ascending(in.values[row]);
    case Order::frequency: {
        const std::uint64_t distance = !in.values              ? 0
                                       : isnan(in.values[row]) ? 0xFFFFFFFFull
                                                               : ascending(in.values[row]);
        return std::uint64_t(255 - in.collisions[row]) << 32 | distance;
    }
    case Order::survival:
        break;
    }
    return in.collisions[row] >= 2 ? std::uint64_t(0x7FFFFFFF - in.matching[row])
                                   : std::uint64_t(1) << 32 | std::uint64_t(newest - row);
}

// A candidate's place is the number of those before it: of a few thousand, counted sooner than sorted. Its
// own number stands behind its key then, so that no two are equal.
constexpr int countedBits = 14;
constexpr std::int32_t mostCounted = 1 << countedBits;
constexpr int countedAtOnce = 512;

__global__ void keysKernel(const Ranking in, std::uint64_t* keys, std::int32_t* places) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= in.count)
        return;
    const std::uint64_t key = keyOf(in, in.rows[i], in.rows[in.count - 1]);
    keys[i] = places ? key << countedBits | std::uint64_t(i) : key;
    if (places)
        places[i] = 0;
}

__global__ void __launch_bounds__(threads)
    countKernel(const Ranking in, const std::uint64_t* keys, std::int32_t* places) {
    __shared__ std::uint64_t others[countedAtOnce];
    const int i = blockIdx.x * threads + threadIdx.x, first = blockIdx.y * countedAtOnce;
    const int there = min(countedAtOnce, in.count - first);
    for (int other = threadIdx.x; other < there; other += threads)
        others[other] = keys[first + other];
    __syncthreads();
    if (i >= in.count)
        return;
    const std::uint64_t own = keys[i];
    int before = 0;
#pragma unroll 8
    for (int other = 0; other < there; ++other)
        before += others[other] < own ? 1 : 0;
    atomicAdd(places + i, before); // whole numbers: the order does not matter
}

__global__ void placeKernel(const Ranking in, const std::int32_t* places) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < in.count)
        in.ranked[places[i]] = in.rows[i];
}

std::size_t keyBytes(std::int32_t count) {
    return (static_cast<std::size_t>(count) * sizeof(std::uint64_t) + 255) / 256 * 256;
}

cudaError_t sort(void* scratch, std::size_t& bytes, const std::uint64_t* keys, std::uint64_t* sorted,
                 const Ranking& in, Stream stream) {
    return cub::DeviceRadixSort::SortPairs(scratch, bytes, keys, sorted, in.rows, in.ranked, in.count, 0,
                                           keyBits(in.order), stream);
}

// `places` [count] at 0.
void count(const Ranking& in, const std::uint64_t* keys, std::int32_t* places, Stream stream) {
    const auto blocks = static_cast<unsigned>((in.count + threads - 1) / threads);
    const dim3 grid(blocks, static_cast<unsigned>((in.count + countedAtOnce - 1) / countedAtOnce));
    countKernel<<<grid, threads, 0, stream>>>(in, keys, places);
    placeKernel<<<blocks, threads, 0, stream>>>(in, places);
}

} // namespace

Launched poolScores(const PoolScores& in, Stream stream) {
    if (in.count <= 0)
        return {};
    poolKernel<<<(in.count + threads - 1) / threads, threads, 0, stream>>>(in);
    return {cudaGetLastError()};
}

Launched rank(const Ranking& in, Stream stream) {
    if (in.count <= 0)
        return {};
    auto* keys = static_cast<std::uint64_t*>(in.scratch);
    auto* sorted = keys + keyBytes(in.count) / sizeof(std::uint64_t);
    const bool counts = in.count <= mostCounted;
    auto* places = counts ? reinterpret_cast<std::int32_t*>(sorted) : nullptr;
    keysKernel<<<(in.count + threads - 1) / threads, threads, 0, stream>>>(in, keys, places);
    if (counts) {
        count(in, keys, places, stream);
        return {cudaGetLastError()};
    }
    std::size_t bytes = rankingScratchBytes(in.count) - 2 * keyBytes(in.count);
    return {sort(static_cast<unsigned char*>(in.scratch) + 2 * keyBytes(in.count), bytes, keys, sorted, in,
                 stream)};
}

std::size_t rankingScratchBytes(std::int32_t count) {
    if (count <= mostCounted)
        return 2 * keyBytes(count > 0 ? count : 0);
    std::size_t bytes = 0;
    Ranking shape;
    shape.order = Order::frequency; // the longest keys
    shape.count = count;
    if (sort(nullptr, bytes, nullptr, nullptr, shape, nullptr) != cudaSuccess)
        return 0;
    return 2 * keyBytes(count) + (bytes + 255) / 256 * 256;
}

} // namespace kvprism::kernels
