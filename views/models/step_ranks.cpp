// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/step_ranks.h"

#include "engine/trace/ranks.h"

namespace kvprism::views {

StepRanks::StepRanks(const trace::CompressionStep& step) {
    const std::vector<std::size_t> order = trace::rowsByScore(step); // best first
    m_ranks.assign(order.size(), 0);
    m_standing.assign(order.size(), 0);
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
