// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/column_few_rows.h"
#include "engine/kernels/device_limits.h"
#include "engine/kernels/hopper.cuh"
#include "engine/kernels/number.h"
#include "engine/kernels/numbers.cuh"
#include "engine/kernels/tensor_map.h"

#include <algorithm>
#include <cmath>

namespace kvprism::kernels {

namespace {

constexpr int readers = 3; // warpgroups that multiply, each a tile of keys in turn; one more fetches
constexpr int tileKeys = 64;
constexpr int threads = (readers + 1) * 128;
constexpr int mostColumns = 512, mostStages = 3 * readers;
constexpr int roomForTheRest = 512; // bytes of shared memory: barriers, and which row a column is

// A column is a row of one query head of the group; a head has a whole number of eights, as swizzling wants.
struct Plan {
    int rowsOfHead = 0; // padded
    int columns = 0;    // of all heads of a group
    int chunk = 0;      // columns that are multiplied at a time
    int chunks = 0;
    int buffers = 0; // for the columns of one KV head: two, so that the next one's come in meanwhile
    // For tiles of keys, a multiple of the readers: what one reader waits for in a stage is what it has
    // emptied there. A barrier tells two turns apart, not three, and copies do not arrive in their order.
    int stages = 0;
    int tiles = 0; // of keys, of one head

