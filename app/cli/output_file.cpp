// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <unistd.h>

namespace kvprism::cli {

namespace {

namespace fs = std::filesystem;

Status mayReplace(const std::string& option, const std::string& path, std::string_view header) {
    std::ifstream file(path, std::ios::binary);
    std::string begin(header.size(), '\0');
    file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    std::error_code failure;
    const bool isEmpty = fs::file_size(path, failure) == 0 && !failure;
    if (!isEmpty && (!file || begin != header))
        return usageError(path +
                          " exists and is no table of this kind, so it is left alone: choose another " +
                          option + ".");
    return {};
}

} // namespace

Status mayWriteTable(const std::string& option, const std::string& path, std::string_view header,
                     const std::vector<std::string>& inputs) {
    std::error_code failure;
    for (const std::string& input : inputs)
        if (!input.empty() && fs::equivalent(path, input, failure) && !failure)
            return usageError(option + " names " + input + ", which is read: choose another file.");
    const fs::file_status status = fs::status(path, failure);
    switch (status.type()) {
    case fs::file_type::directory:
    case fs::file_type::block:
    case fs::file_type::socket:
        return usageError(path + " is no file: choose another " + option + ".");
    case fs::file_type::regular:
        if (const Status may = mayReplace(option, path, header); !may)
            return may;
        break;
    default:
        break;
    }
    const fs::path folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : fs::path(".");
    const bool isThere = status.type() != fs::file_type::not_found && status.type() != fs::file_type::none;
    if (status.type() == fs::file_type::none ||
        ::faccessat(AT_FDCWD, isThere ? path.c_str() : folder.c_str(), W_OK, AT_EACCESS) != 0)
        return ioError("Cannot write " + path + " (" + std::strerror(errno) + "): choose another " + option +
                       ".");
    return {};
}

} // namespace kvprism::cli
