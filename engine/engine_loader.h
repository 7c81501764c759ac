// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.h"

#include <memory>

namespace kvprism {

// Loads the engine's shared library (and with it libtorch) on the first call and makes an engine. Until then
// the process has no libtorch in it. The library is looked for beside the program, then in ../lib. It stays
// loaded.
Result<std::unique_ptr<Engine>> loadEngine();

} // namespace kvprism
