// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace kvprism::tables {

// A roofline picture (Williams, Waterman, Patterson, CACM 2009) to be drawn by the library that draws
// pictures (app/offscreen/roofline_library.h); plain, so that it crosses the border to it.
struct RooflineRequest {
    struct Point {
        const char* name = nullptr;
        double intensity = 0;           // floating point operations a byte
        double operationsPerSecond = 0; // reached
        bool ours = true;               // else a stock part's
    };
    const char* title = nullptr;    // what was measured
    const char* subtitle = nullptr; // on what
    const char* output = nullptr;   // path; ends in .png or .svg
    double operationsPerSecond = 0; // of a large matrix product
    double bytesPerSecond = 0;      // of a large copy
    const Point* points = nullptr;
    std::int32_t pointCount = 0;
};

} // namespace kvprism::tables
