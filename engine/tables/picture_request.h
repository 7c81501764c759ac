// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace kvprism::tables {

// What is asked of the library that draws pictures, which is loaded by name
// (app/offscreen/picture_library.h). Plain, so that it crosses the border between programs without Qt and the
// library.
struct PictureRequest {
    const char* recording = nullptr; // path
    const char* view = nullptr;      // name
    const char* output = nullptr;    // path; ends in .png or .svg
    std::int32_t step = -1;          // the step shown; −1: the last
    std::int32_t token = -1;         // the token marked; −1: none
    std::int32_t width = 0;          // in units of 1/96 inch; 0: the view's own
    std::int32_t height = 0;         // the same
    double scale = 1;                // pixels a unit
    bool dark = false;
    bool withData = false;                // also write the table beside it, as .csv
    const char* with = nullptr;           // path of the recording to compare with; nullptr: none
    const char* const* needles = nullptr; // their words
    std::int32_t needleCount = 0;
    const char* needleTokens = nullptr; // needles by position ("120-135,400"); nullptr: none
};

// What a picture can be.
inline constexpr std::int32_t leastPictureWidth = 400;
inline constexpr std::int32_t leastPictureHeight = 240;
inline constexpr std::int32_t mostPictureUnits = 16384; // width or height
inline constexpr double leastPictureScale = 0.5;
inline constexpr double mostPictureScale = 8;
inline constexpr double mostPicturePixels = 100e6;

} // namespace kvprism::tables
