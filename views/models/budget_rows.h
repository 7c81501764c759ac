// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/step.h"

#include <vector>

namespace kvprism::views {

// What became of the tokens held when a step chose, for one stacked bar: all of them add up to
// step.held.size().
struct BudgetRow {
    int anchors = 0;
    int window = 0;
    std::vector<int> global; // by selector; one entry more for those that no selector had to choose
    int compressed = 0;
    int dropped = 0;

    int kept() const;
    int held() const { return kept() + dropped; }
};
BudgetRow budgetRow(const trace::CompressionStep& step, int selectors);

} // namespace kvprism::views
