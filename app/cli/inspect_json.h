// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/run_outline.h"
#include "app/cli/token_life.h"

#include <nlohmann/json.hpp>
#include <string>

// What `inspect --json` prints. The run has the fields of `ask --json` under the same names, and more.
namespace kvprism::cli {

nlohmann::ordered_json runJson(const RunOutline& outline, const std::string& path);
// One step in full; `index` is in range.
nlohmann::ordered_json stepJson(const RunOutline& outline, const trace::CompressionStep& step);
nlohmann::ordered_json tokenJson(const TokenLife& life);

} // namespace kvprism::cli
