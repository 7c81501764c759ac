// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/decode_attention.cuh"
#include "engine/kernels/device_limits.h"

#include <algorithm>
#include <cuda_runtime.h>

namespace kvprism::kernels {

namespace decode {

namespace {

// All blocks, or those that have something the others wait for; `target` grows with what is to be counted.
class GridBarrier {
  public:
    __device__ explicit GridBarrier(unsigned* count) : m_count(count) {}
    __device__ void arrive() { // behind syncReaders(), of one thread
        asm volatile("red.release.gpu.global.add.u32 [%0], 1;" ::"l"(m_count) : "memory");
    }
    __device__ void await(unsigned arrivals) {
        m_target += arrivals;
        if (threadIdx.x == 0) {
            unsigned count;
            do
                asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(count) : "l"(m_count) : "memory");
            while (count < m_target);
        }
        syncReaders();
    }
    __device__ void sync() {
        syncReaders();
        if (threadIdx.x == 0)
            arrive();
        await(gridDim.x);
    }

  private:
    unsigned* m_count;
    unsigned m_target = 0;
};

// One more at `count`, of the whole block; true for the last of `all`, which then sees what the others wrote.
__device__ bool isLast(unsigned* count, unsigned all, float* exchange) {
    syncReaders();
    if (threadIdx.x == 0) {
        unsigned before;
        asm volatile("atom.acq_rel.gpu.global.add.u32 %0, [%1], 1;" : "=r"(before) : "l"(count) : "memory");
        exchange[0] = before + 1 == all ? 1.0f : 0.0f;
        if (before + 1 == all)
            *count = 0;
    }
    syncReaders();
    const bool last = exchange[0] != 0;
    syncReaders();
    return last;
}

struct Best {
    float logit = -INFINITY;
    int id = 0x7FFFFFFF; // of nothing but NaN: none
    __device__ void add(float other, int otherId) {
        if (other > logit || (other == logit && otherId < id)) {
            logit = other;
            id = otherId;
        }
    }
    __device__ void addWarp() {
#pragma unroll
        for (int step = 16; step > 0; step /= 2) {
            const float other = __shfl_xor_sync(0xFFFFFFFF, logit, step);
            add(other, __shfl_xor_sync(0xFFFFFFFF, id, step));
        }
    }
};

// The warps that multiply, through the layers. `lanes`, `group`: of WarpSums.
template <int lanes, int group> class Reader {
  public:
    __device__ Reader(unsigned char* shared, const DecodeToken& in, const Plan& plan, const Scratch& scratch,
                      const DecodeState& state)
        : m_in(in), m_shape(in.shape), m_scratch(scratch), m_state(state), m_ring(shared, plan),
          m_barrier(scratch.counts), m_tiles(in.shape, state.slot), m_room(shared + plan.work),
          m_turns(reinterpret_cast<const float2*>(shared + plan.turns)),
          m_exchange(reinterpret_cast<float*>(shared + plan.exchange)),
          m_layers(reinterpret_cast<DecodeLayer*>(shared + plan.layers)), m_sums{reinterpret_cast<float*>(
                                                                              m_room)} {}

    // Every product is one of this loop's: it is compiled for each way in which rows may lie in stages.
    __device__ void run() {
        takeLayer(0);
        syncReaders();
        const int end = m_shape.layers * stepsOfLayer;
        for (int turn = 0; turn <= end; ++turn) {
            const int index = turn / stepsOfLayer, step = turn == end ? stepHead : turn % stepsOfLayer;
            const DecodeLayer& layer = m_layers[index % 2];
            const RowLines rows(columnsOf(m_shape, step), step == stepGateUp);
            Vector x;
            takeInput(x, rows, layer, step, turn == 0);
            multiplyRows(m_ring, m_sums, x, rows, step == stepGateUp, share(unitsOf(m_shape, step), turn),
                         Task{*this, layer, step, turn < stepsOfLayer});
            if (step == stepQueryKeyValue) {
                m_barrier.sync();
                takeLayer(index + 1); // its place was the layer's before
                attend(layer);
                m_barrier.await(m_shape.kvHeads);
            } else if (step == stepGateUp) {
                m_barrier.sync();
            } // the others' is in takeHidden()
        }
        choose();
    }

  private:
    // What becomes of a product's rows.
    struct Task {
        Reader& reader;
        const DecodeLayer& layer;
        int step;
        bool inFirstLayer;

        __device__ float before(int row) const {
            if (step == stepQueryKeyValue)
                return layer.queryKeyValueBias ? widened(layer.queryKeyValueBias[row]) : 0.0f;
            if (step == stepOutput && inFirstLayer)
                return widened(reader.embedded()[row]);
            return step == stepOutput || step == stepDown ? __ldcg(reader.m_scratch.hidden + row) : 0.0f;
        }
        __device__ void finish(int row, float sum, float other) const {
            const Scratch& scratch = reader.m_scratch;
            if (step == stepQueryKeyValue) {
                scratch.projected[row] = narrowed(sum + other);
            } else if (step == stepGateUp) { // other: of up
                scratch.product[row] = narrowed(sum / (1.0f + __expf(-sum)) * other);
            } else if (step == stepHead) {
                reader.m_in.logits[row] = sum;
                reader.m_best.add(sum, row);
            } else {
                scratch.hidden[row] = other + sum;
            }
        }
    };

    __device__ void takeInput(Vector& x, const RowLines& rows, const DecodeLayer& layer, int step,
                              bool first) {
        if (step == stepOutput || step == stepDown)
            takeVector(x, step == stepOutput ? m_scratch.attended : m_scratch.product, rows);
        else
            takeHidden(x, rows,
                       step == stepHead            ? m_in.finalNorm
                       : step == stepQueryKeyValue ? layer.attentionNorm
                                                   : layer.feedForwardNorm,
                       first);
    }
    // The residual stream, normalised. Its weights are read before others are waited for.
    __device__ void takeHidden(Vector& x, const RowLines& rows, const float* norm, bool first) {
        const NormWeights weights(norm, m_shape.hidden);
        if (!first)
            m_barrier.sync();
        const std::uint16_t* row = embedded();
        takeNormed(
            x, rows,
            [&](int at) {
                return first ? loadEight(reinterpret_cast<const __nv_bfloat16*>(row + at))
                             : loadFreshEight(m_scratch.hidden + at);
            },
            weights, m_shape.epsilon, m_exchange);
    }
    __device__ const std::uint16_t* embedded() const {
        return m_in.embedding + std::int64_t(m_state.token) * m_shape.hidden;
    }

    // A layer's addresses into shared memory: held in registers, they would leave too few for the products.
    __device__ void takeLayer(int index) {
        constexpr int words = sizeof(DecodeLayer) / sizeof(std::uint64_t);
        if (index < m_shape.layers && int(threadIdx.x) < words)
            reinterpret_cast<std::uint64_t*>(m_layers + index % 2)[threadIdx.x] =
                __ldg(reinterpret_cast<const unsigned long long*>(m_in.layers + index) + threadIdx.x);
    }

    // The new slot of a head, which is for the last blocks, since they have the fewest tiles; then tiles.
    __device__ void attend(const DecodeLayer& layer) {
        const Attention attention{m_shape, layer, m_scratch, m_tiles, m_turns, m_room, m_state.slot};
        const Range mine = m_tiles.mine();
        for (int fresh = int(gridDim.x - 1 - blockIdx.x), tile = mine.begin;
             fresh < m_shape.kvHeads || tile < mine.end;) {
            const bool isNew = fresh < m_shape.kvHeads;
            const int head = isNew ? fresh : tile / m_tiles.ofHead;
            turnHeads(attention, head, isNew);
            syncReaders();
            if (isNew) {
                attendNew(attention, head);
                fresh += int(gridDim.x);
            } else {
                const int end = min(mine.end, (head + 1) * m_tiles.ofHead);
                attendTiles<lanes, group>(attention, m_ring, {tile, end}, mine.begin);
                syncReaders();
                mergeWarps(attention, head);
                tile = end;
            }
            finishHead(attention, head);
        }
    }
    __device__ void finishHead(const Attention& attention, int head) {
        const Range blocks = m_tiles.blocksOf(head);
        const unsigned parts = unsigned(blocks.end - blocks.begin + 1);
        if (!isLast(m_scratch.counts + countsBefore + head, parts, m_exchange))
            return;
        combineHead(attention, head);
        syncReaders();
        if (threadIdx.x == 0)
            m_barrier.arrive();
    }

    __device__ void choose() {
        Best& best = m_best;
        best.addWarp();
        syncReaders(); // a block without rows of the head comes here straight from its norm, which used the
                       // room
        auto* shared = reinterpret_cast<float2*>(m_exchange) + 1;
        if (threadIdx.x % 32 == 0)
            shared[threadIdx.x / 32] = {best.logit, __int_as_float(best.id)};
        syncReaders();
        if (threadIdx.x == 0) {
            for (int warp = 1; warp < readers; ++warp)
                best.add(shared[warp].x, __float_as_int(shared[warp].y));
            m_scratch.best[blockIdx.x] = {best.logit, __int_as_float(best.id)};
        }
        if (isLast(m_scratch.counts + countOfEnd, gridDim.x, m_exchange) && threadIdx.x < 32)
            finishToken();
    }

    // By the last warp there is: nobody waits at the barrier any more, nor reads the state.
    __device__ void finishToken() {
        Best best;
        for (int block = threadIdx.x; block < int(gridDim.x); block += 32) {
            const float2 its = __ldcg(m_scratch.best + block);
            best.add(its.x, __float_as_int(its.y));
        }
        best.addWarp();
        if (threadIdx.x != 0)
            return;
        const int token = best.id < m_shape.vocabulary ? best.id : 0;
        if (m_in.ids && m_state.made < m_in.idsRoom)
            m_in.ids[m_state.made] = token;
        *m_in.state = {token, m_state.slot + 1, m_state.position + 1, m_state.made + 1};
        *m_scratch.counts = 0;
    }

    const DecodeToken& m_in;
    const DecodeShape& m_shape;
    const Scratch& m_scratch;
    const DecodeState m_state;
    Ring m_ring;
    GridBarrier m_barrier;
    const SlotTiles m_tiles;
    unsigned char* m_room;
    const float2* m_turns;
    float* m_exchange;
    DecodeLayer* m_layers; // [2]
    Sums m_sums;
    Best m_best; // of this thread's logits
};

// A processor's quarter has 512 registers a lane for its three warps: those that multiply need what the one
// that fetches can spare.
constexpr int readerRegisters = 232, fetcherRegisters = 40;

template <int lanes, int group>
__global__ void __launch_bounds__(threads, 1)
    decodeKernel(const __grid_constant__ DecodeToken in, const __grid_constant__ Plan plan,
                 const __grid_constant__ Scratch scratch) {
    extern __shared__ __align__(1024) unsigned char shared[];
    const DecodeState state = *in.state;
    if (state.slot < 0 || state.slot >= in.shape.capacity)
        return;
    const Ring ring(shared, plan);
    if (threadIdx.x == 0) {
        for (int stage = 0; stage < plan.stages; ++stage) {
            initBarrier(&ring.full[stage], 1);
            initBarrier(&ring.empty[stage], readerThreads);
        }
        asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
    }
    __syncthreads();
    if (threadIdx.x >= readerThreads) {
        shrinkRegisters<fetcherRegisters>();
        if (threadIdx.x == readerThreads)
            fetchAll(ring, in, state.slot);
        return;
    }
    growRegisters<readerRegisters>();
    auto* turns = reinterpret_cast<float2*>(shared + plan.turns);
    for (int i = threadIdx.x; i < in.shape.headDim / 2; i += readerThreads) {
        double sine, cosine;
        sincos(double(state.position) * in.frequencies[i], &sine, &cosine);
        turns[i] = {float(cosine), float(sine)};
    }
    syncReaders();
    Reader<lanes, group>(shared, in, plan, scratch, state).run();
}

int roundUp(int value, int step) {
    return (value + step - 1) / step * step;
}

// As many stages as there is room for behind the rest.
Plan planOf(const DecodeShape& shape, int sharedBytes) {
    const int products = 2 * passGroups * groupRows * readers * int(sizeof(float));
    const int attention = AttentionRoom(shape.headDim, shape.queryHeads / shape.kvHeads).bytes;
    const int barriers = 2 * mostStages * 8, turns = shape.headDim / 2 * 8, exchange = (readers + 1) * 8,
              layers = 2 * int(sizeof(DecodeLayer));
    const int work = roundUp(std::max(products, attention), 16);
    const int rest = roundUp(barriers + turns + exchange + layers, 16) + work;
    Plan plan;
    plan.stages = std::min(mostStages, (sharedBytes - rest) / stageBytes);
    plan.barriers = plan.stages * stageBytes;
    plan.turns = plan.barriers + barriers;
    plan.exchange = plan.turns + turns;
    plan.layers = plan.exchange + exchange;
    plan.work = roundUp(plan.layers + layers, 16);
    plan.bytes = plan.work + work;
    return plan;
}

// Hands out pieces of the scratch memory, or, from nullptr, counts them.
struct Pieces {
    unsigned char* base;
    std::size_t used = 0;
    template <class T> T* take(std::size_t count) {
        T* piece = base ? reinterpret_cast<T*>(base + used) : nullptr;
        used += (count * sizeof(T) + 255) / 256 * 256;
        return piece;
    }
};

std::size_t divide(const DecodeShape& shape, int blocks, void* memory, Scratch& scratch) {
    Pieces pieces{static_cast<unsigned char*>(memory)};
    const auto heads = std::size_t(shape.queryHeads), dim = std::size_t(shape.headDim),
               parts = heads * std::size_t(blocks + 1);
    scratch.counts = pieces.take<unsigned>(countsBefore + std::size_t(shape.kvHeads));
    scratch.hidden = pieces.take<float>(std::size_t(shape.hidden));
    scratch.projected = pieces.take<std::uint16_t>((heads + 2 * std::size_t(shape.kvHeads)) * dim);
    scratch.attended = pieces.take<std::uint16_t>(heads * dim);
    scratch.product = pieces.take<std::uint16_t>(std::size_t(shape.feedForward));
    scratch.parts = pieces.take<float>(parts * dim);
    scratch.weights = pieces.take<float2>(parts);
    scratch.best = pieces.take<float2>(std::size_t(blocks));
    return pieces.used;
}

using Kernel = void (*)(DecodeToken, Plan, Scratch);

// A kernel has one way of attending: several would have to share its registers.
template <int lanes> Kernel kernelOf(int group) {
    return group == 1   ? decodeKernel<lanes, 1>
           : group == 2 ? decodeKernel<lanes, 2>
           : group <= 4 ? decodeKernel<lanes, 4>
                        : decodeKernel<lanes, 8>;
}
Kernel kernelOf(const DecodeShape& shape) {
    const int group = shape.queryHeads / shape.kvHeads;
    return shape.headDim <= 64    ? kernelOf<8>(group)
           : shape.headDim <= 128 ? kernelOf<16>(group)
                                  : kernelOf<32>(group);
}

const char* refusalOf(const DecodeShape& shape, const DeviceLimits& device) {
    if (device.major != 9 || !device.cooperative)
        return "Whole tokens are decoded in one launch only on GPUs of compute capability 9.0.";
    if (shape.layers < 0 || shape.kvHeads <= 0 || shape.vocabulary <= 0 || shape.hidden <= 0 ||
        shape.feedForward <= 0 || shape.queryHeads <= 0 || shape.queryHeads % shape.kvHeads != 0 ||
        shape.queryHeads / shape.kvHeads > mostGroup)
        return "Whole tokens are decoded for up to eight query heads to a KV head.";
    if (shape.headDim <= 0 || shape.headDim % 16 != 0 || shape.headDim > 256)
        return "Whole tokens are decoded for head_dim up to 256, a multiple of 16.";
    if (shape.hidden % 8 != 0 || shape.feedForward % 8 != 0 || shape.hidden > mostHidden)
        return "Whole tokens are decoded for widths that are multiples of eight, of a hidden state up to "
               "8192.";
    if (std::max(shape.queryHeads * shape.headDim, shape.feedForward) > mostColumns ||
        planOf(shape, device.sharedBytes).stages < 4)
        return "This model's layers are too wide to decode whole tokens in one launch.";
    return nullptr;
}

} // namespace

} // namespace decode

