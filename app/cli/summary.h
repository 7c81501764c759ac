// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/run_log.h"
#include "engine/engine.h"

#include <string>

namespace kvprism::cli {

// What a run did, in a few lines for standard error: what was read and how fast, what ran, what was kept at
// the end and at the widest, how the answer ended. `tokensRead` of the stream were read, all of it unless the
// run was interrupted.
std::string summaryText(const AskResult& result, std::int32_t tokensRead);

// A table of the steps: block, tokens kept, by tier, dropped, milliseconds by part.
std::string stepTable(const RunLog& log);

} // namespace kvprism::cli
