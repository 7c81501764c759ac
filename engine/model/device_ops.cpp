// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/device_ops.h"

#include "engine/shared_library.h"

#include <dlfcn.h>
#include <filesystem>
#include <optional>
#include <system_error>

namespace kvprism::model {

namespace {

using Find = DeviceOps* (*)(const char** sentence);

// Beside the library of libtorch's that runs already, so that both are of one build. Its operators register
// themselves; our part uses its symbols.
Status loadTorchPart() {
    Dl_info running{};
    if (dladdr(reinterpret_cast<void*>(&at::globalContext), &running) == 0 || !running.dli_fname)
        return unavailable("the folder of libtorch cannot be told.");
    const std::filesystem::path folder = std::filesystem::path(running.dli_fname).parent_path();
    const std::string path = (folder / "libtorch_cuda.so").string();
    std::error_code failure;
    if (!std::filesystem::exists(path, failure))
        return unavailable(
            "libtorch in " + folder.string() +
            " has no part for GPUs: run ./kvprism setup, or take a torch that is built for CUDA.");
    if (const Status whole = checkSharedLibrary(path); !whole)
        return unavailable(whole.error().message + ": remove it, then run ./kvprism setup.");
    if (dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL))
        return {};
    const char* message = dlerror();
    return loadFailure(path, message ? message : "unknown reason", "run ./kvprism setup.");
}

Result<DeviceOps*> find() {
    constexpr const char* ourPart = "libkvprism_cuda.so";
    if (!ourLibraryIsThere(ourPart))
        return unavailable(
            "KVPrism's part for GPUs was not built: install the CUDA toolkit 12.8 or newer (nvcc), "
            "then run ./kvprism build.");
    if (const Status torchPart = loadTorchPart(); !torchPart)
        return torchPart.error();
    const auto symbol = symbolOfOurLibrary("the part for GPUs", ourPart, "kvprism_gpu_ops");
    if (!symbol)
        return symbol.error();
    const char* sentence = nullptr;
    DeviceOps* ops = reinterpret_cast<Find>(*symbol)(&sentence);
    if (!ops)
        return unavailable(sentence);
    return ops;
}

std::optional<std::string> loss; // why the GPU is given up; of the engine's thread alone

} // namespace

Result<DeviceOps*> gpuOps() {
    static const Result<DeviceOps*> found = find();
    return found;
}

Result<DeviceOps*> gpuForNewWork() {
    if (loss)
        return unavailable("it failed (" + *loss + ") and is left alone until this program starts again.");
    return gpuOps();
}

void giveUpGpu(const std::string& why) {
    loss = why;
}

DeviceOps& opsOf(const at::Tensor& tensor) {
    TORCH_CHECK(tensor.is_cuda(), "an operator of the GPU's was asked for another device's tensor");
    const auto ops = gpuOps();
    TORCH_CHECK(ops.ok(), "the part for GPUs is not there");
    return **ops;
}

} // namespace kvprism::model
