// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The library kvprism_pictures: pictures of recordings for programs without Qt, to be loaded (dlopen) only
// when a picture is wanted. Where the process has no QApplication, one is made on the offscreen platform for
// the call; call from one thread.

// Draws the survival map of the recording with title, configuration and legend into a PNG file, which is
// replaced. Returns 0, or an exit status of sysexits (65 malformed recording, 66 no such recording, 69 not
// possible in this process, 74 not written); then `message`, an array of `messageSize` bytes, holds one
// sentence, cut to fit.
extern "C" __attribute__((visibility("default"))) int
kvprism_draw_survival_map(const char* recording, const char* pngPath, char* message, int messageSize);
