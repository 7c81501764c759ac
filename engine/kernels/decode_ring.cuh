// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/decode_plan.cuh"
#include "engine/kernels/hopper.cuh"

// The ring of stages in shared memory, and the warp that fills it: everything that a block will read of
// weights, keys and values, in the order in which it will be read.
namespace kvprism::kernels::decode {

struct Ring {
    unsigned char* memory;
    std::uint64_t *full, *empty; // [stages]
    int stages;
    RingPlace at;

    __device__ Ring(unsigned char* shared, const Plan& plan)
        : memory(shared), full(reinterpret_cast<std::uint64_t*>(shared + plan.barriers)),
          empty(full + mostStages), stages(plan.stages) {}
    __device__ unsigned char* data() const { return memory + at.stage * stageBytes; }
    __device__ void advance() { at.next(stages); }
    // Of the warp that fetches:
    __device__ void begin(std::uint32_t bytes) {
        wait(&empty[at.stage], at.parity ^ 1);
        arriveExpecting(&full[at.stage], bytes);
    }
    __device__ void load(std::uint32_t offset, const void* from, std::uint32_t bytes) {
        loadBytes(data() + offset, from, bytes, &full[at.stage]);
    }
    // Of each warp that reads:
    __device__ void await() { wait(&full[at.stage], at.parity); }
    __device__ void release() {
        arrive(&empty[at.stage]); // each for itself: nothing else says that it has read
        advance();
    }
};

// Rows of a matrix, or pairs of them, `apart` rows between the two: of a stage's pairs the first rows, then
// their others.
__device__ inline void fetchRows(Ring& ring, const std::uint16_t* matrix, Range range, int columns,
                                 bool pairs, int apart) {
    const int perRow = linesOfRow(columns, pairs), unitsOfStage = lines / perRow / (pairs ? 2 : 1);
    const int widest = perRow * lineColumns; // of several rows, each is whole
    for (int unit = range.begin; unit < range.end; unit += unitsOfStage) {
        const int units = min(unitsOfStage, range.end - unit);
        const std::uint16_t* row = matrix + std::int64_t(unit) * columns;
        for (int column = 0; column < columns; column += widest) {
            const int width = min(widest, columns - column), bytes = units * width * 2;
            ring.begin(pairs ? 2 * bytes : bytes);
            ring.load(0, row + column, bytes);
            if (pairs)
                ring.load(unitsOfStage * width * 2, row + std::int64_t(apart) * columns + column, bytes);
            ring.advance();
        }
    }
}

__device__ inline void fetchSlots(Ring& ring, const DecodeShape& shape, const DecodeLayer& layer,
                                  const SlotTiles& tiles, int used) {
    const Range mine = tiles.mine();
    const int slots = tileSlots(shape.headDim);
    for (int tile = mine.begin; tile < mine.end; ++tile) {
        const int first = tile % tiles.ofHead * slots, bytes = min(slots, used - first) * shape.headDim * 2;
        const std::int64_t from = (tile / tiles.ofHead * shape.capacity + first) * shape.headDim;
        ring.begin(2 * bytes);
        ring.load(0, layer.keys + from, bytes);
        ring.load(slots * shape.headDim * 2, layer.values + from, bytes);
        ring.advance();
    }
}

// One thread's work.
__device__ inline void fetchAll(Ring ring, const DecodeToken& in, int used) {
    const DecodeShape& shape = in.shape;
    const SlotTiles tiles(shape, used);
    const int end = shape.layers * stepsOfLayer;
    DecodeLayer layer;
    for (int turn = 0; turn <= end; ++turn) {
        const int step = turn == end ? stepHead : turn % stepsOfLayer;
        if (step == stepQueryKeyValue)
            layer = in.layers[turn / stepsOfLayer];
        const std::uint16_t* matrix = step == stepQueryKeyValue ? layer.queryKeyValue
                                      : step == stepOutput      ? layer.attentionOutput
                                      : step == stepGateUp      ? layer.gateUp
                                      : step == stepDown        ? layer.down
                                                                : in.head;
        fetchRows(ring, matrix, share(unitsOf(shape, step), turn), columnsOf(shape, step), step == stepGateUp,
                  shape.feedForward);
        if (step == stepQueryKeyValue)
            fetchSlots(ring, shape, layer, tiles, used);
    }
}

} // namespace kvprism::kernels::decode
