// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/methods/top.h"

#include <cmath>

namespace kvprism::select {

Choice chooseTopScores(const Candidates& candidates) {
    const auto score = [&](std::int32_t row) { return candidates.scores[static_cast<std::size_t>(row)]; };
    Choice choice = chooseTop(candidates, [&](std::int32_t a, std::int32_t b) {
        if (std::isnan(score(a)) || std::isnan(score(b)))
            return !std::isnan(score(a)) && std::isnan(score(b));
        return score(a) > score(b);
    });
    if (!choice.ranked.empty())
        choice.cut = score(choice.ranked.back());
    return choice;
}

} // namespace kvprism::select
