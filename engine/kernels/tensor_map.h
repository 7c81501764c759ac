// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/launch.h"

#include <cstdint>
#include <cuda.h>

namespace kvprism::kernels {

struct TensorMapShape {
    std::uint64_t sizes[3]; // innermost first, dense
    std::uint32_t box[3];
};

// Describes a bf16 tensor to the copy engine; boxes are swizzled by 128 bytes, and zero outside the tensor.
Launched encodeSwizzled(CUtensorMap* map, const void* data, const TensorMapShape& shape);

} // namespace kvprism::kernels
