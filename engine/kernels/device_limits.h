// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cuda_runtime.h>

namespace kvprism::kernels {

// What launches of this thread's current device are planned by; zeros where none answers.
struct DeviceLimits {
    int processors = 0, major = 0; // of its compute capability
    int sharedBytes = 0;           // that a thread block may have
    bool cooperative = false;      // launches whose blocks wait for each other
};

inline DeviceLimits currentDeviceLimits() {
    DeviceLimits limits;
    int index = 0, cooperative = 0;
    cudaGetDevice(&index);
    cudaDeviceGetAttribute(&limits.processors, cudaDevAttrMultiProcessorCount, index);
    cudaDeviceGetAttribute(&limits.major, cudaDevAttrComputeCapabilityMajor, index);
    cudaDeviceGetAttribute(&limits.sharedBytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, index);
    cudaDeviceGetAttribute(&cooperative, cudaDevAttrCooperativeLaunch, index);
    limits.cooperative = cooperative != 0;
    return limits;
}

} // namespace kvprism::kernels
