// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/decode_token.h"

// How decode_token.cu divides its work, for those who fetch and those who multiply alike.
namespace kvprism::kernels::decode {

constexpr int readers = 8; // warps that multiply
constexpr int readerThreads = readers * 32;
// and those of the one that fetches: registers change hands by whole groups of four warps
constexpr int threads = readerThreads + 128;

// Matrices come in stages of whole rows, or of a piece of one, as they lie in memory: the copy engine is at
// its best only with pieces of many kilobytes. A stage has four lines, each of as many numbers as the readers
// take eight each; a row has as many lines as it needs, up to four, or two where both rows of a pair share
// the stage.
constexpr int lines = 4, lineColumns = readerThreads * 8;
constexpr int stageBytes = lines * lineColumns * 2;
constexpr int groupRows = 4; // whose sums a warp adds up together
__host__ __device__ inline int linesOfRow(int columns, bool pairs) {
    return columns <= lineColumns ? 1 : columns <= 2 * lineColumns || pairs ? 2 : 4;
}
constexpr int mostStages = 16;
constexpr int passGroups = 16; // after which the rows' sums are finished
constexpr int mostGroup = 8;   // query heads of a KV head: the columns of a tensor core's small product
constexpr int mostHiddenPieces = 4, mostHidden = mostHiddenPieces * lineColumns; // of a thread's numbers
constexpr int mostPieces = 3, mostColumns = mostPieces * lines * lineColumns;    // of a row's stages

// Keys of one head and their values that share a stage.
__host__ __device__ inline int tileSlots(int headDim) {
    const int slots = stageBytes / (4 * headDim) / 8 * 8;
    return slots < 32 ? slots : 32;
}

struct Range {
    int begin, end;
};

// This block's share of `units`; `turn` varies who gets one more.
__device__ inline Range share(int units, int turn) {
    const std::int64_t blocks = gridDim.x, block = (blockIdx.x + turn) % blocks;
    return {int(units * block / blocks), int(units * (block + 1) / blocks)};
}

enum Step { stepQueryKeyValue, stepOutput, stepGateUp, stepDown, stepsOfLayer, stepHead = stepsOfLayer };

// The matrix of a step: its columns, and its rows or pairs of them.
__device__ inline int columnsOf(const DecodeShape& shape, int step) {
    return step == stepOutput ? shape.queryHeads * shape.headDim
           : step == stepDown ? shape.feedForward
                              : shape.hidden;
}
__device__ inline int unitsOf(const DecodeShape& shape, int step) {
    return step == stepQueryKeyValue ? (shape.queryHeads + 2 * shape.kvHeads) * shape.headDim
           : step == stepGateUp      ? shape.feedForward
           : step == stepHead        ? shape.vocabulary
                                     : shape.hidden;
}

// Tiles of all heads' slots [0, used), dealt out in equal runs.
struct SlotTiles {
    int ofHead, ofBlock, all;
    __device__ SlotTiles(const DecodeShape& shape, int used)
        : ofHead((used + tileSlots(shape.headDim) - 1) / tileSlots(shape.headDim)),
          all(ofHead * shape.kvHeads) {
        ofBlock = (all + int(gridDim.x) - 1) / int(gridDim.x);
    }
    __device__ Range mine() const {
        const int begin = min(all, int(blockIdx.x) * ofBlock);
        return {begin, min(all, begin + ofBlock)};
    }
    // Blocks [begin, end) that have tiles of a head.
    __device__ Range blocksOf(int head) const {
        if (ofHead == 0)
            return {0, 0};
        return {head * ofHead / ofBlock, ((head + 1) * ofHead - 1) / ofBlock + 1};
    }
};

// Device memory that blocks hand each other their results in.
struct Scratch {
    float* hidden;            // [hidden]
    std::uint16_t* projected; // [(query_heads + 2·kv_heads)·head_dim]
    std::uint16_t* attended;  // [query_heads·head_dim]
    std::uint16_t* product;   // [feed_forward]
    // Of each KV head, each block and, last, of the new slot: sums over some slots of exp2(logit − most)·v,
    // then most and the sum of exp2(logit − most).
    float* parts;     // [kv_heads, blocks + 1, group, head_dim]
    float2* weights;  // [kv_heads, blocks + 1, group]
    float2* best;     // [blocks]: logit, and the bits of its id
    unsigned* counts; // [countsBefore + kv_heads]: at 0 of the barrier, at countOfEnd of blocks at the end
};
constexpr int countOfEnd = 32, countsBefore = 64; // in lines of their own

// Where things are in shared memory, in bytes: the ring is at 0.
struct Plan {
    int stages, barriers, turns, exchange, layers, work, bytes;
};

} // namespace kvprism::kernels::decode
