// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/run_outline.h"
#include "engine/trace/comparison.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace kvprism::cli {

// One of the two runs that are compared.
struct ComparedRun {
    std::string path;
    RunOutline outline;
};

struct ComparedStep {
    std::int32_t index = 0;
    StreamPos begin, end; // of the block
    std::int32_t both = 0, onlyA = 0, onlyB = 0, neither = 0;
    double jaccard = 1;
};

struct RunComparison {
    ComparedRun a, b;
    std::vector<trace::SettingDifference> differences;
    std::vector<ComparedStep> steps; // those that both have
    trace::KeptComparison last;      // after the last of them
    std::vector<std::string> notices;
};

Result<std::unique_ptr<RunComparison>> compareRecordings(const std::string& a, const std::string& b);

nlohmann::ordered_json comparisonJson(const RunComparison& comparison);
std::string comparisonText(const RunComparison& comparison);

// Two texts in columns of `width` characters each, broken between words where that is possible.
std::string sideBySide(const std::string& left, const std::string& right, std::size_t width);

} // namespace kvprism::cli
