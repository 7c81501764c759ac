// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/interrupt.h"
#include "app/cli/terminal.h"
#include "engine/engine.h"

#include <memory>

namespace kvprism::cli {

// An engine with a model in it, ready for sessions.
struct LoadedEngine {
    std::unique_ptr<Engine> engine;
    trace::ModelIdentity model;
};

// Loads libtorch, then the model; Ctrl-C stops it. An empty path means the embedded model.
Result<LoadedEngine> loadEngineWith(ModelRequest request, EngineObserver* observer, Interrupt& interrupt);

// A session over a document; Ctrl-C stops it. `observer` may be null.
Result<std::unique_ptr<Session>> openWatched(Engine& engine, const select::Config& config,
                                             const text::Document& document, EngineObserver* observer,
                                             Interrupt& interrupt);

} // namespace kvprism::cli
