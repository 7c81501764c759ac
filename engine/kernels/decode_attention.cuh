// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/decode_products.cuh"
#include "engine/kernels/number.h"

#include <cmath>

// Attention of one row over what is kept and its own slot: each block takes some tiles of slots, a warp a
// tile, and leaves what they add up to; the last block of a head puts the head together.
namespace kvprism::kernels::decode {

// What a block's attention needs in shared memory, in bytes from the beginning of its room.
struct AttentionRoom {
    int turned, weights, outputs, bytes;
    __host__ __device__ AttentionRoom(int headDim, int group) {
        turned = 0;                                       // bf16 [mostGroup + 1, head_dim], of turnHeads()
        weights = turned + (mostGroup + 1) * headDim * 2; // float2 [readers, mostGroup]
        outputs =
            weights + readers * mostGroup * 8; // f32 [readers, group, head_dim]; [slots, mostGroup] before
        const int ofWarp = group * headDim * 4, before = tileSlots(headDim) * mostGroup * 4 + mostGroup * 4;
        bytes = outputs + readers * (ofWarp > before ? ofWarp : before);
    }
};

struct Attention {
    const DecodeShape& shape;
    const DecodeLayer& layer;
    const Scratch& scratch;
    const SlotTiles& tiles;
    const float2* turns; // [head_dim/2] cosine and sine
    unsigned char* room;
    std::int64_t slot;

    __device__ int group() const { return shape.queryHeads / shape.kvHeads; }
    __device__ std::int64_t partOf(int head, int block) const {
        return (std::int64_t(head) * (gridDim.x + 1) + block) * group();
    }
};

// A head of the fused projection, by one warp: normalised, if there is a norm, turned and scaled.
__device__ inline void turnHead(const Attention& a, int head, const float* norm, float scale,
                                std::uint16_t* to) {
    constexpr int mostPairs = 4; // a thread: head_dim 256
    const int half = a.shape.headDim / 2, lane = threadIdx.x % 32;
    const std::uint16_t* from = a.scratch.projected + head * a.shape.headDim;
    float low[mostPairs], high[mostPairs], squares = 0;
#pragma unroll
    for (int i = 0; i < mostPairs; ++i) {
        const int at = i * 32 + lane;
        low[i] = at < half ? widened(__ldcg(from + at)) : 0;
        high[i] = at < half ? widened(__ldcg(from + at + half)) : 0;
        squares = fmaf(low[i], low[i], fmaf(high[i], high[i], squares));
    }
    const float factor = norm ? rsqrtf(sumOfWarp(squares) / float(a.shape.headDim) + a.shape.epsilon) : 1.0f;
#pragma unroll
    for (int i = 0; i < mostPairs; ++i) {
        const int at = i * 32 + lane;
        if (at >= half)
            break;
        if (norm) { // rounded as in row_kernels.h, where this is an operator of its own
            low[i] = widened(narrowed(low[i] * factor * norm[at]));
            high[i] = widened(narrowed(high[i] * factor * norm[at + half]));
        }
        const float2 turn = a.turns[at];
        to[at] = narrowed((low[i] * turn.x - high[i] * turn.y) * scale);
        to[at + half] = narrowed((high[i] * turn.x + low[i] * turn.y) * scale);
    }
}

// The queries of a KV head, zeros up to mostGroup of them, and behind them the key of a new slot.
__device__ inline void turnHeads(const Attention& a, int kvHead, bool withKey) {
    const int dim = a.shape.headDim;
    auto* turned = reinterpret_cast<std::uint16_t*>(a.room);
#pragma unroll 1
    for (int row = threadIdx.x / 32; row <= mostGroup; row += readers) {
        const bool isQuery = row < a.group();
        if (isQuery || (row == mostGroup && withKey))
            turnHead(a, isQuery ? kvHead * a.group() + row : a.shape.queryHeads + kvHead,
                     isQuery ? a.layer.queryNorm : a.layer.keyNorm, isQuery ? rsqrtf(float(dim)) : 1.0f,
                     turned + row * dim);
        else if (row < mostGroup)
            for (int at = threadIdx.x % 32; at < dim; at += 32)
                turned[row * dim + at] = 0;
    }
}

// Key and value of the new slot to the store, and their own part of the sums, behind turnHeads().
__device__ inline void attendNew(const Attention& a, int kvHead) {
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, dim = a.shape.headDim;
    const std::int64_t to = (kvHead * a.shape.capacity + a.slot) * dim;
    const auto* turned = reinterpret_cast<const std::uint16_t*>(a.room);
    const std::uint16_t *key = turned + mostGroup * dim, *query = turned + warp * dim;
    const std::uint16_t* value = a.scratch.projected + (a.shape.queryHeads + a.shape.kvHeads + kvHead) * dim;
    const std::int64_t part = a.partOf(kvHead, gridDim.x) + warp;
    float squares = 0, logit = 0;
    for (int at = lane; at < dim; at += 32) {
        const std::uint16_t bits = __ldcg(value + at);
        squares = fmaf(widened(bits), widened(bits), squares);
        logit = fmaf(widened(query[at]), widened(key[at]), logit);
        if (warp == 0) {
            a.layer.keys[to + at] = key[at];
            a.layer.values[to + at] = bits;
        }
        if (warp < a.group())
            a.scratch.parts[part * dim + at] = widened(bits);
    }
    squares = sumOfWarp(squares);
    logit = sumOfWarp(logit);
    if (lane == 0 && warp < a.group())
        a.scratch.weights[part] = {logit * log2OfE, 1};
    if (threadIdx.x == 0 && a.layer.valueNorms)
        a.layer.valueNorms[kvHead * a.shape.capacity + a.slot] = sqrtf(squares);
}

// sum [16 × 8] += a [16 × 16] · b [16 × 8]; rows 8 … 15 of a are 0.
__device__ inline void multiplyAddSmall(float2& sum, std::uint32_t a0, std::uint32_t a2, std::uint32_t b0,
                                        std::uint32_t b1) {
    [[maybe_unused]] float unused0, unused1;
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %5}, {%7, %8}, "
        "{%0, %1, %9, %9};"
        : "+f"(sum.x), "+f"(sum.y), "=f"(unused0), "=f"(unused1)
        : "r"(a0), "r"(0), "r"(a2), "r"(b0), "r"(b1), "f"(0.0f));
}