    __host__ __device__ int room() const { return chunk * chunks; } // columns, with what fills the last chunk
    int columnBytes(int headDim) const { return buffers * room() * (2 * headDim + int(sizeof(float))); }
};

__host__ __device__ constexpr int stageBytes(int headDim) {
    return tileKeys * headDim * 2;
}

Plan planOf(const ColumnScores& in, int sharedBytes) {
    Plan plan;
    plan.rowsOfHead = (in.rows + fewRowsOfPlace - 1) / fewRowsOfPlace * fewRowsOfPlace;
    plan.columns = plan.rowsOfHead * (in.queryHeads / in.kvHeads);
    if (plan.columns > mostColumns)
        return {};
    const auto whole = [&](int chunk) { return (plan.columns + chunk - 1) / chunk; };
    plan.chunk = 64 * whole(64) < 128 * whole(128) ? 64 : 128;
    plan.chunks = whole(plan.chunk);
    plan.tiles = (in.keyCount + tileKeys - 1) / tileKeys;
    for (plan.buffers = 2; plan.buffers > 0; --plan.buffers) {
        const int left = sharedBytes - roomForTheRest - plan.columnBytes(in.headDim);
        plan.stages = std::min(mostStages, left / stageBytes(in.headDim) / readers * readers);
        if (plan.stages > 0)
            return plan;
    }
    return {};
}

// Where things are in shared memory.
template <int headDim> struct Layout {
    const Plan& plan;
    unsigned char* memory;

    static constexpr int parts = headDim / 64;                      // of a swizzled row
    __device__ unsigned char* columns(int buffer, int part) const { // [room][64] bf16
        return memory + (buffer * parts + part) * plan.room() * 128;
    }
    __device__ unsigned char* keys(int stage, int part) const { // [tileKeys][64] bf16
        return columns(plan.buffers, 0) + (stage * parts + part) * tileKeys * 128;
    }
    __device__ float* lse2(int buffer) const { // [room]
        return reinterpret_cast<float*>(keys(plan.stages, 0)) + buffer * plan.room();
    }
    __device__ std::uint64_t* barriers() const {
        return reinterpret_cast<std::uint64_t*>(lse2(plan.buffers));
    }
    __device__ std::uint64_t* keysFull(int stage) const { return barriers() + stage; }
    __device__ std::uint64_t* keysEmpty(int stage) const { return barriers() + mostStages + stage; }
    __device__ std::uint64_t* columnsFull(int buffer) const { return barriers() + 2 * mostStages + buffer; }
    __device__ std::uint64_t* columnsEmpty(int buffer) const {
        return barriers() + 2 * mostStages + 2 + buffer;
    }
    __device__ int* firstRows() const { // row of every eighth column [room / 8]
        return reinterpret_cast<int*>(barriers() + 2 * mostStages + 4);
    }
};
static_assert((2 * mostStages + 4) * sizeof(std::uint64_t) + mostColumns / 8 * sizeof(int) <= roomForTheRest);

// The tiles of this thread block, of all heads in a row: every block has as many.
struct Share {
    int head, tile; // the first one
    int count;
    __device__ Share(const ColumnScores& in, const Plan& plan) {
        const std::int64_t all = std::int64_t(in.kvHeads) * plan.tiles;
        const std::int64_t begin = all * blockIdx.x / gridDim.x, end = all * (blockIdx.x + 1) / gridDim.x;
        head = static_cast<int>(begin / plan.tiles);
        tile = static_cast<int>(begin % plan.tiles);
        count = static_cast<int>(end - begin);
    }
};

template <int headDim>
__device__ void fetch(const Layout<headDim>& layout, const CUtensorMap* queryMap, const CUtensorMap* keyMap,
                      const ColumnScores& in, const Share& share) {
    const Plan& plan = layout.plan;
    const int group = in.queryHeads / in.kvHeads;
    RingPlace keyRing{0, 1}, columnRing{0, 1}; // empty rings can be filled at once
    int head = share.head, tile = share.tile;
    for (int left = share.count; left > 0; ++head, tile = 0) {
        std::uint64_t* full = layout.columnsFull(columnRing.stage);
        wait(layout.columnsEmpty(columnRing.stage), columnRing.parity);
        arriveExpecting(full, plan.columns * (headDim * 2 + 4));
        for (int of = 0; of < group; ++of) {
            const int queryHead = head * group + of, column = of * plan.rowsOfHead;
            for (int part = 0; part < headDim / 64; ++part)
                loadBox(layout.columns(columnRing.stage, part) + column * 128, queryMap, part * 64, queryHead,
                        0, full);
            loadBytes(layout.lse2(columnRing.stage) + column, in.lse2 + queryHead * in.lseStride,
                      plan.rowsOfHead * sizeof(float), full);
        }
        columnRing.next(plan.buffers);
        for (; tile < plan.tiles && left > 0; ++tile, --left) {
            wait(layout.keysEmpty(keyRing.stage), keyRing.parity);
            arriveExpecting(layout.keysFull(keyRing.stage), stageBytes(headDim));
            for (int part = 0; part < headDim / 64; ++part)
                loadBox(layout.keys(keyRing.stage, part), keyMap, part * 64, tile * tileKeys, head,
                        layout.keysFull(keyRing.stage));
            keyRing.next(plan.stages);
        }
    }
}

// What one thread has found of one key.
template <bool peak> struct Found {
    float value = peak ? -INFINITY : 0.0f;
    float odd = 0;  // sums: of odd columns
    int eighth = 0; // peaks: the columns that had it

    __device__ void add(float x, float y, int at) {
        if constexpr (peak) {
            const float larger = fmaxf(x, y);
            if (larger > value) {
                value = larger;
                eighth = at;
            }
        } else {
            value += exp2Fast(x);
            odd += exp2Fast(y);
        }
    }
    // With the other three lanes that have seen other columns of the same key.
    __device__ void join() {
        if constexpr (!peak)
            value += odd;
#pragma unroll
        for (int step = 1; step < 4; step *= 2) {
            const float other = __shfl_xor_sync(0xFFFFFFFF, value, step);
            const int at = __shfl_xor_sync(0xFFFFFFFF, eighth, step);
            if constexpr (!peak) {
                value += other;
            } else if (other > value || (other == value && at < eighth)) {
                value = other;
                eighth = at;
            }
        }
    }
};

// A warp's 16 keys as the left operand of the products, from a swizzled tile.
template <int headDim>
__device__ void loadKeys(std::uint32_t (&keys)[headDim / 16][4], const Layout<headDim>& layout, int stage) {
    const int lane = threadIdx.x % 32, row = threadIdx.x % 128 / 32 * 16 + lane % 16;
#pragma unroll
    for (int k = 0; k < headDim / 16; ++k) {
        const int eight = (k % 4 * 2 + lane / 16) ^ (row % 8);
        loadFourMatrices(keys[k], layout.keys(stage, k / 4) + row * 128 + eight * 16);
    }
}

// A tile of keys by all columns; `seen`: the first row that sees each of the thread's two.
template <int headDim, int chunk, bool peak, bool masked>
__device__ void addTile(Found<peak> (&found)[2], const Layout<headDim>& layout,
                        const std::uint32_t (&keys)[headDim / 16][4], int buffer, float scale2,
                        const int (&seen)[2]) {
    const int lane = threadIdx.x % 32;
    for (int first = 0; first < layout.plan.room(); first += chunk) {
        float logits[chunk / 2];
        beginProducts();
#pragma unroll
        for (int k = 0; k < headDim / 16; ++k)
            multiplyAdd(logits, keys[k],
                        tileDescriptor(layout.columns(buffer, k / 4) + first * 128) + 2 * (k % 4), k > 0);
        commitProducts();
        awaitProducts();
        const float2* lse2 = reinterpret_cast<const float2*>(layout.lse2(buffer) + first) + lane % 4;
#pragma unroll
        for (int j = 0; j < chunk / 8; ++j) {
            const float2 lse = lse2[4 * j];
            const int row = masked ? layout.firstRows()[first / 8 + j] + 2 * (lane % 4) : 0;
#pragma unroll
            for (int half = 0; half < 2; ++half) {
                float x = fmaf(logits[4 * j + 2 * half], scale2, -lse.x);
                float y = fmaf(logits[4 * j + 2 * half + 1], scale2, -lse.y);
                if (masked) {
                    x = row >= seen[half] ? x : -INFINITY;
                    y = row + 1 >= seen[half] ? y : -INFINITY;
                }
                found[half].add(x, y, first / 8 + j);
            }
        }
    }
}

template <int headDim, int chunk, bool peak>
__device__ void multiply(const Layout<headDim>& layout, const ColumnScores& in, const Share& share,
                         float* values, std::int32_t* place) {
    const Plan& plan = layout.plan;
    const int reader = threadIdx.x / 128, lane = threadIdx.x % 32;
    const int inTile = threadIdx.x % 128 / 32 * 16 + lane / 4;
    const int shift = in.past - in.exclusion + in.firstRow; // key j is seen from row j − shift on
    const float scale2 = in.scale * log2OfE;
    RingPlace keyRing, columnRing;
    int head = share.head, tile = share.tile, turn = 0;
    for (int left = share.count; left > 0; ++head, tile = 0) {
        wait(layout.columnsFull(columnRing.stage), columnRing.parity);
        for (; tile < plan.tiles && left > 0; ++tile, --left, keyRing.next(plan.stages)) {
            const bool mine = turn == reader;
            turn = turn + 1 == readers ? 0 : turn + 1;
            if (!mine)
                continue;
            const int key = tile * tileKeys + inTile;
            const int seen[2] = {key - shift, key + 8 - shift};
            std::uint32_t keys[headDim / 16][4];
            waitTogether(layout.keysFull(keyRing.stage), keyRing.parity);
            loadKeys(keys, layout, keyRing.stage);
            arrive(layout.keysEmpty(keyRing.stage)); // each for itself: nothing else says that it has read
            Found<peak> found[2];
            if (tile * tileKeys + tileKeys - 1 <= shift)
                addTile<headDim, chunk, peak, false>(found, layout, keys, columnRing.stage, scale2, seen);
            else
                addTile<headDim, chunk, peak, true>(found, layout, keys, columnRing.stage, scale2, seen);
#pragma unroll
            for (int half = 0; half < 2; ++half) {
                found[half].join();
                if (lane % 4 != 0 || key + 8 * half >= in.keyCount)
                    continue;
                const std::int64_t at = std::int64_t(head) * in.keyCount + key + 8 * half;
                if constexpr (peak) {
                    values[at] = found[half].value;
                    place[at] = found[half].eighth;
                } else {
                    values[at] += found[half].value;
                }
            }
        }
        arrive(layout.columnsEmpty(columnRing.stage));
        columnRing.next(plan.buffers);
    }
}

// What no copy fills: columns behind the last weigh nothing. And which row a column is.
template <int headDim> __device__ void prepare(const Layout<headDim>& layout) {
    const Plan& plan = layout.plan;
    const int behind = plan.room() - plan.columns;
    for (int buffer = 0; buffer < plan.buffers; ++buffer) {
        for (int i = threadIdx.x; i < behind; i += threads)
            layout.lse2(buffer)[plan.columns + i] = INFINITY;
        for (int part = 0; part < headDim / 64; ++part)
            for (int i = threadIdx.x; i < behind * 8; i += threads)
                reinterpret_cast<uint4*>(layout.columns(buffer, part) + plan.columns * 128)[i] =
                    make_uint4(0, 0, 0, 0);
    }
    for (int i = threadIdx.x; i < plan.room() / 8; i += threads)
        layout.firstRows()[i] = i * 8 % plan.rowsOfHead;
    if (threadIdx.x == 0) {
        for (int stage = 0; stage < plan.stages; ++stage) {
            initBarrier(layout.keysFull(stage), 1);
            initBarrier(layout.keysEmpty(stage), 128); // one reader's threads
        }
        for (int buffer = 0; buffer < plan.buffers; ++buffer) {
            initBarrier(layout.columnsFull(buffer), 1);
            initBarrier(layout.columnsEmpty(buffer), readers * 128);
        }
        asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
    }
    fenceForProducts();
}

template <int headDim, int chunk, bool peak>
__global__ void __launch_bounds__(threads, 1)
    fewRows(const __grid_constant__ CUtensorMap queryMap, const __grid_constant__ CUtensorMap keyMap,
            const __grid_constant__ ColumnScores in, const __grid_constant__ Plan plan, float* values,
            std::int32_t* place) {
    extern __shared__ __align__(1024) unsigned char memory[];
    const Layout<headDim> layout{plan, memory};
    const Share share(in, plan);
    prepare(layout);
    __syncthreads();
    if (threadIdx.x >= readers * 128) {
        shrinkRegisters<32>();
        if (threadIdx.x == readers * 128)
            fetch<headDim>(layout, &queryMap, &keyMap, in, share);
    } else {
        growRegisters<160>();
        multiply<headDim, chunk, peak>(layout, in, share, values, place);
    }
}

template <int headDim, int chunk, bool peak>
Launched launch(const ColumnScores& in, const Plan& plan, int processors, float* values, std::int32_t* place,
                Stream stream) {
    CUtensorMap queryMap, keyMap;
    const TensorMapShape query{
        .sizes = {std::uint64_t(headDim), std::uint64_t(in.queryHeads), std::uint64_t(in.rows)},
        .box = {64, 1, std::uint32_t(plan.rowsOfHead)}};
    const TensorMapShape keys{
        .sizes = {std::uint64_t(headDim), std::uint64_t(in.capacity), std::uint64_t(in.kvHeads)},
        .box = {64, tileKeys, 1}};
    if (const Launched made = encodeSwizzled(&queryMap, in.query, query); !made.ok())
        return made;
    if (const Launched made = encodeSwizzled(&keyMap, in.keys, keys); !made.ok())
        return made;
    const int bytes = plan.columnBytes(headDim) + plan.stages * stageBytes(headDim) + roomForTheRest;
    const auto kernel = fewRows<headDim, chunk, peak>;
    if (const cudaError_t error =
            cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes))
        return {error};
    const auto blocks =
        static_cast<unsigned>(std::min<std::int64_t>(processors, std::int64_t(in.kvHeads) * plan.tiles));
    kernel<<<blocks, threads, bytes, stream>>>(queryMap, keyMap, in, plan, values, place);
    return {cudaGetLastError()};
}

template <bool peak> Launched run(const ColumnScores& in, float* values, std::int32_t* place, Stream stream) {
    const DeviceLimits device = currentDeviceLimits();
    const Plan plan = planOf(in, device.sharedBytes);
    const auto of = plan.chunk == 64 ? (in.headDim == 64 ? launch<64, 64, peak> : launch<128, 64, peak>)
                                     : (in.headDim == 64 ? launch<64, 128, peak> : launch<128, 128, peak>);
    return of(in, plan, device.processors, values, place, stream);
}

} // namespace

bool fewRowsTake(const ColumnScores& in, int sharedBytes) {
    return in.rows <= columnScoreRows && planOf(in, sharedBytes).stages > 0;
}

Launched fewRowPeaks(const ColumnScores& in, float* best, std::int32_t* place, Stream stream) {
    return run<true>(in, best, place, stream);
}

Launched addFewRowSums(const ColumnScores& in, float* sums, Stream stream) {
    return run<false>(in, sums, nullptr, stream);
}

} // namespace kvprism::kernels
