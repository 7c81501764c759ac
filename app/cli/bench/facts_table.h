// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/bench/facts_runner.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace kvprism::cli {

struct FactsTable {
    FactsTask task;
    nlohmann::ordered_json model; // as modelJson() has it
    std::vector<FactsRow> rows;
};

// The table on a screen: its head, a line for each row, and the differences between neighbours of the same
// length and budget with their intervals.
std::string factsHead(const FactsTask& task, const nlohmann::ordered_json& model);
std::string factsLine(const FactsRow& row);
std::string factsDifferences(const FactsTask& task, const std::vector<FactsRow>& rows);

// The table for scripts, with every answer.
nlohmann::ordered_json factsJson(const FactsTable& table);

// What `bench facts --json` printed in parts (other facts of the same kind), as one table; an error where
// they do not belong together.
Result<FactsTable> joinFacts(const std::vector<std::string>& paths);

} // namespace kvprism::cli
