// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tables/roofline_request.h"

// Also in the library kvprism_pictures (picture_library.h): what a card reached of what it can, for programs
// without Qt.

// Draws the picture into a PNG or SVG file, which takes the place of one that is there. Returns 0, or an exit
// status of sysexits (64 a request that cannot be, 69 not possible in this process, 74 not written); then
// `message`, an array of `messageSize` bytes, holds one sentence, cut to fit.
extern "C" __attribute__((visibility("default"))) int
kvprism_draw_roofline(const kvprism::tables::RooflineRequest* request, char* message, int messageSize);
