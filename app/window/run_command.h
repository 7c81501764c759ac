// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/trace_delivery.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace kvprism::app {

using RunId = quint64; // counted by the window; 0 is no run

// What every piece of work on the engine thread has, as values: what the person changes meanwhile does not
// reach it.
struct EngineCommand {
    RunId id = 0;
    ModelRequest model;
    std::shared_ptr<TraceDelivery> delivery;
    std::stop_token stop;
};

// A memory that was saved, and the model that read it.
struct SavedMemory {
    std::string path;
    trace::ModelIdentity model;
};

struct RunCommand : EngineCommand {
    select::Config config;
    std::shared_ptr<const text::Document> document;
    std::optional<SavedMemory> memory; // answers instead of the document
    std::string question;
    std::string recordingPath; // empty: nothing is recorded
    bool continues = false;    // the memory of the question before may answer, if it is still there
};

// A recording that is run again and compared. `model` is tried where the recorded one is not there.
struct VerifyCommand : EngineCommand {
    std::string recordingPath;
    std::shared_ptr<const text::Document> document; // as it was; nullptr: to be found
    std::string documentPath;                       // where it is now; empty: where it was
};

// The memory that is held goes to a file.
struct SaveCommand : EngineCommand {
    std::string path;
};

} // namespace kvprism::app
