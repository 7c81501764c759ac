// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/budget_rows.h"

#include <algorithm>
#include <numeric>

namespace kvprism::views {

using trace::Tier;

int BudgetRow::kept() const {
    return anchors + window + compressed + std::accumulate(global.begin(), global.end(), 0);
}

BudgetRow budgetRow(const trace::CompressionStep& step, int selectors) {
    BudgetRow row;
    const auto none = static_cast<std::size_t>(std::max(selectors, 0));
    row.global.assign(none + 1, 0);
    const trace::HeldTokens& held = step.held;
    for (std::size_t i = 0; i < held.tiers.size(); ++i) {
        switch (held.tiers[i]) {
        case Tier::anchor:
            ++row.anchors;
            break;
        case Tier::window:
            ++row.window;
            break;
        case Tier::compressed:
            ++row.compressed;
            break;
        case Tier::dropped:
            ++row.dropped;
            break;
        case Tier::global: {
            const std::size_t selector = i < held.selectors.size() ? held.selectors[i] : none;
            ++row.global[std::min(selector, none)];
        }
        }
    }
    return row;
}

} // namespace kvprism::views
