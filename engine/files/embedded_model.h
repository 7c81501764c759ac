// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <string>
#include <string_view>

namespace kvprism::files {

// The per-user folder that ./kvprism fills: $XDG_CACHE_HOME/kvprism or ~/.cache/kvprism; empty where neither
// is known.
std::string cacheFolder();

// Where the embedded model, SmolLM2-135M-Instruct, lies after ./kvprism setup, or in a bundle.
std::string embeddedModelPath();

// `given`, or the embedded model where it is empty. Fails with what to do where the embedded model is not
// there.
Result<std::string> modelPath(std::string_view given);

} // namespace kvprism::files
