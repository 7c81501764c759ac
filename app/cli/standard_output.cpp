// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/standard_output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace kvprism::cli {

Status printResult(std::string_view text) {
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if (written && std::fflush(stdout) == 0)
        return {};
    return ioError(std::string("Writing to standard output failed: ") + std::strerror(errno) + ".");
}

} // namespace kvprism::cli
