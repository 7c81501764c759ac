// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/run_log.h"
#include "engine/engine.h"

#include <nlohmann/json.hpp>
#include <string>

namespace kvprism::cli {

// Every option as it ran, under its long name with `_` for `-`: numbers as numbers, stop words as a list,
// what was not given as null.
nlohmann::ordered_json configJson(const select::Config& config);
nlohmann::ordered_json modelJson(const trace::ModelIdentity& model);

// What `ask --json` prints: the fields of the command line page. `recording` empty: null.
nlohmann::ordered_json askJson(const AskResult& result, const trace::ModelIdentity& model, const RunLog& log,
                               const std::string& recording);

// One line of JSON and a line feed, valid UTF-8 whatever the texts hold.
std::string jsonLine(const nlohmann::ordered_json& value);

} // namespace kvprism::cli
