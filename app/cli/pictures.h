// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/tables/picture_request.h"

namespace kvprism::cli {

// Draws a view of a recording. The library that draws it, and Qt with it, is loaded only now; where it is
// missing the error is `unavailable`.
Status drawPicture(const tables::PictureRequest& request);

} // namespace kvprism::cli
