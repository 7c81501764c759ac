// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/gpu_table.h"
#include "app/cli/bench/json_file.h"
#include "engine/files/json_fields.h"

namespace kvprism::cli {

namespace {

using files::JsonFields;

constexpr std::size_t mostPoints = 1000;

Result<RooflinePoint> pointFrom(const nlohmann::json& json, const std::string& path) {
    if (!json.is_object())
        return malformed(path + " has a point that is no object.");
    constexpr double most = 1e30;
    JsonFields fields(json, path);
    RooflinePoint point;
    point.name = fields.textOr("name", "");
    point.operations = fields.number("operations", 0, most);
    point.bytes = fields.number("bytes", 0, most);
    point.seconds = fields.number("seconds", 0, most);
    point.ours = !fields.truthOr("stock", false);
    if (fields.error())
        return *fields.error();
    const bool measured = point.operations > 0; // else it is not drawn
    if (measured && (point.operations < 1 || point.bytes < 1 || point.seconds < 1e-12))
        return malformed(path + " has a point that no card can reach: measure again.");
    return point;
}

} // namespace

Result<GpuBench> gpuBenchOf(const std::string& path) {
    const auto json = readJsonFile(path);
    if (!json)
        return json.error();
    JsonFields fields(*json, path);
    const bool isGpu = fields.textOr("bench", "") == "gpu";
    const nlohmann::json* model = fields.objectAt("model");
    const nlohmann::json* card = fields.objectAt("card");
    const nlohmann::json* points = fields.listAt("roofline");
    if (!isGpu || !model || !card || !points)
        return malformed(path + " is not what bench gpu --json prints.");
    if (points->size() > mostPoints)
        return malformed(path + " has more points than a picture can show.");
    GpuBench bench;
    bench.device = fields.textOr("device", "");
    bench.bytesPerSecond = fields.number("bytes_per_s", 1, 1e30); // the picture's ceilings
    bench.operationsPerSecond = fields.number("operations_per_s", 1, 1e30);
    JsonFields ofModel(*model, path), ofCard(*card, path);
    bench.model = ofModel.textOr("name", "");
    bench.card.name = ofCard.textOr("name", "");
    for (const JsonFields* each : {&fields, &ofModel, &ofCard})
        if (each->error())
            return *each->error();
    for (const nlohmann::json& each : *points) {
        auto point = pointFrom(each, path);
        if (!point)
            return point.error();
        bench.points.push_back(std::move(point).value());
    }
    return bench;
}

} // namespace kvprism::cli
