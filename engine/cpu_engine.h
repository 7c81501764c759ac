// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.h"

#include <memory>

namespace kvprism {

// The engine over libtorch on the host. Exceptions of libtorch and the allocator end here, as errors.
std::unique_ptr<Engine> makeCpuEngine();

} // namespace kvprism
