// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/engine/tiny_model.h"

#include <cstdint>
#include <string>

namespace kvprism::tests {

// Seeded letters a … z, a byte each.
inline std::string someText(std::size_t bytes, std::uint32_t seed) {
    std::string text;
    for (const std::int32_t id : someIds(static_cast<std::int32_t>(bytes), 26, seed))
        text += static_cast<char>('a' + id);
    return text;
}

} // namespace kvprism::tests
