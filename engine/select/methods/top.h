// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/select/method.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace kvprism::select {

// The first `quota` candidates in the order of `better(rowA, rowB)`, a strict weak order; where it calls
// neither better, the lower position comes first, so that the choice never depends on how a library sorts.
template <class Better> Choice chooseTop(const Candidates& candidates, Better better) {
    const auto inOrder = [&](std::int32_t a, std::int32_t b) {
        if (better(a, b))
            return true;
        if (better(b, a))
            return false;
        return a < b; // rows ascend by position
    };
    Choice choice;
    const auto quota = static_cast<std::size_t>(std::max(candidates.quota, 0));
    if (!candidates.order.empty()) {
        const auto first = candidates.order.first(std::min(quota, candidates.order.size()));
        choice.ranked.assign(first.begin(), first.end());
        choice.reasons.assign(choice.ranked.size(), trace::Reason::primary);
        return choice;
    }
    choice.ranked.resize(candidates.positions.size());
    std::iota(choice.ranked.begin(), choice.ranked.end(), 0);
    if (quota < choice.ranked.size()) {
        std::nth_element(choice.ranked.begin(), choice.ranked.begin() + static_cast<std::ptrdiff_t>(quota),
                         choice.ranked.end(), inOrder);
        choice.ranked.resize(quota);
    }
    std::sort(choice.ranked.begin(), choice.ranked.end(), inOrder);
    choice.reasons.assign(choice.ranked.size(), trace::Reason::primary);
    return choice;
}

// The candidates with the highest scores. A score that is not a number ranks last.
Choice chooseTopScores(const Candidates& candidates);

} // namespace kvprism::select
