// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <system_error>

namespace kvprism {

// Where a file that is written to `path` stands: through links, so that what they point to is replaced and
// not the link. The path itself where the system cannot tell.
inline std::string realPlace(const std::string& path) {
    std::error_code failure;
    const std::filesystem::path whole = std::filesystem::absolute(path, failure);
    const std::filesystem::path real =
        failure ? std::filesystem::path() : std::filesystem::weakly_canonical(whole, failure);
    return failure || real.empty() ? path : real.string();
}

} // namespace kvprism
