// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/token_ranges.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>

namespace kvprism::select {

namespace {

constexpr std::int32_t mostPosition = std::numeric_limits<std::int32_t>::max() - 1;
constexpr std::size_t mostRanges = 100'000;

// Takes a number from the front of `text`.
bool takeNumber(std::string_view& text, std::int32_t& number) {
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || number < 0 || number > mostPosition)
        return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

} // namespace

void TokenRanges::add(Range range) {
    // The ranges that it overlaps or touches become one with it.
    const auto begin =
        std::ranges::find_if(m_ranges, [&](const Range& other) { return other.last >= range.first - 1; });
    auto end = begin;
    for (; end != m_ranges.end() && end->first <= range.last + 1; ++end) {
        range.first = std::min(range.first, end->first);
        range.last = std::max(range.last, end->last);
    }
    m_ranges.insert(m_ranges.erase(begin, end), range);
}

void TokenRanges::remove(Range range) {
    std::vector<Range> left;
    for (const Range& own : m_ranges) {
        if (own.first < range.first)
            left.push_back({own.first, std::min(own.last, range.first - 1)});
        if (own.last > range.last)
            left.push_back({std::max(own.first, range.last + 1), own.last});
    }
    m_ranges = std::move(left);
}

bool TokenRanges::contains(StreamPos position) const {
    const auto next =
        std::ranges::lower_bound(m_ranges, position.value, {}, [](const Range& range) { return range.last; });
    return next != m_ranges.end() && next->first <= position.value;
}

std::int64_t TokenRanges::countIn(StreamPos begin, StreamPos end) const {
    std::int64_t count = 0;
    for (const Range& range : m_ranges)
        count += std::max<std::int64_t>(0, std::int64_t{std::min(range.last + 1, end.value)} -
                                               std::max(range.first, begin.value));
    return count;
}

std::string textOf(const TokenRanges& ranges) {
    std::string text;
    for (const auto& [first, last] : ranges.ranges()) {
        text += (text.empty() ? "" : ",") + std::to_string(first);
        if (last != first)
            text += "-" + std::to_string(last);
    }
    return text;
}

Status parseInto(TokenRanges& target, std::string_view option, std::string_view value) {
    TokenRanges ranges;
    const auto refuse = [&] {
        return usageError("--" + std::string(option) +
                          " takes positions of tokens such as 120-135,400, not '" +
                          std::string(value.substr(0, 60)) + "'.");
    };
    std::string_view rest = value;
    while (!rest.empty()) {
        TokenRanges::Range range;
        if (!takeNumber(rest, range.first))
            return refuse();
        range.last = range.first;
        if (rest.starts_with('-')) {
            rest.remove_prefix(1);
            if (!takeNumber(rest, range.last) || range.last < range.first)
                return refuse();
        }
        ranges.add(range);
        if (ranges.ranges().size() > mostRanges)
            return usageError("--" + std::string(option) + " names more than " + std::to_string(mostRanges) +
                              " ranges of tokens.");
        if (rest.empty())
            break;
        if (!rest.starts_with(',') || rest.size() == 1)
            return refuse();
        rest.remove_prefix(1);
    }
    target = std::move(ranges);
    return {};
}

} // namespace kvprism::select