// A warp's sums over its tiles, of at most `group` heads. `lanes` threads share a row of eight numbers each;
// for the products, query heads are the rows lane / 4 of the tensor core's tile and slots its columns. Which
// numbers of a head it takes for its k-th is free, as long as query and key agree: so that a thread reads 16
// bytes.
template <int lanes, int group> struct WarpSums {
    static constexpr int rowsAtOnce = 32 / lanes, most = 32; // slots of a tile
    uint4 query[lanes / 4];
    float output[group][8] = {};
    float highest = -INFINITY, weight = 0; // of head lane / 4, of this thread's slots

    __device__ void begin(const Attention& a) {
        const int lane = threadIdx.x % 32, pieces = a.shape.headDim / 8;
        const auto* from = reinterpret_cast<const uint4*>(a.room) + lane / 4 * pieces;
#pragma unroll
        for (int i = 0; i < lanes / 4; ++i)
            query[i] = i * 4 + lane % 4 < pieces ? from[i * 4 + lane % 4] : uint4{};
    }

    // Weights of the tile's slots to `shared` [slots, mostGroup]; behind them what the sums so far shrink by.
    __device__ void weigh(const uint4* keys, int pieces, int slots, int count, float* shared) {
        const int lane = threadIdx.x % 32;
        float2 logit[most / 8];
        float top = -INFINITY;
#pragma unroll
        for (int eight = 0; eight < most / 8; ++eight) {
            logit[eight] = {0, 0};
            if (eight * 8 >= count)
                continue;
            const uint4* row = keys + (eight * 8 + lane / 4) * pieces;
#pragma unroll
            for (int i = 0; i < lanes / 4; ++i) {
                const uint4 key = row[min(i * 4 + lane % 4, pieces - 1)];
                multiplyAddSmall(logit[eight], query[i].x, query[i].y, key.x, key.y);
                multiplyAddSmall(logit[eight], query[i].z, query[i].w, key.z, key.w);
            }
        }
#pragma unroll
        for (int eight = 0; eight < most / 8; ++eight) {
            const int slot = eight * 8 + lane % 4 * 2;
            logit[eight].x = slot < count ? logit[eight].x * log2OfE : -INFINITY;
            logit[eight].y = slot + 1 < count ? logit[eight].y * log2OfE : -INFINITY;
            top = fmaxf(top, fmaxf(logit[eight].x, logit[eight].y));
        }
        top = fmaxf(top, __shfl_xor_sync(0xFFFFFFFF, top, 1));
        top = fmaxf(top, __shfl_xor_sync(0xFFFFFFFF, top, 2));
        top = fmaxf(top, highest);
        const float shrink = exp2f(highest - top);
        highest = top;
        weight *= shrink;
#pragma unroll
        for (int eight = 0; eight < most / 8; ++eight) {
            const int slot = eight * 8 + lane % 4 * 2;
            if (slot >= count)
                break;
            const float x = exp2f(logit[eight].x - top), y = exp2f(logit[eight].y - top);
            weight += x + y;
            shared[slot * mostGroup + lane / 4] = x;
            shared[(slot + 1) * mostGroup + lane / 4] = y;
        }
        if (lane % 4 == 0)
            shared[slots * mostGroup + lane / 4] = shrink;
        __syncwarp();
    }

    __device__ void add(const uint4* values, int pieces, int slots, int count, const float* shared) {
        const int lane = threadIdx.x % 32, piece = lane % lanes;
#pragma unroll
        for (int head = 0; head < group; ++head) {
            const float shrink = shared[slots * mostGroup + head];
#pragma unroll
            for (int j = 0; j < 8; ++j)
                output[head][j] *= shrink;
        }
        if (piece >= pieces)
            return;
#pragma unroll 4
        for (int slot = lane / lanes; slot < count; slot += rowsAtOnce) {
            const Eight value = widened(values[slot * pieces + piece]);
#pragma unroll
            for (int head = 0; head < group; ++head) {
                const float share = shared[slot * mostGroup + head];
#pragma unroll
                for (int j = 0; j < 8; ++j)
                    output[head][j] = fmaf(share, value.value[j], output[head][j]);
            }
        }
    }

    // To outputs [group, head_dim] and weights [mostGroup] of the warp.
    __device__ void end(float* outputs, float2* weights, int heads, int pieces) {
        const int lane = threadIdx.x % 32;
        weight += __shfl_xor_sync(0xFFFFFFFF, weight, 1);
        weight += __shfl_xor_sync(0xFFFFFFFF, weight, 2);
        if (lane % 4 == 0)
            weights[lane / 4] = {highest, weight};
        __syncwarp(); // `outputs` is where the weights of slots were
#pragma unroll
        for (int head = 0; head < group; ++head) {
            Eight sum;
#pragma unroll
            for (int j = 0; j < 8; ++j) {
                sum.value[j] = output[head][j];
#pragma unroll
                for (int step = lanes; step < 32; step *= 2)
                    sum.value[j] += __shfl_xor_sync(0xFFFFFFFF, sum.value[j], step);
            }
            if (head < heads && lane < pieces)
                store(outputs + (head * pieces + lane) * 8, sum);
        }
    }
};

