// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace kvprism {

// A name out of an untrusted file, quoted for an error message: at most `most` bytes of it, and nothing in it
// that a terminal would act on.
inline std::string printable(std::string_view name, std::size_t most = 64) {
    std::string text = "'";
    for (const char c : name.substr(0, most)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7F) {
            text += c;
        } else {
            text += "\\x";
            text += "0123456789abcdef"[byte >> 4];
            text += "0123456789abcdef"[byte & 15];
        }
    }
    return text + (name.size() > most ? "…'" : "'");
}

} // namespace kvprism
