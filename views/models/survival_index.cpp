// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/survival_index.h"

#include <algorithm>
#include <numeric>

namespace kvprism::views {

using trace::Tier;

namespace {

// Columns of a step that somebody else made may differ in length; what is not in both does not count.
std::size_t rowsOf(const trace::HeldTokens& held) {
    return std::min(held.positions.size(), held.tiers.size());
}

} // namespace

int TierCounts::read() const {
    return std::accumulate(byTier.begin(), byTier.end(), 0);
}

void SurvivalIndex::reset(int tokens) {
    *this = SurvivalIndex();
    m_tokens = std::max(tokens, 0);
    m_dropped.assign(static_cast<std::size_t>(m_tokens), -1);
}

void SurvivalIndex::append(std::shared_ptr<const trace::CompressionStep> step) {
    const trace::HeldTokens& held = step->held;
    Step added{step, {}};
    added.marks.reserve(static_cast<std::size_t>(m_tokens / markSpacing + 2));
    Mark mark;
    for (int token = 0; token <= m_tokens; token += markSpacing) {
        while (mark.row < rowsOf(held) && held.positions[mark.row].value < token)
            ++mark.kept[static_cast<std::size_t>(held.tiers[mark.row++])];
        added.marks.push_back(mark);
    }
    m_steps.push_back(std::move(added));
    markDropped(*step);
    m_summed = false;
}

void SurvivalIndex::markDropped(const trace::CompressionStep& step) {
    const int end = std::min(step.end.value, m_tokens);
    std::size_t row = 0;
    for (int token = 0; token < end; ++token) {
        while (row < rowsOf(step.held) && step.held.positions[row].value < token)
            ++row;
        const bool kept = row < rowsOf(step.held) && step.held.positions[row].value == token &&
                          step.held.tiers[row] != Tier::dropped;
        auto& dropped = m_dropped[static_cast<std::size_t>(token)];
        if (!kept && dropped < 0)
            dropped = steps() - 1;
    }
}

int SurvivalIndex::readEnd(int step) const {
    if (step < 0 || step >= steps())
        return 0;
    return std::clamp(m_steps[static_cast<std::size_t>(step)].record->end.value, 0, m_tokens);
}

std::optional<int> SurvivalIndex::readAt(int token) const {
    if (token < 0)
        return std::nullopt;
    const auto place = std::partition_point(m_steps.begin(), m_steps.end(),
                                            [token](const Step& s) { return s.record->end.value <= token; });
    if (place == m_steps.end())
        return std::nullopt;
    return static_cast<int>(place - m_steps.begin());
}

std::optional<int> SurvivalIndex::droppedAt(int token) const {
    if (token < 0 || token >= m_tokens || m_dropped[static_cast<std::size_t>(token)] < 0)
        return std::nullopt;
    return m_dropped[static_cast<std::size_t>(token)];
}

std::optional<Tier> SurvivalIndex::tier(int step, int token) const {
    if (token < 0 || token >= readEnd(step))
        return std::nullopt;
    const trace::HeldTokens& held = m_steps[static_cast<std::size_t>(step)].record->held;
    const auto place = std::lower_bound(held.positions.begin(), held.positions.end(), StreamPos(token));
    if (place == held.positions.end() || place->value != token)
        return Tier::dropped;
    const auto row = static_cast<std::size_t>(place - held.positions.begin());
    return row < held.tiers.size() ? held.tiers[row] : Tier::dropped;
}

std::array<int, 5> SurvivalIndex::keptBefore(const Step& step, int token) const {
    const Mark& mark = step.marks[static_cast<std::size_t>(token / markSpacing)];
    std::array<int, 5> kept{};
    for (std::size_t tier = 0; tier < kept.size(); ++tier)
        kept[tier] = static_cast<int>(mark.kept[tier]);
    const trace::HeldTokens& held = step.record->held;
    for (std::size_t row = mark.row; row < rowsOf(held) && held.positions[row].value < token; ++row)
        ++kept[static_cast<std::size_t>(held.tiers[row])];
    return kept;
}

TierCounts SurvivalIndex::count(int step, int first, int end) const {
    TierCounts counts;
    first = std::clamp(first, 0, m_tokens);
    end = std::clamp(end, first, m_tokens);
    const int readUpTo = std::clamp(readEnd(step), first, end);
    counts.unread = end - readUpTo;
    if (readUpTo == first)
        return counts;
    const Step& record = m_steps[static_cast<std::size_t>(step)];
    const auto before = keptBefore(record, first);
    const auto upTo = keptBefore(record, readUpTo);
    int kept = 0;
    for (std::size_t tier = 1; tier < counts.byTier.size(); ++tier) {
        counts.byTier[tier] = upTo[tier] - before[tier];
        kept += counts.byTier[tier];
    }
    counts.byTier[0] = readUpTo - first - kept;
    return counts;
}

void SurvivalIndex::sumLives() const {
    const auto size = static_cast<std::size_t>(m_tokens) + 1;
    m_heldSteps.assign(size, 0);
    m_readSteps.assign(size, 0);
    int step = 0;
    for (int token = 0; token < m_tokens; ++token) {
        while (step < steps() && readEnd(step) <= token)
            ++step;
        const auto i = static_cast<std::size_t>(token);
        const int gone = m_dropped[i] < 0 ? steps() : m_dropped[i];
        m_heldSteps[i + 1] = m_heldSteps[i] + std::max(gone - step, 0);
        m_readSteps[i + 1] = m_readSteps[i] + (steps() - step);
    }
    m_summed = true;
}

std::optional<double> SurvivalIndex::heldShare(int first, int end) const {
    if (!m_summed)
        sumLives();
    first = std::clamp(first, 0, m_tokens);
    end = std::clamp(end, first, m_tokens);
    const auto a = static_cast<std::size_t>(first);
    const auto b = static_cast<std::size_t>(end);
    const std::int64_t read = m_readSteps[b] - m_readSteps[a];
    if (read == 0)
        return std::nullopt;
    return static_cast<double>(m_heldSteps[b] - m_heldSteps[a]) / static_cast<double>(read);
}

} // namespace kvprism::views