// The block's part of a KV head: what its warps found, added up in their order.
__device__ inline void mergeWarps(const Attention& a, int kvHead) {
    const AttentionRoom room(a.shape.headDim, a.group());
    const auto* weights = reinterpret_cast<const float2*>(a.room + room.weights);
    const auto* outputs = reinterpret_cast<const float*>(a.room + room.outputs);
    const int dim = a.shape.headDim, numbers = a.group() * dim;
    const std::int64_t part = a.partOf(kvHead, blockIdx.x);
    for (int i = threadIdx.x; i < numbers; i += readerThreads) {
        const int head = i / dim;
        float highest = -INFINITY, weight = 0, sum = 0;
#pragma unroll
        for (int warp = 0; warp < readers; ++warp)
            highest = fmaxf(highest, weights[warp * mostGroup + head].x);
#pragma unroll
        for (int warp = 0; warp < readers; ++warp) {
            const float2 its = weights[warp * mostGroup + head];
            const float share = exp2f(its.x - highest);
            weight = fmaf(share, its.y, weight);
            sum = fmaf(share, outputs[warp * numbers + i], sum);
        }
        a.scratch.parts[part * dim + i] = sum;
        if (i % dim == 0)
            a.scratch.weights[part + head] = {highest, weight};
    }
}

