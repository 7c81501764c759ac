// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/tables/explorer_probe_request.h"
#include "engine/tables/picture_request.h"
#include "engine/tables/roofline_request.h"

namespace kvprism::cli {

// Draws a view of a recording. The library that draws it, and Qt with it, is loaded only now; where it is
// missing the error is `unavailable`.
Status drawPicture(const tables::PictureRequest& request);
Status drawPicture(const tables::RooflineRequest& request);

// How long the views take on a recording, by the same library: the request's calls tell it.
Status measureExplorer(const tables::ExplorerProbeRequest& request);

} // namespace kvprism::cli
