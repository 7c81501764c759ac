// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/gpu_table.h"

#include "app/cli/pictures.h"
#include "app/cli/words.h"
#include "engine/tables/output_file.h"
#include "engine/tables/roofline_request.h"

#include <deque>
#include <fmt/format.h>
#include <optional>
#include <vector>

namespace kvprism::cli {

namespace {

using Json = nlohmann::ordered_json;

// Three digits that count.
std::string numberText(double value) {
    const double size = value < 0 ? -value : value;
    return fixed(value, size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4);
}

std::string goalText(const std::optional<double>& goal) {
    return goal ? fmt::format("{:g}", *goal) : "";
}

std::string cardText(const GpuBench& bench) {
    const GpuCard& card = bench.card;
    if (card.name.empty())
        return fmt::format("{}; its clocks and power are not known\n", bench.device);
    return fmt::format(
        "{}, driver {}; while it worked {:.0f} to {:.0f} MHz, memory {:.0f} MHz, at most {:.0f} of "
        "{:.0f} W and {:.0f} °C\n",
        forTerminal(card.name), forTerminal(card.driver), card.smMhzLeast, card.smMhzMost, card.memoryMhz,
        card.wattsMost, card.wattsLimit, card.celsiusMost);
}

std::string rowText(const GpuBenchRow& row) {
    const std::string value = fmt::format("{} {}", numberText(row.value), row.unit);
    std::string text = fmt::format("{:<72} {:>16}\n", row.what, value);
    if (!row.baselineName.empty() || row.floor || row.aim) {
        const std::string beside =
            row.baselineName.empty() ? "" : fmt::format("{} {}", numberText(row.baseline), row.unit);
        text += fmt::format("  {:<70} {:>16} {:>9.4f} {:>7} {:>6}  {}", row.baselineName, beside, row.ratio,
                            goalText(row.floor), goalText(row.aim), nameOf(verdictOf(row)));
        while (text.ends_with(' '))
            text.pop_back();
        text += "\n";
    }
    if (!row.note.empty())
        text += "  " + row.note + "\n";
    return text;
}

Json rowJson(const GpuBenchRow& row) {
    const auto number = [](const std::optional<double>& value) { return value ? Json(*value) : Json(); };
    Json json{
        {"part", row.part}, {"name", row.name}, {"what", row.what}, {"unit", row.unit}, {"value", row.value}};
    json["against"] = row.baselineName.empty() ? Json() : Json(row.baselineName);
    json["baseline"] = row.baselineName.empty() ? Json() : Json(row.baseline);
    json["ratio"] = row.baselineName.empty() && !row.floor && !row.aim ? Json() : Json(row.ratio);
    json["better"] = row.better == Better::smaller ? "smaller" : "larger";
    json["floor"] = number(row.floor);
    json["aim"] = number(row.aim);
    json["verdict"] = verdictOf(row) == Verdict::none ? Json() : Json(nameOf(verdictOf(row)));
    json["samples"] = row.samples;
    json["spread"] = row.spread;
    json["note"] = row.note;
    return json;
}

} // namespace

std::string gpuText(const GpuBench& bench, const GpuBenchRequest& request) {
    std::string text = fmt::format(
        "kvprism {}: {} on {}, blocks of {}; medians, of {} rounds where nothing else is said\n",
        KVPRISM_VERSION, forTerminal(bench.model), bench.device, grouped(request.blockSize), request.rounds);
    text += cardText(bench);
    text += fmt::format("copy {} GB/s, read and written; matrix product {} TFLOP/s\n\n",
                        numberText(bench.bytesPerSecond / 1e9), numberText(bench.operationsPerSecond / 1e12));
    text += fmt::format("{:<72} {:>16} {:>9} {:>7} {:>6}\n", "what; below it, what it is held against", "",
                        "ratio", "floor", "aim");
    for (const GpuBenchRow& row : bench.rows)
        text += rowText(row);
    for (const std::string& sentence : bench.notMeasured)
        text += fmt::format("not measured: {}\n", forTerminal(sentence));
    return text;
}

nlohmann::ordered_json gpuJson(const GpuBench& bench, const GpuBenchRequest& request,
                               nlohmann::ordered_json model) {
    const GpuCard& card = bench.card;
    const auto known = [&](double value) { return card.name.empty() ? Json() : Json(value); };
    Json json{{"bench", "gpu"},
              {"version", KVPRISM_VERSION},
              {"model", std::move(model)},
              {"device", bench.device},
              {"card",
               {{"name", card.name},
                {"driver", card.driver},
                {"sm_mhz", {known(card.smMhzLeast), known(card.smMhzMost)}},
                {"memory_mhz", known(card.memoryMhz)},
                {"watts_most", known(card.wattsMost)},
                {"watts_limit", known(card.wattsLimit)},
                {"celsius_most", known(card.celsiusMost)}}},
              {"block_size", request.blockSize},
              {"prompt_rows", request.promptRows},
              {"rounds", request.rounds},
              {"bytes_per_s", bench.bytesPerSecond},
              {"operations_per_s", bench.operationsPerSecond},
              {"rows", Json::array()},
              {"roofline", Json::array()},
              {"not_measured", bench.notMeasured},
              {"stopped", bench.stopped}};
    for (const GpuBenchRow& row : bench.rows)
        json["rows"].push_back(rowJson(row));
    for (const RooflinePoint& point : bench.points)
        json["roofline"].push_back({{"name", point.name},
                                    {"operations", point.operations},
                                    {"bytes", point.bytes},
                                    {"seconds", point.seconds},
                                    {"stock", !point.ours}});
    return json;
}

Status mayDrawRoofline(const std::string& path) {
    if (!path.ends_with(".svg") && !path.ends_with(".png"))
        return usageError("--picture " + path + ": the name of a picture ends in .svg or .png.");
    const auto isOurs = [](std::string_view begin) {
        return begin.find("Drawn by KVPrism") != std::string_view::npos;
    };
    return tables::mayWriteFile("--picture", path, "picture", isOurs, {});
}

Status drawRoofline(const GpuBench& bench, const std::string& path) {
    const std::string title = "What " + forTerminal(bench.model) + " reaches of its " +
                              (bench.device == "cpu" ? "processor" : "card");
    const std::string subtitle = forTerminal(bench.card.name.empty() ? bench.device : bench.card.name);
    std::deque<std::string> names; // no picture can hold control characters, either
    std::vector<tables::RooflineRequest::Point> points;
    for (const RooflinePoint& point : bench.points)
        if (point.operations > 0 && point.bytes > 0 && point.seconds > 0)
            points.push_back({names.emplace_back(forTerminal(point.name)).c_str(), point.intensity(),
                              point.operationsPerSecond(), point.ours});
    tables::RooflineRequest request;
    request.title = title.c_str();
    request.subtitle = subtitle.c_str();
    request.output = path.c_str();
    request.operationsPerSecond = bench.operationsPerSecond;
    request.bytesPerSecond = bench.bytesPerSecond;
    request.points = points.data();
    request.pointCount = static_cast<std::int32_t>(points.size());
    return drawPicture(request);
}

} // namespace kvprism::cli
