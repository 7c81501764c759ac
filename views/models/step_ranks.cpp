// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/step_ranks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace kvprism::views {

const trace::ScoreColumn* rankingColumn(const trace::CompressionStep& step) {
    const auto& columns = step.held.scores;
    for (const trace::ScoreColumn& column : columns)
        if (column.name == "pooled" && column.values.size() == step.held.size())
            return &column;
    if (columns.empty() || columns.front().values.size() != step.held.size())
        return nullptr;
    return &columns.front();
}

StepRanks::StepRanks(const trace::CompressionStep& step) {
    const trace::ScoreColumn* column = rankingColumn(step);
    if (!column)
        return;
    const std::vector<float>& scores = column->values;
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    // Rows ascend by position, so a stable order is the rule for equal scores.
    const auto key = [&](std::size_t row) {
        return std::isnan(scores[row]) ? -std::numeric_limits<float>::infinity() : scores[row];
    };
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return key(a) > key(b); });

    m_ranks.assign(scores.size(), 0);
    m_standing.assign(scores.size(), 0);
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::size_t row = order[i];
        m_standing[row] = static_cast<float>(order.size() - i) / static_cast<float>(order.size());
        if (row < step.held.candidates.size() && step.held.candidates[row])
            m_ranks[row] = ++m_candidates;
    }
}

std::optional<int> StepRanks::rankOf(std::size_t row) const {
    if (row >= m_ranks.size() || m_ranks[row] == 0)
        return std::nullopt;
    return m_ranks[row];
}

std::optional<double> StepRanks::standingOf(std::size_t row) const {
    if (row >= m_standing.size())
        return std::nullopt;
    return m_standing[row];
}

} // namespace kvprism::views
