// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/eval/gpu_bench.h"

#include <nlohmann/json.hpp>
#include <string>

namespace kvprism::cli {

// What the measurement of a card looks like: a table for people, an object for scripts, a roofline.
std::string gpuText(const GpuBench& bench, const GpuBenchRequest& request);
nlohmann::ordered_json gpuJson(const GpuBench& bench, const GpuBenchRequest& request,
                               nlohmann::ordered_json model);

// What a picture needs of what --json left in a file: card, ceilings and points. Errors: noInput, malformed.
Result<GpuBench> gpuBenchOf(const std::string& path);

// Whether a picture can be written there, before a measurement is spent on it.
Status mayDrawRoofline(const std::string& path);
Status drawRoofline(const GpuBench& bench, const std::string& path);

} // namespace kvprism::cli
