// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace kvprism::tables {

// What is asked of the library that measures the views (app/offscreen/probe_library.h), in a shape that crosses the
// border between programs without Qt and the library. All calls come on the caller's thread.
struct ExplorerProbeRequest {
    const char* recording = nullptr; // path
    std::int32_t width = 0;          // of the panels together, in pixels
    std::int32_t height = 0;
    std::int32_t repeats = 0; // events of each action
    std::uint64_t seed = 1;   // of where they happen

    void* context = nullptr; // handed to the calls below
    // Once, from before the file is opened: until the model has all of it, and until the panels stand on the
    // (offscreen) screen.
    void (*opened)(void* context, double filledMs, double shownMs) = nullptr;
    // For each event that changed the picture: from its arrival until all is repainted.
    void (*measured)(void* context, const char* action, double ms) = nullptr;
    bool (*mayGoOn)(void* context) = nullptr; // asked before each event
};

} // namespace kvprism::tables
