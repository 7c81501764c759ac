// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/gpu_failure.h"

#include "engine/model/device_ops.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace kvprism {

namespace {

constexpr std::int32_t memoryAllocation = 2; // cudaErrorMemoryAllocation

// The libraries of CUDA's report by libtorch in these words; kernels and the runtime by a type of their own.
constexpr std::array<std::string_view, 4> beginnings{"CUDA error", "CUDA driver error", "cuDNN error",
                                                     "cuDNN Frontend error"};

std::string firstLine(const c10::Error& failure) {
    const std::string what = failure.what_without_backtrace();
    return what.substr(0, what.find('\n'));
}

} // namespace

GpuFailure gpuFailureOf(const c10::Error& failure) {
    const std::string what = firstLine(failure);
    const auto* reported = dynamic_cast<const c10::AcceleratorError*>(&failure);
    const bool isGpus =
        reported || std::any_of(beginnings.begin(), beginnings.end(),
                                [&](std::string_view words) { return what.starts_with(words); });
    if (!isGpus)
        return GpuFailure::none;
    const bool noMemory = (reported && reported->get_error_code() == memoryAllocation) ||
                          what.find("ALLOC_FAILED") != std::string::npos ||
                          what.find("out of memory") != std::string::npos;
    return noMemory ? GpuFailure::outOfMemory : GpuFailure::lost;
}

Error gpuLost(const c10::Error& failure) {
    const std::string what = firstLine(failure);
    model::giveUpGpu(what);
    return unavailable("The GPU failed (" + what +
                       "), and what it held is lost: ask again on the processor (--device cpu).");
}

} // namespace kvprism
