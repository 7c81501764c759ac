// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/geometry.h"

namespace kvprism::select {

std::int32_t Geometry::blocks() const { return (streamTokens + blockSize - 1) / blockSize; }

} // namespace kvprism::select
