// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/document.h"

#include <algorithm>

namespace kvprism::text {

std::uint64_t Document::diskOffset(std::uint64_t textOffset) const {
    const auto after = std::upper_bound(shifts.begin(), shifts.end(), textOffset,
                                        [](std::uint64_t offset, const Shift& shift) { return offset < shift.text; });
    if (after == shifts.begin()) return textOffset;
    const Shift& shift = *std::prev(after);
    return textOffset - shift.text + shift.disk;
}

} // namespace kvprism::text
