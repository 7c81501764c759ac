// SPDX-License-Identifier: GPL-3.0-or-later
// The most that reading a stream takes of the device's memory, which must not depend on its length.
#include "engine/eval/parts.h"
#include "engine/eval/stream.h"
#include "engine/model/device_memory.h"

#include <algorithm>

namespace kvprism::eval {

namespace {

constexpr const char* part = "memory";
constexpr double mebibyte = 1 << 20;

} // namespace

Status measureMemory(Bench& bench) {
    if (bench.device().is_cpu())
        return unavailable("the host's allocator does not count.");
    if (4 * std::int64_t{bench.request.blockSize} > bench.request.longest)
        return unavailable("--longest is less than four blocks.");
    double first = 0;
    const std::int32_t shortest = 4 * bench.request.blockSize; // 16k
    for (std::int64_t tokens = shortest; tokens <= bench.request.longest; tokens *= 4) {
        bench.tell("memory of " + std::to_string(tokens) + " tokens");
        const auto stream = planStream(bench, boundedSettings(bench), static_cast<std::int32_t>(tokens),
                                       bench.request.promptRows);
        if (!stream)
            return stream.error();
        model::resetPeak(bench.device());
        const auto ms = readStream(bench, *stream);
        if (!ms)
            return ms.error();
        const model::DeviceMemory memory = model::memoryOf(bench.device());
        GpuBenchRow row;
        row.part = part;
        row.name = "memory_" + std::to_string(tokens);
        row.what = "peak on the device, " + std::to_string(tokens) + " tokens";
        row.unit = "MiB";
        row.value = static_cast<double>(memory.peakBytes) / mebibyte;
        row.samples = 1;
        row.note = std::to_string(
                       static_cast<std::int64_t>(static_cast<double>(memory.peakReservedBytes) / mebibyte)) +
                   " MiB taken from the device";
        if (first == 0) {
            first = row.value;
        } else {
            row.baselineName = "the shortest stream's";
            row.baseline = first;
            row.ratio = row.value / first;
            row.floor = 1.01;
        }
        bench.result.rows.push_back(row);
    }
    return {};
}

} // namespace kvprism::eval
