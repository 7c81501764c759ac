// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/column_hopper.h"
#include "engine/kernels/column_stretches.cuh"
#include "engine/kernels/hopper.cuh"
#include "engine/kernels/number.h"
#include "engine/kernels/numbers.cuh"
#include "engine/kernels/tensor_map.h"

#include <cmath>

namespace kvprism::kernels {

namespace {

constexpr int readers = 3;       // warpgroups that multiply; one more fetches
constexpr int keysOfReader = 64; // held in registers
constexpr int tileKeys = readers * keysOfReader;
constexpr int threads = (readers + 1) * 128;

constexpr int tileRows = columnScoreRows;

template <int headDim> struct Stage {
    std::uint16_t query[headDim / 64][tileRows][64]; // swizzled
    float lse2[tileRows];
    float unused[256 - tileRows]; // to the next multiple of 1,024 bytes
};

template <int headDim>
constexpr int stages = 229376 / int(sizeof(Stage<headDim>)) > 6 ? 6 : 229376 / int(sizeof(Stage<headDim>));

template <int headDim> struct Shared {
    Stage<headDim> stage[stages<headDim>];
    std::uint64_t full[stages<headDim>];
    std::uint64_t empty[stages<headDim>];
};

// The readers will load them one after another; where rows are few, memory would be what they wait for.
template <int headDim> __device__ void prefetchKeys(const ColumnScores& in, const Stretch& stretch) {
    const int first = stretch.keyTile * tileKeys;
    const int count = in.keyCount - first < tileKeys ? in.keyCount - first : tileKeys;
    prefetchBytes(in.keys + (stretch.kvHead * in.capacity + first) * headDim,
                  static_cast<std::uint32_t>(count * headDim) * sizeof(std::uint16_t));
}

template <int headDim>
__device__ void fetch(Shared<headDim>& shared, const CUtensorMap* map, const ColumnScores& in,
                      const ColumnWork& work) {
    int stage = 0;
    std::uint32_t parity = 1; // an empty ring can be filled at once
    Stretches stretches(work, work.beginOf(blockIdx.x), work.beginOf(blockIdx.x + 1));
    Stretches ahead = stretches;
    Stretch coming;
    ahead.next(coming);
    for (Stretch stretch; stretches.next(stretch);) {
        if (ahead.next(coming))
            prefetchKeys<headDim>(in, coming);
        for (UnitWalk unit(work, stretch); unit.more(); unit.next()) {
            const int head = stretch.kvHead * work.group + unit.head(), row = unit.tile() * tileRows;
            Stage<headDim>& to = shared.stage[stage];
            std::uint64_t* full = &shared.full[stage];
            wait(&shared.empty[stage], parity);
            arriveExpecting(full, sizeof to.query + sizeof to.lse2);
            for (int part = 0; part < headDim / 64; ++part)
                loadBox(to.query[part], map, part * 64, head, row, full);
            loadBytes(to.lse2, in.lse2 + head * in.lseStride + row, sizeof to.lse2, full);
            if (++stage == stages<headDim>) {
                stage = 0;
                parity ^= 1;
            }
        }
    }
}

// Rows `row` and row + 8 of a warp's 16 keys as the left operand of the products.
template <int headDim>
__device__ void loadKeys(std::uint32_t (&keys)[headDim / 16][4], const ColumnScores& in, int kvHead,
                         int key) {
    const int lane = threadIdx.x % 32;
    const auto* base =
        reinterpret_cast<const std::uint32_t*>(in.keys + std::int64_t(kvHead) * in.capacity * headDim);
    for (int half = 0; half < 2; ++half) {
        const bool there = key + 8 * half < in.keyCount;
        const std::uint32_t* row = base + std::int64_t(there ? key + 8 * half : 0) * (headDim / 2) + lane % 4;
#pragma unroll
        for (int k = 0; k < headDim / 16; ++k) {
            keys[k][half] = there ? __ldg(row + 8 * k) : 0;
            keys[k][half + 2] = there ? __ldg(row + 8 * k + 4) : 0;
        }
    }
}

// What one thread has found of its two keys.
template <bool peak> struct Found {
    float a = peak ? -INFINITY : 0.0f, b = a; // of even and odd rows
    int place = 0;                            // of the larger, as columnPeaks says

    __device__ void add(float x, float y) {
        if constexpr (peak) {
            a = fmaxf(a, x);
            b = fmaxf(b, y);
        } else {
            a += exp2Fast(x);
            b += exp2Fast(y);
        }
    }
};

template <int headDim, bool peak>
__device__ void multiply(Shared<headDim>& shared, const ColumnScores& in, const ColumnWork& work,
                         float* parts, std::int32_t* places) {
    const int reader = threadIdx.x / 128, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const float scale2 = in.scale * log2OfE;
    int stage = 0;
    std::uint32_t parity = 0;
    Stretches stretches(work, work.beginOf(blockIdx.x), work.beginOf(blockIdx.x + 1));
    const int inTile = warp * 16 + lane / 4;
    std::uint32_t keys[headDim / 16][4], comingKeys[headDim / 16][4];
    Stretch stretch, coming;
    bool more = stretches.next(coming);
    if (more)
        loadKeys<headDim>(comingKeys, in, coming.kvHead, coming.keyTile * tileKeys + inTile);
    while (more) {
        stretch = coming;
        more = stretches.next(coming);
        const int key = stretch.keyTile * tileKeys + inTile;
#pragma unroll
        for (int k = 0; k < headDim / 16; ++k)
#pragma unroll
            for (int part = 0; part < 4; ++part)
                keys[k][part] = comingKeys[k][part];
        if (more) // on their way while these are worked on
            loadKeys<headDim>(comingKeys, in, coming.kvHead, coming.keyTile * tileKeys + inTile);
        const int seen[2] = {work.firstRowOf(key), work.firstRowOf(key + 8)};
        const int allSee =
            work.firstRowOf(stretch.keyTile * tileKeys + reader * keysOfReader + keysOfReader - 1);
        Found<peak> found[2];
        for (UnitWalk unit(work, stretch); unit.more(); unit.next()) {
            Stage<headDim>& from = shared.stage[stage];
            float logits[tileRows / 2];
            waitTogether(&shared.full[stage], parity);
            beginProducts();
#pragma unroll
            for (int k = 0; k < headDim / 16; ++k)
                multiplyAdd(logits, keys[k], tileDescriptor(from.query[k / 4]) + 2 * (k % 4), k > 0);
            commitProducts();
            awaitProducts();
            const float2* lse2 = reinterpret_cast<const float2*>(from.lse2) + lane % 4;
            const float before[2] = {fmaxf(found[0].a, found[0].b), fmaxf(found[1].a, found[1].b)};
            if (allSee <= unit.tile() * tileRows) {
#pragma unroll
                for (int j = 0; j < tileRows / 8; ++j) {
                    const float2 lse = lse2[4 * j];
#pragma unroll
                    for (int half = 0; half < 2; ++half)
                        found[half].add(fmaf(logits[4 * j + 2 * half], scale2, -lse.x),
                                        fmaf(logits[4 * j + 2 * half + 1], scale2, -lse.y));
                }
            } else {
                const int row = unit.tile() * tileRows + 2 * (lane % 4);
#pragma unroll
                for (int j = 0; j < tileRows / 8; ++j) {
                    const float2 lse = lse2[4 * j];
#pragma unroll
                    for (int half = 0; half < 2; ++half) {
                        const float x = fmaf(logits[4 * j + 2 * half], scale2, -lse.x);
                        const float y = fmaf(logits[4 * j + 2 * half + 1], scale2, -lse.y);
                        found[half].add(row + 8 * j >= seen[half] ? x : -INFINITY,
                                        row + 8 * j + 1 >= seen[half] ? y : -INFINITY);
                    }
                }
            }
            if (lane == 0)
                arrive(&shared.empty[stage]);
            if constexpr (peak)
#pragma unroll
                for (int half = 0; half < 2; ++half)
                    if (fmaxf(found[half].a, found[half].b) > before[half])
                        found[half].place = unit.head() * work.rowTiles + unit.tile();
            if (++stage == stages<headDim>) {
                stage = 0;
                parity ^= 1;
            }
        }
        // The four lanes of a row of keys have each seen other rows.
        const std::int64_t part =
            work.partOf(blockIdx.x, stretch.kvHead * work.keyTiles + stretch.keyTile) + inTile;
#pragma unroll
        for (int half = 0; half < 2; ++half) {
            float value = peak ? fmaxf(found[half].a, found[half].b) : found[half].a + found[half].b;
            int place = found[half].place;
#pragma unroll
            for (int step = 1; step < 4; step *= 2) {
                const float other = __shfl_xor_sync(0xFFFFFFFF, value, step);
                const int otherPlace = __shfl_xor_sync(0xFFFFFFFF, place, step);
                if constexpr (peak) {
                    if (other > value || (other == value && otherPlace < place)) {
                        value = other;
                        place = otherPlace;
                    }
                } else {
                    value += other;
                }
            }
            if (lane % 4 == 0) {
                parts[part + 8 * half] = value;
                if constexpr (peak)
                    places[part + 8 * half] = place;
            }
        }
    }
}

template <int headDim, bool peak>
__global__ void __launch_bounds__(threads, 1)
    columns(const __grid_constant__ CUtensorMap map, const __grid_constant__ ColumnScores in,
            const __grid_constant__ ColumnWork work, float* parts, std::int32_t* places) {
    extern __shared__ __align__(1024) unsigned char memory[];
    Shared<headDim>& shared = *reinterpret_cast<Shared<headDim>*>(memory);
    if (threadIdx.x == 0) {
        for (int stage = 0; stage < stages<headDim>; ++stage) {
            initBarrier(&shared.full[stage], 1);
            initBarrier(&shared.empty[stage], readers * 4);
        }
        asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
    }
    __syncthreads();
    if (threadIdx.x >= readers * 128) {
        shrinkRegisters<32>();
        if (threadIdx.x == readers * 128)
            fetch<headDim>(shared, &map, in, work);
    } else {
        growRegisters<160>();
        multiply<headDim, peak>(shared, in, work, parts, places);
    }
}

template <int headDim, bool peak>
Launched launch(const ColumnScores& in, const ColumnWork& work, float* parts, std::int32_t* places,
                Stream stream) {
    CUtensorMap map;
    const TensorMapShape shape{
        .sizes = {std::uint64_t(headDim), std::uint64_t(in.queryHeads), std::uint64_t(in.rows)},
        .box = {64, 1, tileRows}};
    if (const Launched made = encodeSwizzled(&map, in.query, shape); !made.ok())
        return made;
    constexpr int bytes = sizeof(Shared<headDim>);
    const auto kernel = columns<headDim, peak>;
    if (const cudaError_t error =
            cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes))
        return {error};
    kernel<<<work.blocks, threads, bytes, stream>>>(map, in, work, parts, places);
    return {cudaGetLastError()};
}

template <int headDim>
Launched launch(const ColumnScores& in, const ColumnWork& work, bool peak, float* parts, std::int32_t* places,
                Stream stream) {
    return peak ? launch<headDim, true>(in, work, parts, places, stream)
                : launch<headDim, false>(in, work, parts, places, stream);
}

} // namespace

int hopperKeysPerTile() {
    return tileKeys;
}

bool hopperTakes(int headDim) {
    return headDim == 64 || headDim == 128;
}

Launched columnPartsHopper(const ColumnScores& in, const ColumnWork& work, bool peak, float* parts,
                           std::int32_t* places, Stream stream) {
    return in.headDim == 64 ? launch<64>(in, work, peak, parts, places, stream)
                            : launch<128>(in, work, peak, parts, places, stream);
}

} // namespace kvprism::kernels
