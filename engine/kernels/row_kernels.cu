// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/numbers.cuh"
#include "engine/kernels/row_kernels.h"

#include <cmath>
#include <cuda_runtime.h>

namespace kvprism::kernels {

namespace {

constexpr int threads = 256;
constexpr int mostPieces = 8; // of eight numbers that a thread keeps: rows of 16,384

__device__ float sumOfBlock(float value) {
    __shared__ float ofWarp[threads / 32];
#pragma unroll
    for (int step = 16; step > 0; step /= 2)
        value += __shfl_xor_sync(0xFFFFFFFF, value, step);
    if (threadIdx.x % 32 == 0)
        ofWarp[threadIdx.x / 32] = value;
    __syncthreads();
    float sum = 0;
#pragma unroll
    for (const float each : ofWarp)
        sum += each;
    return sum;
}

template <class T, int pieces> __global__ void __launch_bounds__(threads) addNormKernel(const AddNorm in) {
    const std::int64_t row = std::int64_t(blockIdx.x) * in.width;
    T* residual = static_cast<T*>(in.residual) + row;
    const T* delta = in.delta ? static_cast<const T*>(in.delta) + row : nullptr;
    Eight kept[pieces];
    float squares = 0;
#pragma unroll
    for (int i = 0; i < pieces; ++i) {
        const int at = (i * threads + int(threadIdx.x)) * 8;
        if (at >= in.width)
            break;
        kept[i] = loadEight(residual + at);
        if (delta) {
            const Eight more = loadEight(delta + at);
#pragma unroll
            for (int j = 0; j < 8; ++j)
                kept[i].value[j] = rounded(kept[i].value[j] + more.value[j], residual);
            store(residual + at, kept[i]);
        }
#pragma unroll
        for (int j = 0; j < 8; ++j)
            squares = fmaf(kept[i].value[j], kept[i].value[j], squares);
    }
    const float factor = rsqrtf(sumOfBlock(squares) / float(in.width) + in.epsilon);
    T* normed = static_cast<T*>(in.normed) + row;
#pragma unroll
    for (int i = 0; i < pieces; ++i) {
        const int at = (i * threads + int(threadIdx.x)) * 8;
        if (at >= in.width)
            break;
        const Eight weight = loadEight(in.weight + at);
#pragma unroll
        for (int j = 0; j < 8; ++j)
            kept[i].value[j] = kept[i].value[j] * factor * weight.value[j];
        store(normed + at, kept[i]);
    }
}

template <class T> Launched launchAddNorm(const AddNorm& in, Stream stream) {
    const int pieces = (in.width / 8 + threads - 1) / threads;
    if (pieces == 1)
        addNormKernel<T, 1><<<in.rows, threads, 0, stream>>>(in);
    else if (pieces == 2)
        addNormKernel<T, 2><<<in.rows, threads, 0, stream>>>(in);
    else if (pieces <= 4)
        addNormKernel<T, 4><<<in.rows, threads, 0, stream>>>(in);
    else
        addNormKernel<T, mostPieces><<<in.rows, threads, 0, stream>>>(in);
    return {cudaGetLastError()};
}

template <class T> __global__ void __launch_bounds__(threads) gatedKernel(const GatedProduct in) {
    const std::int64_t pieces = std::int64_t(in.rows) * (in.width / 8);
    for (std::int64_t i = std::int64_t(blockIdx.x) * threads + threadIdx.x; i < pieces;
         i += std::int64_t(gridDim.x) * threads) {
        const std::int64_t row = i / (in.width / 8), at = i % (in.width / 8) * 8;
        const T* from = static_cast<const T*>(in.gateUp) + row * 2 * in.width + at;
        Eight gate = loadEight(from);
        const Eight up = loadEight(from + in.width);
#pragma unroll
        for (int j = 0; j < 8; ++j)
            gate.value[j] = gate.value[j] / (1.0f + __expf(-gate.value[j])) * up.value[j];
        store(static_cast<T*>(in.out) + row * in.width + at, gate);
    }
}

// Both halves of a pair of eight, turned by their angles.
__device__ void turn(Eight& low, Eight& high, const float* cosine, const float* sine) {
    const Eight c = loadEight(cosine), s = loadEight(sine);
#pragma unroll
    for (int j = 0; j < 8; ++j) {
        const float a = low.value[j], b = high.value[j];
        low.value[j] = a * c.value[j] - b * s.value[j];
        high.value[j] = b * c.value[j] + a * s.value[j];
    }
}

__device__ float squaresOf(const Eight& low, const Eight& high) {
    float sum = 0;
#pragma unroll
    for (int j = 0; j < 8; ++j)
        sum = fmaf(low.value[j], low.value[j], fmaf(high.value[j], high.value[j], sum));
    return sum;
}

// A thread block a row; a thread a pair of eight numbers of a head.
template <class T> __global__ void __launch_bounds__(threads) rotateAndStoreKernel(const RotateAndStore in) {
    extern __shared__ float squares[]; // [heads, pieces]
    const int row = blockIdx.x, half = in.headDim / 2, pieces = half / 8;
    const int heads = in.queryHeads + 2 * in.kvHeads, keysFrom = in.queryHeads,
              valuesFrom = keysFrom + in.kvHeads;
    const T* projected = static_cast<const T*>(in.projected) + std::int64_t(row) * heads * in.headDim;
    if (in.queryNorm) {
        for (int i = threadIdx.x; i < valuesFrom * pieces; i += threads) {
            const T* from = projected + i / pieces * in.headDim + i % pieces * 8;
            squares[i] = squaresOf(loadEight(from), loadEight(from + half));
        }
        __syncthreads();
    }
    for (int i = threadIdx.x; i < heads * pieces; i += threads) {
        const int head = i / pieces, at = i % pieces * 8;
        const T* from = projected + head * in.headDim + at;
        Eight low = loadEight(from), high = loadEight(from + half);
        if (in.queryNorm && head < valuesFrom) {
            float sum = 0;
            for (int piece = 0; piece < pieces; ++piece)
                sum += squares[head * pieces + piece];
            const float factor = rsqrtf(sum / float(in.headDim) + in.epsilon);
            const float* weight = (head < keysFrom ? in.queryNorm : in.keyNorm) + at;
            const Eight lowWeight = loadEight(weight), highWeight = loadEight(weight + half);
#pragma unroll
            for (int j = 0; j < 8; ++j) { // rounded as on the CPU, where this is an operator of its own
                low.value[j] = rounded(low.value[j] * factor * lowWeight.value[j], projected);
                high.value[j] = rounded(high.value[j] * factor * highWeight.value[j], projected);
            }
        }
        T* to;
        const std::int64_t slot = in.first + row;
        if (head < keysFrom)
            to = static_cast<T*>(in.query) + (std::int64_t(row) * in.queryHeads + head) * in.headDim;
        else if (head < valuesFrom)
            to = static_cast<T*>(in.keys) + ((head - keysFrom) * in.capacity + slot) * in.headDim;
        else
            to = static_cast<T*>(in.values) + ((head - valuesFrom) * in.capacity + slot) * in.headDim;
        if (head < keysFrom || (head < valuesFrom && in.rotateKeys))
            turn(low, high, in.cosine + std::int64_t(row) * half + at,
                 in.sine + std::int64_t(row) * half + at);
        if (head < keysFrom)
#pragma unroll
            for (int j = 0; j < 8; ++j) {
                low.value[j] *= in.queryScale;
                high.value[j] *= in.queryScale;
            }
        store(to + at, low);
        store(to + at + half, high);
        if (in.valueNorms && head >= valuesFrom)
            squares[(heads + head - valuesFrom) * pieces + at / 8] = squaresOf(low, high);
    }
    if (!in.valueNorms)
        return;
    __syncthreads();
    for (int head = threadIdx.x; head < in.kvHeads; head += threads) {
        float sum = 0;
        for (int piece = 0; piece < pieces; ++piece)
            sum += squares[(heads + head) * pieces + piece];
        in.valueNorms[head * in.capacity + in.first + row] = sqrtf(sum);
    }
}

template <class T> __global__ void __launch_bounds__(threads) rotateKeysKernel(const RotateKeys in) {
    const int half = in.headDim / 2, pieces = half / 8;
    const std::int64_t all = std::int64_t(in.kvHeads) * in.count * pieces;
    for (std::int64_t i = std::int64_t(blockIdx.x) * threads + threadIdx.x; i < all;
         i += std::int64_t(gridDim.x) * threads) {
        const int at = int(i % pieces) * 8;
        const std::int64_t slot = i / pieces % in.count, head = i / pieces / in.count;
        const T* from = static_cast<const T*>(in.keys) + (head * in.capacity + slot) * in.headDim + at;
        Eight low = loadEight(from), high = loadEight(from + half);
        turn(low, high, in.cosine + slot * half + at, in.sine + slot * half + at);
        T* to = static_cast<T*>(in.out) + (head * in.outCapacity + slot) * in.headDim + at;
        store(to, low);
        store(to + half, high);
    }
}

template <class T> __global__ void __launch_bounds__(threads) mergeKernel(const MergeParts in) {
    const int pieces = in.headDim / 8;
    const std::int64_t all = std::int64_t(in.rows) * in.heads * pieces;
    for (std::int64_t i = std::int64_t(blockIdx.x) * threads + threadIdx.x; i < all;
         i += std::int64_t(gridDim.x) * threads) {
        const int at = int(i % pieces) * 8, head = int(i / pieces % in.heads);
        const std::int64_t row = i / pieces / in.heads;
        const std::int64_t from = row * in.rowStride + head * in.headStride + at;
        const float second = in.secondLse[head * std::int64_t(in.rows) + row];
        float lse = second;
        Eight value = loadEight(static_cast<const T*>(in.second) + from);
        if (in.first) {
            const float first = in.firstLse[head * std::int64_t(in.rows) + row];
            const float most = fmaxf(first, second);
            lse = most + log1pf(expf(fminf(first, second) - most));
            const float firstShare = expf(first - lse), secondShare = expf(second - lse);
            const Eight other = loadEight(static_cast<const T*>(in.first) + from);
#pragma unroll
            for (int j = 0; j < 8; ++j)
                value.value[j] = firstShare * other.value[j] + secondShare * value.value[j];
        }
        store(static_cast<T*>(in.out) + (row * in.heads + head) * in.headDim + at, value);
        if (in.lse2 && at == 0)
            in.lse2[head * in.lseStride + row] = lse * log2OfE;
    }
}

__global__ void padLse(float* lse2, std::int64_t stride, int rows) {
    for (std::int64_t row = rows + threadIdx.x; row < stride; row += blockDim.x)
        lse2[blockIdx.x * stride + row] = INFINITY;
}

constexpr int compactRows = 32; // that are read before any of them is written

template <class Word>
__device__ void compactPlane(Word* plane, Word* rows, int words, const std::int32_t* kept, int begin,
                             int count) {
    for (; begin < count; begin += compactRows) {
        const int some = min(compactRows, count - begin) * words;
        for (int i = threadIdx.x; i < some; i += threads)
            rows[i] = plane[std::int64_t(kept[begin + i / words]) * words + i % words];
        __syncthreads();
        for (int i = threadIdx.x; i < some; i += threads)
            plane[std::int64_t(begin) * words + i] = rows[i];
        __syncthreads();
    }
}

// A thread block a plane. Kept rows are ascending, so that a row never goes behind where it was: whoever
// reads some rows ahead, waits, and writes them, overwrites nothing that is still to be read.
__global__ void __launch_bounds__(threads) compactKernel(const Compact in) {
    extern __shared__ uint4 rows[];
    const Compact::Part part = in.parts[blockIdx.y];
    if (!part.data)
        return;
    __shared__ int stay; // rows at the beginning that stay where they are
    if (threadIdx.x == 0) {
        int low = 0, high = in.count;
        while (low < high) {
            const int middle = (low + high) / 2;
            if (in.kept[middle] == middle)
                low = middle + 1;
            else
                high = middle;
        }
        stay = low;
    }
    __syncthreads();
    unsigned char* plane =
        static_cast<unsigned char*>(part.data) + std::int64_t(blockIdx.x) * in.capacity * part.rowBytes;
    if (part.rowBytes % 16 == 0)
        compactPlane(reinterpret_cast<uint4*>(plane), rows, part.rowBytes / 16, in.kept, stay, in.count);
    else
        compactPlane(reinterpret_cast<std::uint32_t*>(plane), reinterpret_cast<std::uint32_t*>(rows),
                     part.rowBytes / 4, in.kept, stay, in.count);
}

int blocksFor(std::int64_t work) {
    const std::int64_t blocks = (work + threads - 1) / threads;
    return static_cast<int>(blocks < 1 ? 1 : blocks < 8192 ? blocks : 8192);
}

constexpr Launched notOfEight{0, "These kernels take rows and halves of heads that are multiples of eight."};

} // namespace

Launched addNorm(const AddNorm& in, Stream stream) {
    if (in.width % 8 != 0 || in.width <= 0 || in.width > threads * 8 * mostPieces)
        return notOfEight;
    if (in.rows <= 0)
        return {};
    return in.type == Number::bf16 ? launchAddNorm<__nv_bfloat16>(in, stream)
                                   : launchAddNorm<float>(in, stream);
}

Launched gatedProduct(const GatedProduct& in, Stream stream) {
    if (in.width % 8 != 0)
        return notOfEight;
    const auto kernel = in.type == Number::bf16 ? gatedKernel<__nv_bfloat16> : gatedKernel<float>;
    kernel<<<blocksFor(std::int64_t(in.rows) * (in.width / 8)), threads, 0, stream>>>(in);
    return {cudaGetLastError()};
}

Launched rotateAndStore(const RotateAndStore& in, Stream stream) {
    if (in.headDim % 16 != 0)
        return notOfEight;
    if (in.rows <= 0)
        return {};
    const auto kernel =
        in.type == Number::bf16 ? rotateAndStoreKernel<__nv_bfloat16> : rotateAndStoreKernel<float>;
    const int bytes = (in.queryHeads + 3 * in.kvHeads) * (in.headDim / 16) * int(sizeof(float));
    kernel<<<in.rows, threads, static_cast<std::size_t>(bytes), stream>>>(in);
    return {cudaGetLastError()};
}

Launched rotateKeys(const RotateKeys& in, Stream stream) {
    if (in.headDim % 16 != 0)
        return notOfEight;
    const auto kernel = in.type == Number::bf16 ? rotateKeysKernel<__nv_bfloat16> : rotateKeysKernel<float>;
    kernel<<<blocksFor(std::int64_t(in.kvHeads) * in.count * (in.headDim / 16)), threads, 0, stream>>>(in);
    return {cudaGetLastError()};
}

Launched mergeParts(const MergeParts& in, Stream stream) {
    if (in.headDim % 8 != 0)
        return notOfEight;
    const auto kernel = in.type == Number::bf16 ? mergeKernel<__nv_bfloat16> : mergeKernel<float>;
    kernel<<<blocksFor(std::int64_t(in.rows) * in.heads * (in.headDim / 8)), threads, 0, stream>>>(in);
    if (in.lse2 && in.lseStride > in.rows)
        padLse<<<in.heads, 128, 0, stream>>>(in.lse2, in.lseStride, in.rows);
    return {cudaGetLastError()};
}

Launched compact(const Compact& in, Stream stream) {
    int widest = 0;
    for (const Compact::Part& part : in.parts) {
        if (part.data &&
            (part.rowBytes % 4 != 0 || part.rowBytes <= 0 || part.rowBytes * compactRows > 48 * 1024))
            return {0, "Rows of this size cannot be moved."};
        if (part.data && part.rowBytes > widest)
            widest = part.rowBytes;
    }
    if (in.count <= 0 || in.planes <= 0)
        return {};
    const dim3 grid(static_cast<unsigned>(in.planes), Compact::mostParts);
    compactKernel<<<grid, threads, static_cast<std::size_t>(widest) * compactRows, stream>>>(in);
    return {cudaGetLastError()};
}

} // namespace kvprism::kernels
