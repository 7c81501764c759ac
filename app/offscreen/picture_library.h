// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tables/picture_request.h"

// The library kvprism_pictures: pictures of recordings for programs without Qt, to be loaded (dlopen) only
// when a picture is wanted. Where the process has no QApplication, one is made on the offscreen platform for
// the call; call from one thread.

// Draws a view of the recording with title, configuration and legend into a PNG or SVG file, and writes its
// numbers beside it where asked. Returns 0, or an exit status of sysexits (64 a request that cannot be, 65
// malformed recording, 66 no such recording, 69 not possible in this process or for this recording, 71
// memory, 74 not written); then `message`, an array of `messageSize` bytes, holds one sentence, cut to fit.
extern "C" __attribute__((visibility("default"))) int
kvprism_draw_view(const kvprism::tables::PictureRequest* request, char* message, int messageSize);
