// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace kvprism::text {

// Bytes [begin, end) of a text.
struct Place {
    std::size_t begin = 0, end = 0;
    friend bool operator==(const Place&, const Place&) = default;
};

// Every place of `words` in `utf8`, ascending and without overlaps, letters compared in lower case, character
// by character. Bytes that are no characters match nothing but themselves.
std::vector<Place> findWords(std::string_view utf8, std::string_view words);

} // namespace kvprism::text
