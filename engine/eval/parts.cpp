// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/eval/parts.h"

#include "engine/eval/card.h"
#include "engine/guarded.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace kvprism::eval {

namespace {

using Measure = Status (*)(Bench&);

// By the names of gpuBenchParts().
const std::map<std::string_view, Measure> measures{{"ceilings", measureCeilings}, {"block", measureBlock},
                                                   {"choosing", measureChoosing}, {"columns", measureColumns},
                                                   {"lsh", measureLsh},           {"decode", measureDecode},
                                                   {"prefill", measurePrefill},   {"memory", measureMemory}};

bool isWanted(std::string_view part, const GpuBenchRequest& request) {
    return request.parts.empty() || part == "ceilings" ||
           std::ranges::find(request.parts, part) != request.parts.end();
}

} // namespace

void Bench::tell(const std::string& what) const {
    if (observer)
        observer->measuring(what);
}

const GpuBenchRow* Bench::row(const std::string& name) const {
    const auto found = std::ranges::find(result.rows, name, &GpuBenchRow::name);
    return found == result.rows.end() ? nullptr : &*found;
}

GpuBenchRow rowOf(const char* part, const char* name, std::string what, const Series& value,
                  std::string baselineName, const Series& baseline) {
    GpuBenchRow row;
    row.part = part;
    row.name = name;
    row.what = std::move(what);
    row.unit = "ms";
    row.value = value.median();
    row.baselineName = std::move(baselineName);
    row.baseline = baseline.median();
    row.ratio = row.baseline > 0 ? row.value / row.baseline : 0;
    row.samples = value.count();
    row.spread = value.spread();
    return row;
}

Result<GpuBench> benchGpu(const LoadedModel& model, const GpuBenchRequest& request, EngineObserver* observer,
                          std::stop_token stop) {
    const at::Device device = model.weights.embedding.device();
    model::DeviceOps* ops = nullptr;
    if (device.is_cuda()) {
        const auto found = model::gpuOps();
        if (!found)
            return found.error();
        ops = *found;
    }
    GpuBench result;
    result.device = device.is_cuda() ? "cuda" : "cpu";
    result.model = model.identity.name;
    CardWatch card(device);
    const DeviceClock clock(
        device, [&card] { card.look(); }, stop);
    Bench bench{model, request, clock, ops, observer, stop, result};
    for (const GpuBenchPart& part : gpuBenchParts()) {
        if (!isWanted(part.name, request))
            continue;
        const std::size_t rows = result.rows.size(), points = result.points.size();
        const Status done = guarded([&] { return measures.at(part.name)(bench); });
        result.stopped = stop.stop_requested();
        if (result.stopped) { // what was measured before is worth having
            result.rows.resize(rows);
            result.points.resize(points);
            break;
        }
        if (!done)
            result.notMeasured.push_back(std::string(part.name) + ": " + done.error().message);
    }
    result.card = card.seen();
    if (device.is_cpu()) // the goals are a GPU's
        for (GpuBenchRow& row : result.rows)
            row.floor = row.aim = std::nullopt;
    return result;
}

} // namespace kvprism::eval
