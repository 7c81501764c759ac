// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/pictures.h"

#include "engine/shared_library.h"

#include <dlfcn.h>
#include <filesystem>
#include <system_error>

namespace kvprism::cli {

namespace {

// As views/pictures.h declares it; that header is not included, so that nothing here depends on the views.
using DrawFunction = int (*)(const char* recording, const char* pngPath, char* message, int messageSize);

Result<DrawFunction> findLibrary() {
    std::error_code failure;
    const auto folder = std::filesystem::read_symlink("/proc/self/exe", failure).parent_path();
    for (const auto& candidate :
         {folder / "libkvprism_pictures.so", folder.parent_path() / "lib" / "libkvprism_pictures.so"}) {
        if (!std::filesystem::exists(candidate, failure))
            continue;
        if (const Status whole = checkSharedLibrary(candidate.string()); !whole)
            return unavailable(whole.error().message + ": run ./kvprism build to make it again.");
        if (void* library = dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL))
            if (void* symbol = dlsym(library, "kvprism_draw_survival_map"))
                return reinterpret_cast<DrawFunction>(symbol);
    }
    return unavailable(
        "libkvprism_pictures.so, which draws with Qt, is not beside this program or does not load.");
}

} // namespace

Status drawSurvivalMap(const std::string& recording, const std::string& png) {
    const auto draw = findLibrary();
    if (!draw)
        return draw.error();
    char message[512] = "";
    const int status = (*draw)(recording.c_str(), png.c_str(), message, static_cast<int>(sizeof message));
    if (status != 0)
        return Error{static_cast<ErrorCode>(status), message};
    return {};
}

} // namespace kvprism::cli
