// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/embedded_model.h"

#include <cstdlib>
#include <filesystem>

namespace kvprism::files {

std::string cacheFolder() {
    // The XDG base directory specification has relative paths ignored.
    if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && *cache == '/')
        return std::string(cache) + "/kvprism";
    if (const char* home = std::getenv("HOME"); home && *home)
        return std::string(home) + "/.cache/kvprism";
    return {};
}

std::string embeddedModelPath() {
    const std::string file = "/models/SmolLM2-135M-Instruct.Q4_1.gguf";
    std::error_code failure;
    const std::filesystem::path folder =
        std::filesystem::read_symlink("/proc/self/exe", failure).parent_path();
    // Of a bundle that was made with it.
    const std::string beside = (folder.parent_path() / "share/kvprism").string() + file;
    if (std::filesystem::exists(beside, failure))
        return beside;
    const std::string cache = cacheFolder();
    return cache.empty() ? cache : cache + file;
}

Result<std::string> modelPath(std::string_view given) {
    if (!given.empty())
        return std::string(given);
    const std::string path = embeddedModelPath();
    if (path.empty())
        return noInput("Neither HOME nor XDG_CACHE_HOME is set; name a model with --model.");
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        return noInput("The embedded model is not at " + path +
                       ": run ./kvprism setup, or name a model with --model.");
    return path;
}

} // namespace kvprism::files
