// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/what_if_change.h"

#include "engine/select/options.h"
#include "engine/select/step_ranking.h"

#include <algorithm>
#include <limits>

namespace kvprism::views {

using trace::Tier;

WhatIfChange whatIfChange(const trace::Run& run, const trace::CompressionStep& recorded,
                          const trace::CompressionStep& predicted) {
    std::vector<std::int32_t> ranks;
    if (const auto config = select::configOfRun(run))
        if (const auto parts = select::partsOf(*config); !parts.empty())
            ranks = select::candidateRanks(predicted, *config, parts.front());
    WhatIfChange change;
    std::vector<std::size_t> kept, dropped;
    for (std::size_t row = 0; row < recorded.held.size() && row < predicted.held.size(); ++row) {
        const Tier before = recorded.held.tiers[row], after = predicted.held.tiers[row];
        if (before == after)
            continue;
        if (before == Tier::dropped)
            kept.push_back(row);
        else if (after == Tier::dropped)
            dropped.push_back(row);
        else
            ++change.otherTier;
    }
    const auto rankOf = [&](std::size_t row) {
        return ranks.empty() || ranks[row] == 0 ? std::numeric_limits<std::int32_t>::max() : ranks[row];
    };
    const auto positions = [&](std::vector<std::size_t>& rows) {
        std::ranges::stable_sort(rows, {}, rankOf);
        std::vector<int> tokens;
        for (const std::size_t row : rows)
            tokens.push_back(recorded.held.positions[row].value);
        return tokens;
    };
    change.alsoKept = positions(kept);
    change.notKept = positions(dropped);
    return change;
}

} // namespace kvprism::views
