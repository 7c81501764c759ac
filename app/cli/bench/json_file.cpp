// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/json_file.h"

#include "engine/files/json_fields.h"

#include <fstream>
#include <iterator>

namespace kvprism::cli {

Result<nlohmann::json> readJsonFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return noInput("There is no readable file at " + path + ".");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return files::parseJsonObject(text, path);
}

} // namespace kvprism::cli
