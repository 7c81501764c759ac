// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/interrupt.h"
#include "engine/engine.h"

#include <string>

namespace kvprism::cli {

// ask() for measurements: an answer that Ctrl-C cut short is an error (interrupted), not a result. `sink` may
// be null.
Result<AskResult> wholeAnswer(Session& session, const std::string& question, Interrupt& interrupt,
                              trace::TraceSink* sink = nullptr);

} // namespace kvprism::cli
