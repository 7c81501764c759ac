// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <c10/util/Exception.h>

namespace kvprism {

// What an exception of libtorch's says of the GPU.
enum class GpuFailure { none, outOfMemory, lost };
GpuFailure gpuFailureOf(const c10::Error& failure);

// The error (unavailable) for a GPU that was lost while it computed: its program was reset or killed, it was
// taken away, or it fell over. No model is loaded to it any more in this process. Engine thread.
Error gpuLost(const c10::Error& failure);

} // namespace kvprism
