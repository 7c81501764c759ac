// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/torch.h"

#include <cstdint>

namespace kvprism::model {

// What libtorch's allocator of a device counted; everything is 0 on the host, which has none that counts.
struct DeviceMemory {
    std::int64_t deviceAllocations = 0; // calls of cudaMalloc and the like until now
    std::int64_t peakBytes = 0; // allocated at once at most, workspaces of cuBLAS and cuDNN among them
    std::int64_t peakReservedBytes = 0; // taken from the device at most
};
DeviceMemory memoryOf(at::Device device);
void resetPeak(at::Device device); // gives back what is cached, and counts peaks anew

} // namespace kvprism::model
