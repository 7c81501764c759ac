// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/gpu_notice.h"

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace kvprism {

namespace {

bool isThere(const char* path) {
    std::error_code failure;
    return std::filesystem::exists(path, failure);
}

bool showsNone(const char* visible) {
    return visible && (std::string_view(visible).empty() || std::string_view(visible) == "-1");
}

} // namespace

GpuSigns gpuSigns() {
    // Windows lends its driver to Linux in another way.
    const bool lent = isThere("/usr/lib/wsl/lib/libcuda.so.1");
    return {.driver = lent || isThere("/proc/driver/nvidia/version"),
            .device = lent || isThere("/dev/nvidiactl"),
            .hidden = showsNone(std::getenv("CUDA_VISIBLE_DEVICES"))};
}

Error gpuRefusal(const GpuSigns& signs, const Error& why) {
    const std::string asked = "--device cuda: ";
    if (signs.hidden)
        return unavailable(asked + "CUDA_VISIBLE_DEVICES hides every GPU from this program.");
    if (!signs.worthAsking())
        return unavailable(asked + "no NVIDIA GPU answers here, since no driver of NVIDIA's is loaded.");
    return unavailable(asked + why.message);
}

std::string gpuNotice(const GpuSigns& signs, const Error& why) {
    if (!signs.worthAsking())
        return {};
    const std::string taken = "The processor is used, not the NVIDIA GPU: ";
    if (!signs.device) // a container sees the driver of its host
        return taken + "it is not open to this program (there is no /dev/nvidiactl; a container has to be "
                       "started with its GPU).";
    return taken + why.message;
}

} // namespace kvprism
