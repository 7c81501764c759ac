// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <string>

namespace kvprism::cli {

// Draws the survival map of a recording into a PNG. The library that draws it, and Qt with it, is loaded only
// now; where it is missing the error is `unavailable`.
Status drawSurvivalMap(const std::string& recording, const std::string& png);

} // namespace kvprism::cli
