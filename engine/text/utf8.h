// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

namespace kvprism::text {

inline constexpr std::string_view replacementCharacter = "\xEF\xBF\xBD"; // U+FFFD

enum class Utf8State { valid, invalid, incomplete };

// The first character of `bytes` (not empty), or the maximal part of one that can be none, as the WHATWG
// decoder and the Unicode standard (table 3-7) cut them. Incomplete: well so far, but `bytes` end within it.
struct Utf8Part {
    std::size_t length = 0; // bytes, ≥ 1
    Utf8State state = Utf8State::valid;
};
Utf8Part firstUtf8Part(std::string_view bytes);

// Whether there is nothing to read: white space, controls and what takes no room (general categories Z*, Cc,
// Cf).
bool isBlank(std::string_view utf8);

// Length of the longest prefix that is whole, valid characters.
std::size_t validUtf8Prefix(std::string_view bytes);

} // namespace kvprism::text
