// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace kvprism::trace {

// Where a held token stands after a step. The numbers are those of the recording file.
enum class Tier : std::uint8_t { dropped = 0, anchor = 1, window = 2, global = 3, compressed = 4 };

// Why it stands there. The numbers are those of the recording file.
enum class Reason : std::uint8_t {
    anchor = 0,    // protected: among the first A stream positions
    window = 1,    // protected: among the last W stream tokens read
    primary = 2,   // chosen by the selector, or by the first part of a hybrid (also: when it was chosen earlier)
    secondary = 3, // chosen by the second part of a hybrid
    filled = 4,    // fewer survived the selector's own rule than the quota: filled up
    fits = 5,      // everything fits in the budget: nothing is scored or dropped
    pinned = 6,    // kept by hand
    evicted = 7,   // dropped by hand
    belowCut = 8,  // a candidate that was not chosen
};

inline constexpr std::array<std::string_view, 5> tierNames{"dropped", "anchor", "window", "global", "compressed"};
inline constexpr std::array<std::string_view, 9> reasonNames{"anchor", "window", "primary", "secondary", "filled",
                                                             "fits",   "pinned", "evicted", "below_cut"};

constexpr std::string_view name(Tier tier) { return tierNames[static_cast<std::size_t>(tier)]; }
constexpr std::string_view name(Reason reason) { return reasonNames[static_cast<std::size_t>(reason)]; }

} // namespace kvprism::trace
