// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/column_few_rows.h"
#include "engine/kernels/column_hopper.h"
#include "engine/kernels/column_plain.h"
#include "engine/kernels/device_limits.h"

#include <cmath>
#include <cuda_runtime.h>

namespace kvprism::kernels {

namespace {

enum class Kernel { plain, hopper, fewRows };

Kernel kernelFor(const ColumnScores& in) {
    const DeviceLimits device = currentDeviceLimits();
    if (device.major != 9 || !hopperTakes(in.headDim))
        return Kernel::plain;
    return fewRowsTake(in, device.sharedBytes) ? Kernel::fewRows : Kernel::hopper;
}

// Of the kernels that share their work out in units.
ColumnWork workFor(const ColumnScores& in, Kernel kernel) {
    const int processors = currentDeviceLimits().processors;
    return kernel == Kernel::hopper
               ? columnWork(in, hopperKeysPerTile(), processors)
               : columnWork(in, plainKeysPerTile(), processors * plainBlocksPerProcessor());
}

// Thread blocks in their order, so that the sum is always the same. A block here has one tile of keys.
template <bool peak>
__global__ void combine(const ColumnWork work, const float* parts, const std::int32_t* places, float* values,
                        std::int32_t* place) {
    const int keyTile = blockIdx.x, head = blockIdx.y, tile = head * work.keyTiles + keyTile;
    const int key = keyTile * work.keysPerTile + int(threadIdx.x);
    __shared__ int first, last; // blocks that have worked on the tile; long divisions, so once
    if (threadIdx.x == 0) {
        std::int64_t begin = head * work.unitsOfHead;
        for (int before = 0; before < keyTile; ++before)
            begin += work.unitsOfTile(before);
        const std::int64_t count = work.unitsOfTile(keyTile);
        first = count > 0 ? work.blockOf(begin) : 0;
        last = count > 0 ? work.blockOf(begin + count - 1) : -1;
    }
    __syncthreads();
    if (key >= work.keyCount)
        return;
    float value = peak ? -INFINITY : 0.0f;
    int where = 0;
    for (int block = first; block <= last; ++block) {
        const std::int64_t part = work.partOf(block, tile) + threadIdx.x;
        if constexpr (!peak) {
            value += parts[part];
        } else if (parts[part] > value) {
            value = parts[part];
            where = places[part];
        }
    }
    const std::int64_t at = std::int64_t(head) * work.keyCount + key;
    if constexpr (peak) {
        values[at] = value;
        place[at] = where;
    } else {
        values[at] += value;
    }
}

const char* refusal(const ColumnScores& in) {
    if (in.rows <= 0 || in.keyCount <= 0 || in.kvHeads <= 0 || in.queryHeads <= 0 ||
        in.queryHeads % in.kvHeads != 0)
        return "Column scores need rows, keys and query heads that KV heads share evenly.";
    if (in.headDim % 8 != 0 || in.headDim <= 0 || in.headDim > 256)
        return "Column scores take head_dim up to 256, a multiple of 8.";
    if (in.lseStride % columnScoreRows != 0 || in.lseStride < in.rows)
        return "Column scores need log-sum-exps padded to whole tiles of rows.";
    return nullptr;
}

template <bool peak> Launched run(const ColumnScores& in, float* values, std::int32_t* place, Stream stream) {
    if (const char* sentence = refusal(in))
        return {0, sentence};
    const Kernel kernel = kernelFor(in);
    if (kernel == Kernel::fewRows)
        return peak ? fewRowPeaks(in, values, place, stream) : addFewRowSums(in, values, stream);
    const ColumnWork work = workFor(in, kernel);
    auto* parts = static_cast<float*>(in.scratch);
    auto* places = reinterpret_cast<std::int32_t*>(parts + work.parts());
    if (work.unitsOfHead > 0) {
        const auto launchParts = kernel == Kernel::hopper ? columnPartsHopper : columnPartsPlain;
        if (const Launched launched = launchParts(in, work, peak, parts, places, stream); !launched.ok())
            return launched;
    }
    const dim3 grid(work.keyTiles, in.kvHeads);
    combine<peak><<<grid, work.keysPerTile, 0, stream>>>(work, parts, places, values, place);
    return {cudaGetLastError()};
}

} // namespace

Launched addColumnSums(const ColumnScores& in, float* sums, Stream stream) {
    return run<false>(in, sums, nullptr, stream);
}

Launched columnPeaks(const ColumnScores& in, float* best, std::int32_t* place, Stream stream) {
    return run<true>(in, best, place, stream);
}

std::int32_t columnPlaceRows(const ColumnScores& in) {
    return !refusal(in) && kernelFor(in) == Kernel::fewRows ? fewRowsOfPlace : columnScoreRows;
}

std::size_t columnScratchBytes(const ColumnScores& in) {
    if (refusal(in))
        return 0;
    const Kernel kernel = kernelFor(in);
    return kernel == Kernel::fewRows ? 0
                                     : static_cast<std::size_t>(workFor(in, kernel).parts()) *
                                           (sizeof(float) + sizeof(std::int32_t));
}

} // namespace kvprism::kernels
