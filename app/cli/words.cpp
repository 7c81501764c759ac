// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/words.h"

#include <array>
#include <cstdio>

namespace kvprism::cli {

std::string grouped(std::int64_t number) {
    const std::string digits = std::to_string(number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const bool between = i > 0 && digits[i - 1] != '-' && (digits.size() - i) % 3 == 0;
        if (between)
            text += ',';
        text += digits[i];
    }
    return text;
}

std::string fixed(double value, int decimals) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

std::string bytesText(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 4> units{"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024)
        return std::to_string(bytes) + " B";
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < units.size()) {
        value /= 1024;
        ++unit;
    }
    return fixed(value, 1) + " " + std::string(units[unit]);
}

std::string secondsText(double milliseconds) {
    return milliseconds < 1000 ? fixed(milliseconds, 0) + " ms" : fixed(milliseconds / 1000, 1) + " s";
}

std::string perSecond(std::int64_t count, double milliseconds) {
    return milliseconds > 0 ? fixed(static_cast<double>(count) * 1000 / milliseconds, 0) + " tokens/s"
                            : "– tokens/s";
}

std::string forTerminal(std::string_view utf8) {
    constexpr std::string_view replacement = "\xEF\xBF\xBD";
    std::string text;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto byte = static_cast<unsigned char>(utf8[i]);
        const auto next = static_cast<unsigned char>(i + 1 < utf8.size() ? utf8[i + 1] : 0);
        if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F) {
            text += replacement;
        } else if (byte == 0xC2 && next >= 0x80 && next < 0xA0) { // U+0080 … U+009F
            text += replacement;
            ++i;
        } else {
            text += utf8[i];
        }
    }
    return text;
}

} // namespace kvprism::cli
