// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctime>
#include <string>

namespace kvprism {

// Now, in UTC, as strftime writes it: `format` gives at most 31 characters.
inline std::string utcNow(const char* format) {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[32] = "";
    std::strftime(text, sizeof text, format, &parts);
    return text;
}

} // namespace kvprism
