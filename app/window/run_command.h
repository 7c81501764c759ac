// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/trace_delivery.h"

#include <memory>
#include <stop_token>
#include <string>

namespace kvprism::app {

using RunId = quint64; // counted by the window; 0 is no run

// Everything that one run needs, as values: what the person changes meanwhile does not reach it.
struct RunCommand {
    RunId id = 0;
    ModelRequest model;
    select::Config config;
    std::shared_ptr<const text::Document> document;
    std::string question;
    std::string recordingPath; // empty: nothing is recorded
    bool continues = false;    // the memory of the question before may answer, if it is still there
    std::shared_ptr<TraceDelivery> delivery;
    std::stop_token stop;
};

} // namespace kvprism::app
