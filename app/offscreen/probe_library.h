// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tables/explorer_probe_request.h"

// Also in the library kvprism_pictures (picture_library.h): how long the views take, for programs without Qt.

// Opens the recording, shows the panels of the workspace Inspect together on the offscreen platform, and
// sends them events as a mouse, a wheel and a keyboard do. Returns 0, or an exit status of sysexits (65
// malformed recording, 66 no such recording, 69 not possible in this process, 130 mayGoOn said no); then
// `message`, an array of `messageSize` bytes, holds one sentence, cut to fit.
extern "C" __attribute__((visibility("default"))) int
kvprism_measure_explorer(const kvprism::tables::ExplorerProbeRequest* request, char* message,
                         int messageSize);
