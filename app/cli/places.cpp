// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/places.h"

#include "engine/base/utc_time.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace kvprism::cli {

namespace {

namespace fs = std::filesystem;

// A relative path in the environment is to be ignored, says the specification.
fs::path folderOf(const char* variable, const char* underHome) {
    const char* set = std::getenv(variable);
    if (set && *set == '/')
        return fs::path(set) / "kvprism";
    const char* home = std::getenv("HOME");
    return fs::path(home && *home ? home : ".") / underHome / "kvprism";
}

std::string tame(std::string_view documentName) {
    std::string name;
    for (const char c : fs::path(documentName).stem().string()) {
        const bool usual = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                           c == '.' || c == '_' || c == '-';
        if (usual)
            name += c;
        else if (!name.empty() && name.back() != '-')
            name += '-';
    }
    name.resize(std::min<std::size_t>(name.size(), 40));
    return name.empty() ? "document" : name;
}

} // namespace

std::string runsFolder() {
    return folderOf("XDG_DATA_HOME", ".local/share") / "runs";
}

Result<std::string> newRunPath(std::string_view documentName, std::string_view ending) {
    const fs::path folder = runsFolder();
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure)
        return ioError("The folder " + folder.string() + " for recordings cannot be made (" +
                       failure.message() + "): set XDG_DATA_HOME, or use --record FILE or --no-record.");
    const std::string stem = (folder / (utcNow("%Y%m%d-%H%M%S") + "-" + tame(documentName))).string();
    std::string path = stem + std::string(ending);
    for (int number = 2; fs::exists(path, failure); ++number)
        path = stem + "-" + std::to_string(number) + std::string(ending);
    return path;
}

} // namespace kvprism::cli
