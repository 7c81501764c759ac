// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/json_file.h"

#include "engine/files/json_fields.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace kvprism::cli {

constexpr std::uintmax_t most = 64 << 20; // a measurement has some kilobytes

Result<nlohmann::json> readJsonFile(const std::string& path) {
    std::error_code failure;
    std::ifstream file(path, std::ios::binary);
    if (!file || !std::filesystem::is_regular_file(path, failure))
        return noInput("There is no readable file at " + path + ".");
    if (std::filesystem::file_size(path, failure) > most)
        return malformed(path + " is larger than such a file can be.");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return files::parseJsonObject(text, path);
}

} // namespace kvprism::cli
