// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/types.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace kvprism::trace {

// For each answer token the kept tokens that it was written from: those with the largest attention weight
// times the norm of their value (the formula of `peak`, LASER-KV page, section 3), over all layers and query
// heads of the row that predicted it. Each answer token has its links in a row, the heaviest first.
struct Evidence {
    std::vector<std::uint32_t> ends;  // [answer tokens] end of token i's links; they begin where i−1's end
    std::vector<StreamPos> positions; // [links] of the stream
    std::vector<float> weights;       // [links] above 0

    bool empty() const { return ends.empty(); } // not recorded
    std::size_t begin(std::size_t token) const { return token == 0 ? 0 : ends[token - 1]; }
    std::span<const StreamPos> positionsOf(std::size_t token) const {
        return std::span(positions).subspan(begin(token), ends[token] - begin(token));
    }
    std::span<const float> weightsOf(std::size_t token) const {
        return std::span(weights).subspan(begin(token), ends[token] - begin(token));
    }
    friend bool operator==(const Evidence&, const Evidence&) = default;
};

} // namespace kvprism::trace
