// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/step_ranks.h"

#include "engine/select/step_ranking.h"
#include "engine/trace/ranks.h"

namespace kvprism::views {

StepRanks::StepRanks(const trace::Run& run, const trace::CompressionStep& step)
    : m_step(&step), m_ranks(step.held.size(), 0) {
    for (const std::size_t row : select::rankedCandidates(run, step))
        m_ranks[row] = ++m_candidates;
}

std::optional<int> StepRanks::rankOf(std::size_t row) const {
    if (row >= m_ranks.size() || m_ranks[row] == 0)
        return std::nullopt;
    return m_ranks[row];
}

std::optional<double> StepRanks::standingOf(std::size_t row) const {
    if (m_step) {
        const std::vector<std::size_t> order = trace::rowsByScore(*m_step); // best first
        m_standing.assign(order.size(), 0);
        for (std::size_t i = 0; i < order.size(); ++i)
            m_standing[order[i]] = static_cast<float>(order.size() - i) / static_cast<float>(order.size());
        m_step = nullptr;
    }
    if (row >= m_standing.size())
        return std::nullopt;
    return m_standing[row];
}

} // namespace kvprism::views
