// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/find_words.h"

#include <algorithm>
#include <cstdint>
#include <utf8proc.h>

namespace kvprism::text {

namespace {

// A text's characters in lower case, and where each begins.
struct Characters {
    std::vector<std::int32_t> codes; // of a byte that is no character: −1 − byte
    std::vector<std::size_t> begins; // one more: the end

    explicit Characters(std::string_view utf8) {
        codes.reserve(utf8.size());
        begins.reserve(utf8.size() + 1);
        for (std::size_t at = 0; at < utf8.size();) {
            const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(utf8.data() + at);
            utf8proc_int32_t code = -1;
            const auto length =
                utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(utf8.size() - at), &code);
            codes.push_back(length > 0 ? utf8proc_tolower(code) : -1 - std::int32_t{*bytes});
            begins.push_back(at);
            at += length > 0 ? static_cast<std::size_t>(length) : 1;
        }
        begins.push_back(utf8.size());
    }
};

} // namespace

std::vector<Place> findWords(std::string_view utf8, std::string_view words) {
    std::vector<Place> places;
    const std::vector<std::int32_t> wanted = Characters(words).codes;
    if (wanted.empty())
        return places;
    const Characters text(utf8);
    auto from = text.codes.begin();
    while (true) {
        const auto found = std::search(from, text.codes.end(), wanted.begin(), wanted.end());
        if (found == text.codes.end())
            return places;
        const auto begin = static_cast<std::size_t>(found - text.codes.begin());
        places.push_back({text.begins[begin], text.begins[begin + wanted.size()]});
        from = found + static_cast<std::ptrdiff_t>(wanted.size());
    }
}

} // namespace kvprism::text
