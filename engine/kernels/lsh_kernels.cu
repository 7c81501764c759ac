// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/lsh_kernels.h"

#include <cuda_bf16.h>
#include <cuda_runtime.h>

namespace kvprism::kernels {

namespace {

constexpr int threads = 128;
constexpr int meanRows = 128; // tokens that one thread block adds up
constexpr int mostCentroids = 8;

__device__ float valueOf(const LshTokens& in, std::int64_t index) {
    return in.type == Number::bf16 ? __bfloat162float(static_cast<const __nv_bfloat16*>(in.keys)[index])
                                   : static_cast<const float*>(in.keys)[index];
}

__host__ __device__ int chunksOf(const LshTokens& in) {
    return (in.held + meanRows - 1) / meanRows;
}

// What the steps hand on.
struct Scratch {
    double* sums;         // [chunks, head_dim] of the candidates
    std::int32_t* counts; // [chunks]
    float* mean;          // [head_dim]
    float* vectors;       // [held + queries, head_dim], averaged over heads; later centred
    double* centres;      // [mostCentroids, head_dim] of the queries
    double* spread;       // [head_dim]: variance of the queries

    __host__ __device__ explicit Scratch(const LshTokens& in) {
        const int chunks = chunksOf(in);
        auto* next = static_cast<unsigned char*>(in.scratch);
        const auto take = [&next](std::int64_t count, std::size_t size) {
            void* place = next;
            next += (count * static_cast<std::int64_t>(size) + 15) / 16 * 16;
            return place;
        };
        sums = static_cast<double*>(take(std::int64_t(chunks) * in.headDim, sizeof(double)));
        centres = static_cast<double*>(take(std::int64_t(mostCentroids) * in.headDim, sizeof(double)));
        spread = static_cast<double*>(take(in.headDim, sizeof(double)));
        counts = static_cast<std::int32_t*>(take(chunks, sizeof(std::int32_t)));
        mean = static_cast<float*>(take(in.headDim, sizeof(float)));
        vectors = static_cast<float*>(take(std::int64_t(in.held + in.queries) * in.headDim, sizeof(float)));
        end = next;
    }
    unsigned char* end;
};

// Averages over heads, and adds the candidates of some tokens up.
__global__ void average(const LshTokens in) {
    const Scratch scratch(in);
    const int begin = blockIdx.x * meanRows, end = min(begin + meanRows, in.held + in.queries);
    for (int d = threadIdx.x; d < in.headDim; d += blockDim.x) {
        double sum = 0;
        for (int row = begin; row < end; ++row) {
            const std::int64_t slot = row < in.held ? row : in.firstQuery + row - in.held;
            float value = 0;
            for (int head = 0; head < in.kvHeads; ++head)
                value += valueOf(in, (head * in.capacity + slot) * in.headDim + d);
            value /= float(in.kvHeads);
            scratch.vectors[std::int64_t(row) * in.headDim + d] = value;
            if (row < in.held && in.candidates[row])
                sum += double(value);
        }
        if (begin < in.held)
            scratch.sums[std::int64_t(blockIdx.x) * in.headDim + d] = sum;
    }
    if (threadIdx.x == 0 && begin < in.held) {
        int count = 0;
        for (int row = begin; row < min(end, in.held); ++row)
            count += in.candidates[row];
        scratch.counts[blockIdx.x] = count;
    }
}

__global__ void mean(const LshTokens in) {
    const Scratch scratch(in);
    for (int d = threadIdx.x; d < in.headDim; d += blockDim.x) {
        double sum = 0;
        std::int64_t count = 0;
        for (int chunk = 0; chunk < chunksOf(in); ++chunk) {
            sum += scratch.sums[std::int64_t(chunk) * in.headDim + d];
            count += scratch.counts[chunk];
        }
        scratch.mean[d] = static_cast<float>(sum / double(count));
    }
}

// A thread block a token: centres it, then a thread a bit of its signature.
__global__ void hash(const LshTokens in, const LshColumns out) {
    extern __shared__ float vector[];
    const Scratch scratch(in);
    const int row = blockIdx.x, columns = in.tables * in.bits;
    float* own = scratch.vectors + std::int64_t(row) * in.headDim;
    for (int d = threadIdx.x; d < in.headDim; d += blockDim.x)
        own[d] = vector[d] = own[d] - scratch.mean[d];
    __shared__ unsigned bucket[64];
    for (int table = threadIdx.x; table < in.tables; table += blockDim.x)
        bucket[table] = 0;
    __syncthreads();
    for (int column = threadIdx.x; column < columns; column += blockDim.x) {
        float sum = 0;
        for (int d = 0; d < in.headDim; ++d)
            sum = fmaf(vector[d], in.projection[std::int64_t(d) * columns + column], sum);
        if (sum > 0)
            atomicOr(&bucket[column / in.bits], 1u << (column % in.bits));
    }
    __syncthreads();
    std::uint16_t* to = row < in.held ? out.signatures + std::int64_t(row) * in.tables
                                      : out.querySignatures + std::int64_t(row - in.held) * in.tables;
    for (int table = threadIdx.x; table < in.tables; table += blockDim.x)
        to[table] = static_cast<std::uint16_t>(bucket[table]);
}

// A warp a token, a lane a query.
__global__ void compare(const LshTokens in, const LshColumns out) {
    const int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32, lane = threadIdx.x % 32;
    if (row >= in.held)
        return;
    const std::uint16_t* own = out.signatures + std::int64_t(row) * in.tables;
    unsigned long long colliding = 0; // a bit a table
    int most = 0;
    for (int query = lane; query < in.queries; query += 32) {
        const std::uint16_t* other = out.querySignatures + std::int64_t(query) * in.tables;
        int different = 0;
        for (int table = 0; table < in.tables; ++table) {
            const unsigned differing = own[table] ^ other[table];
            different += __popc(differing);
            if (differing == 0)
                colliding |= 1ull << table;
        }
        most = max(most, in.tables * in.bits - different);
    }
    for (int step = 16; step > 0; step /= 2) {
        colliding |= __shfl_xor_sync(0xFFFFFFFF, colliding, step);
        most = max(most, __shfl_xor_sync(0xFFFFFFFF, most, step));
    }
    if (lane == 0) {
        out.collisions[row] = static_cast<std::uint8_t>(__popcll(colliding));
        out.matching[row] = most;
    }
}

__device__ Distance kindOf(const LshTokens& in) {
    return in.distance == Distance::mahalanobis && in.queries < 2 ? Distance::l2 : in.distance;
}

__device__ int centroidsOf(const LshTokens& in) {
    return kindOf(in) == Distance::partitionedCentroid ? max(1, min(mostCentroids, in.queries / 16)) : 1;
}

// Means of the queries' parts, and for mahalanobis their variance.
__global__ void centre(const LshTokens in) {
    const Scratch scratch(in);
    const float* queries = scratch.vectors + std::int64_t(in.held) * in.headDim;
    const std::int64_t parts = centroidsOf(in);
    for (int d = threadIdx.x; d < in.headDim; d += blockDim.x) {
        for (std::int64_t part = 0; part < parts; ++part) {
            const int begin = static_cast<int>(part * in.queries / parts),
                      end = static_cast<int>((part + 1) * in.queries / parts);
            double sum = 0;
            for (int row = begin; row < end; ++row)
                sum += double(queries[std::int64_t(row) * in.headDim + d]);
            scratch.centres[part * in.headDim + d] = sum / (end - begin);
        }
        double squares = 0;
        for (int row = 0; row < in.queries; ++row) {
            const double off = double(queries[std::int64_t(row) * in.headDim + d]) - scratch.centres[d];
            squares += off * off;
        }
        scratch.spread[d] = squares / in.queries + 1e-8;
    }
}

// The smallest distance to any query, squares added up in f64: a lane a query, a warp a few tokens at once,
// so that what is read of a query serves all of them.
constexpr int nearTokens = 4, nearWarps = 8, nearBlock = nearTokens * nearWarps, nearNumbers = 64;

__global__ void __launch_bounds__(nearWarps * 32) measureNearest(const LshTokens in, float* distances) {
    __shared__ double own[nearBlock][nearNumbers], other[32][nearNumbers + 1];
    const Scratch scratch(in);
    const float* queries = scratch.vectors + std::int64_t(in.held) * in.headDim;
    const int first = blockIdx.x * nearBlock, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    double least[nearTokens];
    for (double& each : least)
        each = INFINITY;
    for (int query = 0; query < in.queries; query += 32) {
        double sum[nearTokens] = {};
        for (int from = 0; from < in.headDim; from += nearNumbers) {
            __syncthreads();
            for (int i = threadIdx.x; i < nearBlock * nearNumbers; i += blockDim.x) {
                const int row = i / nearNumbers, at = i % nearNumbers, d = from + at;
                const bool held = first + row < in.held, asked = row < 32 && query + row < in.queries;
                own[row][at] = held && d < in.headDim
                                   ? double(scratch.vectors[std::int64_t(first + row) * in.headDim + d])
                                   : 0.0;
                other[row][at] = asked && d < in.headDim
                                     ? double(queries[std::int64_t(query + row) * in.headDim + d])
                                     : 0.0;
            }
            __syncthreads();
#pragma unroll 8
            for (int at = 0; at < nearNumbers; ++at)
#pragma unroll
                for (int token = 0; token < nearTokens; ++token) {
                    const double off = own[warp * nearTokens + token][at] - other[lane][at];
                    sum[token] = fma(off, off, sum[token]);
                }
        }
        if (query + lane < in.queries)
#pragma unroll
            for (int token = 0; token < nearTokens; ++token)
                least[token] = fmin(least[token], sum[token]);
    }
#pragma unroll
    for (int token = 0; token < nearTokens; ++token) {
        for (int step = 16; step > 0; step /= 2)
            least[token] = fmin(least[token], __shfl_xor_sync(0xFFFFFFFF, least[token], step));
        const int row = first + warp * nearTokens + token;
        if (lane == 0 && row < in.held)
            distances[row] = static_cast<float>(sqrt(least[token]));
    }
}
static_assert(nearBlock == 32, "queries and tokens are loaded together");

// A warp a token: the smallest distance to the queries' centres, squares added up in f64.
__global__ void measure(const LshTokens in, float* distances) {
    const Scratch scratch(in);
    const int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32, lane = threadIdx.x % 32;
    if (row >= in.held)
        return;
    const float* own = scratch.vectors + std::int64_t(row) * in.headDim;
    const bool spread = kindOf(in) == Distance::mahalanobis;
    const int points = centroidsOf(in);
    double least = 0;
    for (int point = 0; point < points; ++point) {
        double sum = 0;
        for (int d = lane; d < in.headDim; d += 32) {
            const double off = double(own[d]) - scratch.centres[std::int64_t(point) * in.headDim + d];
            sum += spread ? off * off / scratch.spread[d] : off * off;
        }
        for (int step = 16; step > 0; step /= 2)
            sum += __shfl_xor_sync(0xFFFFFFFF, sum, step);
        least = point == 0 ? sum : fmin(least, sum);
    }
    if (lane == 0)
        distances[row] = static_cast<float>(sqrt(least));
}

} // namespace

Launched lshColumns(const LshTokens& in, const LshColumns& out, Stream stream) {
    if (in.tables < 1 || in.tables > 64 || in.bits < 1 || in.bits > 16 || in.headDim < 1 || in.kvHeads < 1)
        return {0, "LSH takes up to 64 tables of up to 16 bits."};
    if (in.held < 1)
        return {};
    const auto all = static_cast<unsigned>(in.held + in.queries);
    average<<<(all + meanRows - 1) / meanRows, threads, 0, stream>>>(in);
    mean<<<1, 256, 0, stream>>>(in);
    hash<<<all, threads, static_cast<std::size_t>(in.headDim) * sizeof(float), stream>>>(in, out);
    const unsigned warps = threads / 32, blocks = (static_cast<unsigned>(in.held) + warps - 1) / warps;
    compare<<<blocks, threads, 0, stream>>>(in, out);
    if (in.distance == Distance::maxSim && in.queries > 0) {
        const auto groups = static_cast<unsigned>((in.held + nearBlock - 1) / nearBlock);
        measureNearest<<<groups, nearWarps * 32, 0, stream>>>(in, out.distances);
    } else if (in.distance != Distance::none && in.queries > 0) {
        centre<<<1, 256, 0, stream>>>(in);
        measure<<<blocks, threads, 0, stream>>>(in, out.distances);
    }
    return {cudaGetLastError()};
}

std::size_t lshScratchBytes(const LshTokens& in) {
    LshTokens shape = in;
    shape.scratch = nullptr;
    return reinterpret_cast<std::size_t>(Scratch(shape).end);
}

} // namespace kvprism::kernels
