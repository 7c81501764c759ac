// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <string>

namespace kvprism {

// What this machine says of an NVIDIA GPU, without asking one.
struct GpuSigns {
    bool driver = false; // one is loaded
    bool device = false; // and a program may talk to it
    bool hidden = false; // CUDA_VISIBLE_DEVICES shows none: somebody wants it so

    // Without any sign libtorch's part for GPUs, which is large, need not be loaded to find none.
    bool worthAsking() const { return (driver || device) && !hidden; }
};

GpuSigns gpuSigns();

// Why `--device cuda` is refused: what the machine says, where that explains it better than `why`,
// gpuForNewWork()'s error.
Error gpuRefusal(const GpuSigns& signs, const Error& why);

// What to tell where `--device auto` takes the processor, a sentence; empty where there is no GPU, or nobody
// misses it. `why`: gpuForNewWork()'s error.
std::string gpuNotice(const GpuSigns& signs, const Error& why);

} // namespace kvprism
