// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/base/types.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kvprism::select {

// Tokens marked by hand, as positions in the stream. Written "120-135,400": ends are inside.
class TokenRanges {
  public:
    struct Range {
        std::int32_t first = 0, last = 0;
        friend bool operator==(const Range&, const Range&) = default;
    };

    void add(Range range);    // merges with neighbours; first ≤ last, from 0
    void remove(Range range); // cuts it out
    bool contains(StreamPos position) const;
    bool empty() const { return m_ranges.empty(); }
    std::int32_t last() const { return m_ranges.empty() ? -1 : m_ranges.back().last; }
    std::int64_t countIn(StreamPos begin, StreamPos end) const;   // how many lie in [begin, end)
    const std::vector<Range>& ranges() const { return m_ranges; } // ascending, apart from each other
    friend bool operator==(const TokenRanges&, const TokenRanges&) = default;

  private:
    std::vector<Range> m_ranges;
};

std::string textOf(const TokenRanges& ranges);
// The error (usage) names the option. At most 100,000 ranges.
Status parseInto(TokenRanges& target, std::string_view option, std::string_view value);

} // namespace kvprism::select
