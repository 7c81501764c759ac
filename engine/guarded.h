// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/gpu_failure.h"

#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <exception>
#include <new>
#include <string>

namespace kvprism {

// Runs `work`, which returns a Result, in inference mode, and turns what libtorch throws into errors;
// noMemory() makes the one for want of memory. Engine thread.
template <class Work, class NoMemory>
auto guarded(const Work& work, const NoMemory& noMemory) -> decltype(work()) {
    const c10::InferenceMode inference;
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return noMemory();
    } catch (const c10::OutOfMemoryError&) { // of a device
        return noMemory();
    } catch (const c10::Error& failure) {
        const std::string what = failure.what_without_backtrace();
        if (what.find("DefaultCPUAllocator") != std::string::npos)
            return noMemory();
        switch (gpuFailureOf(failure)) {
        case GpuFailure::none:
            break;
        case GpuFailure::outOfMemory:
            return noMemory();
        case GpuFailure::lost:
            return gpuLost(failure);
        }
        return defect("The engine failed: " + what.substr(0, what.find('\n')) + ".");
    } catch (const std::exception& failure) {
        return defect(std::string("The engine failed: ") + failure.what() + ".");
    }
}

template <class Work> auto guarded(const Work& work) -> decltype(work()) {
    return guarded(work, [] {
        return outOfMemory(
            "The system gave no more memory: no budget would fit; use a smaller model, or make room.");
    });
}

} // namespace kvprism
