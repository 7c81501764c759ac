// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/engine_loader.h"

#include "engine/shared_library.h"

#include <dlfcn.h>
#include <filesystem>
#include <string>
#include <system_error>

namespace kvprism {

namespace {

using CreateEngine = Engine* (*)();

constexpr const char* advice = "run ./kvprism build to make it again.";

Result<CreateEngine> findFactory() {
    // libtorch's OpenMP threads spin between operators by default: beside a window (or any other work) that
    // makes every operator wait for a core. Read by libgomp when it is loaded, hence here; the user's own
    // setting wins.
    setenv("OMP_WAIT_POLICY", "PASSIVE", 0);
    std::error_code failure;
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failure);
    const std::filesystem::path folder = program.parent_path();
    for (const auto& candidate :
         {folder / "libkvprism_engine.so", folder.parent_path() / "lib" / "libkvprism_engine.so"}) {
        if (!std::filesystem::exists(candidate, failure))
            continue;
        const std::string path = candidate.string();
        if (const Status whole = checkSharedLibrary(path); !whole)
            return unavailable("The engine library " + whole.error().message + ": " + advice);
        if (void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
            if (void* symbol = dlsym(library, "kvprism_create_engine"))
                return reinterpret_cast<CreateEngine>(symbol);
        }
        const char* message = dlerror();
        return loadFailure("The engine library " + path, message ? message : "unknown reason", advice);
    }
    return unavailable(std::string("The engine library libkvprism_engine.so is not beside the program: ") +
                       advice);
}

} // namespace

Result<std::unique_ptr<Engine>> loadEngine() {
    static const Result<CreateEngine> factory = findFactory();
    if (!factory)
        return factory.error();
    return std::unique_ptr<Engine>((*factory)());
}

} // namespace kvprism
