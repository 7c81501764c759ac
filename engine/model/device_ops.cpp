// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/device_ops.h"

#include "engine/shared_library.h"

#include <dlfcn.h>

namespace kvprism::model {

namespace {

using Find = DeviceOps* (*)(const char** sentence);

Result<DeviceOps*> find() {
    // Its operators register themselves; our part uses its symbols.
    if (!dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL))
        return unavailable("libtorch's part for GPUs is not installed.");
    const auto symbol = symbolOfOurLibrary("The part for GPUs", "libkvprism_cuda.so", "kvprism_gpu_ops");
    if (!symbol)
        return symbol.error();
    const char* sentence = nullptr;
    DeviceOps* ops = reinterpret_cast<Find>(*symbol)(&sentence);
    if (!ops)
        return unavailable(sentence);
    return ops;
}

} // namespace

Result<DeviceOps*> gpuOps() {
    static const Result<DeviceOps*> found = find();
    return found;
}

DeviceOps& opsOf(const at::Tensor& tensor) {
    TORCH_CHECK(tensor.is_cuda(), "an operator of the GPU's was asked for another device's tensor");
    const auto ops = gpuOps();
    TORCH_CHECK(ops.ok(), "the part for GPUs is not there");
    return **ops;
}

} // namespace kvprism::model