// Some tiles of one head: `first` is where the block's tiles begin, so that warps take turns.
template <int lanes, int group>
__device__ void attendTiles(const Attention& a, Ring& ring, Range mine, int first) {
    const AttentionRoom room(a.shape.headDim, a.group());
    const int warp = threadIdx.x / 32, pieces = a.shape.headDim / 8, slots = tileSlots(a.shape.headDim);
    const int ofWarp = (room.bytes - room.outputs) / readers;
    auto* shared = reinterpret_cast<float*>(a.room + room.outputs + warp * ofWarp);
    auto* outputs = reinterpret_cast<float*>(a.room + room.outputs) + warp * a.group() * a.shape.headDim;
    auto* weights = reinterpret_cast<float2*>(a.room + room.weights) + warp * mostGroup;
    WarpSums<lanes, group> sums;
    sums.begin(a);
    for (int tile = mine.begin; tile < mine.end; ++tile) {
        // Also for tiles of others, so that no warp is a round of the ring ahead of a stage.
        ring.await();
        if ((tile - first) % readers == warp) {
            const int count = min(slots, int(a.slot) - tile % a.tiles.ofHead * slots);
            const uint4* keys = reinterpret_cast<const uint4*>(ring.data());
            sums.weigh(keys, pieces, slots, count, shared);
            sums.add(keys + slots * pieces, pieces, slots, count, shared);
        }
        ring.release();
    }
    syncReaders(); // a warp's outputs may lie where another had its weights
    sums.end(outputs, weights, a.group(), pieces);
}

// A head's parts in the blocks' order, the new slot last. What the loads wait for is the same for all of
// them: none of it is what another gave.
__device__ inline void combineHead(const Attention& a, int kvHead) {
    const int dim = a.shape.headDim, group = a.group(), numbers = group * dim;
    const Range blocks = a.tiles.blocksOf(kvHead);
    const int count = blocks.end - blocks.begin;
    const std::int64_t first = a.partOf(kvHead, blocks.begin), fresh = a.partOf(kvHead, gridDim.x);
    for (int i = threadIdx.x; i < numbers; i += readerThreads) {
        const int head = i / dim;
        const float2* weights = a.scratch.weights + first + head;
        const float* parts = a.scratch.parts + first * dim + i;
        const float2 own = __ldcg(a.scratch.weights + fresh + head);
        const float ownPart = __ldcg(a.scratch.parts + fresh * dim + i);
        float highest = own.x, weight = 0, sum = 0;
#pragma unroll 8
        for (int block = 0; block < count; ++block)
            highest = fmaxf(highest, __ldcg(weights + block * group).x);
#pragma unroll 8
        for (int block = 0; block < count; ++block) {
            const float2 its = __ldcg(weights + block * group);
            const float share = exp2f(its.x - highest);
            weight = fmaf(its.y, share, weight);
            sum = fmaf(__ldcg(parts + block * numbers), share, sum);
        }
        const float share = exp2f(own.x - highest);
        weight = fmaf(own.y, share, weight);
        sum = fmaf(ownPart, share, sum);
        a.scratch.attended[kvHead * numbers + i] = narrowed(sum / weight);
    }
}

} // namespace kvprism::kernels::decode
