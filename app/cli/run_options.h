// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/engine.h"
#include "engine/select/options.h"

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

namespace kvprism::cli {

// What the options that every run shares were set to.
struct RunOptions {
    ModelRequest model;        // path: the embedded model where none was given
    select::Settings settings; // as typed: option name → value, for select::configFrom
    std::string datasetFlag;   // a published flag of `evaluate` that was given here, or empty
};

// What --random says of itself.
std::string randomHelp();

// --model or --random, --device, --dtype, --threads, with their published names. `request` must outlive the
// parsing.
void bindModelOptions(CLI::App& app, ModelRequest& request);

// The same and every row of the option table; the published dataset flags are taken
// too, so that configOf can say where they belong. `options` must outlive the parsing.
void bindRunOptions(CLI::App& app, RunOptions& options);

// Whether what was typed for `option` is text; names the first byte that is not.
Status checkUtf8(const std::string& option, std::string_view value);

// The configuration that was asked for, or a usage error in one sentence.
Result<select::Config> configOf(const RunOptions& options);

} // namespace kvprism::cli