const char* decodeRefusal(const DecodeShape& shape) {
    return decode::refusalOf(shape, currentDeviceLimits());
}

std::size_t decodeScratchBytes(const DecodeShape& shape) {
    const DeviceLimits device = currentDeviceLimits();
    decode::Scratch scratch;
    return decode::refusalOf(shape, device) ? 0 : decode::divide(shape, device.processors, nullptr, scratch);
}

Launched decodeToken(const DecodeToken& in, Stream stream) {
    const DeviceLimits device = currentDeviceLimits();
    if (const char* sentence = decode::refusalOf(in.shape, device))
        return {0, sentence};
    decode::Plan plan = decode::planOf(in.shape, device.sharedBytes);
    decode::Scratch scratch;
    decode::divide(in.shape, device.processors, in.scratch, scratch);
    const auto* kernel = reinterpret_cast<const void*>(decode::kernelOf(in.shape));
    if (const cudaError_t error =
            cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, plan.bytes))
        return {error};
    DecodeToken call = in;
    void* arguments[] = {&call, &plan, &scratch};
    return {cudaLaunchCooperativeKernel(kernel, dim3(unsigned(device.processors)), dim3(decode::threads),
                                        arguments, std::size_t(plan.bytes), stream)};
}

} // namespace kvprism::kernels
