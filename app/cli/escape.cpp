// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/escape.h"

#include "engine/text/utf8.h"

#include <array>
#include <cstdio>

namespace kvprism::cli {

namespace {

struct Range {
    char32_t first, last;
};
// Spaces but U+0020, format characters and the like.
constexpr std::array invisible{
    Range{0x80, 0xA0},     Range{0xAD, 0xAD},     Range{0x34F, 0x34F},      Range{0x61C, 0x61C},
    Range{0x115F, 0x1160}, Range{0x1680, 0x1680}, Range{0x17B4, 0x17B5},    Range{0x180B, 0x180F},
    Range{0x2000, 0x200F}, Range{0x2028, 0x202F}, Range{0x205F, 0x206F},    Range{0x3000, 0x3000},
    Range{0x3164, 0x3164}, Range{0xE000, 0xF8FF}, Range{0xFE00, 0xFE0F},    Range{0xFEFF, 0xFEFF},
    Range{0xFFA0, 0xFFA0}, Range{0xFFF0, 0xFFFB}, Range{0xE0000, 0x10FFFF},
};

char32_t codePoint(std::string_view character) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
    if (character.size() == 1)
        return byte(0);
    char32_t value = byte(0) & (0xFFu >> (character.size() + 1));
    for (std::size_t i = 1; i < character.size(); ++i)
        value = value << 6 | (byte(i) & 0x3Fu);
    return value;
}

std::string hexadecimal(const char* format, unsigned value) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), format, value);
    return text.data();
}

std::string escapedCharacter(std::string_view character) {
    const char32_t value = codePoint(character);
    switch (value) {
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    default:
        break;
    }
    if (value < 0x20 || value == 0x7F)
        return hexadecimal("\\x%02x", static_cast<unsigned>(value));
    for (const Range& range : invisible)
        if (value >= range.first && value <= range.last)
            return hexadecimal("\\u{%x}", static_cast<unsigned>(value));
    return std::string(character);
}

std::string withoutControls(std::string_view bytes, bool quoted) {
    std::string line;
    while (!bytes.empty()) {
        const text::Utf8Part part = text::firstUtf8Part(bytes);
        const std::string_view character = bytes.substr(0, part.length);
        const bool plain = !quoted && (character == "\"" || character == "\\");
        if (part.state == text::Utf8State::valid) {
            line += plain ? std::string(character) : escapedCharacter(character);
        } else {
            for (const char c : character)
                line += hexadecimal("\\x%02x", static_cast<unsigned char>(c));
        }
        bytes.remove_prefix(part.length);
    }
    return line;
}

} // namespace

std::string escaped(std::string_view bytes) {
    return '"' + withoutControls(bytes, true) + '"';
}

std::string oneLine(std::string_view bytes) {
    return withoutControls(bytes, false);
}

} // namespace kvprism::cli
