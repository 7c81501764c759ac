// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/survival_index.h"

#include <algorithm>

namespace kvprism::views {

using trace::Tier;

namespace {

// Columns of a step that somebody else made may differ in length; what is not in both does not count.
std::size_t rowsOf(const trace::HeldTokens& held) {
    return std::min(held.positions.size(), held.tiers.size());
}

} // namespace

void SurvivalIndex::reset(int tokens) {
    *this = SurvivalIndex();
    m_tokens = std::max(tokens, 0);
    m_dropped.assign(static_cast<std::size_t>(m_tokens), -1);
}

void SurvivalIndex::append(std::shared_ptr<const trace::CompressionStep> step) {
    const trace::HeldTokens& held = step->held;
    Step added{step, {}};
    added.marks.reserve(rowsOf(held) / markSpacing + 1);
    Mark mark{};
    for (std::size_t row = 0; row < rowsOf(held); ++row) {
        if (row % markSpacing == 0)
            added.marks.push_back(mark);
        ++mark[static_cast<std::size_t>(held.tiers[row])];
    }
    added.marks.push_back(mark); // where the rows end on a mark; else one that is not asked for
    markDropped(*step);
    m_steps.push_back(std::move(added));
    m_summed = false;
}

void SurvivalIndex::truncate(int steps) {
    if (steps >= this->steps())
        return;
    m_steps.resize(static_cast<std::size_t>(std::max(steps, 0)));
    for (std::int32_t& dropped : m_dropped)
        if (dropped >= this->steps())
            dropped = -1;
    m_summed = false;
}

// Looks at what the step before held and at what was read since: nothing else can go.
void SurvivalIndex::markDropped(const trace::CompressionStep& step) {
    const int end = std::min(step.end.value, m_tokens);
    std::size_t row = 0;
    const auto look = [&](int token) {
        while (row < rowsOf(step.held) && step.held.positions[row].value < token)
            ++row;
        const bool kept = row < rowsOf(step.held) && step.held.positions[row].value == token &&
                          step.held.tiers[row] != Tier::dropped;
        auto& dropped = m_dropped[static_cast<std::size_t>(token)];
        if (!kept && dropped < 0)
            dropped = steps();
    };
    const int readBefore = readEnd(steps() - 1);
    if (!m_steps.empty()) {
        const trace::HeldTokens& before = m_steps.back().record->held;
        for (std::size_t i = 0; i < rowsOf(before) && before.positions[i].value < std::min(end, readBefore);
             ++i)
            if (before.positions[i].value >= 0 && before.tiers[i] != Tier::dropped)
                look(before.positions[i].value);
    }
    for (int token = readBefore; token < end; ++token)
        look(token);
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
    const trace::HeldTokens& held = step.record->held;
    const auto begin = held.positions.begin();
    const auto place =
        std::lower_bound(begin, begin + static_cast<std::ptrdiff_t>(rowsOf(held)), StreamPos(token));
    const auto end = static_cast<std::size_t>(place - begin);
    const Mark& mark = step.marks[end / markSpacing];
    std::array<int, 5> kept{};
    for (std::size_t tier = 0; tier < kept.size(); ++tier)
        kept[tier] = static_cast<int>(mark[tier]);
    for (std::size_t row = end / markSpacing * markSpacing; row < end; ++row)
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

SurvivalIndex::Sweep::Sweep(const SurvivalIndex& index, int step)
    : m_tokens(index.m_tokens), m_readEnd(index.readEnd(step)) {
    if (step < 0 || step >= index.steps())
        return;
    m_record = index.m_steps[static_cast<std::size_t>(step)].record.get();
    m_rows = rowsOf(m_record->held);
}

TierCounts SurvivalIndex::Sweep::count(int first, int end) {
    TierCounts counts;
    first = std::clamp(first, 0, m_tokens);
    end = std::clamp(end, first, m_tokens);
    const int readUpTo = std::clamp(m_readEnd, first, end);
    counts.unread = end - readUpTo;
    if (readUpTo == first)
        return counts;
    const trace::HeldTokens& held = m_record->held;
    if (first != m_at) {
        const auto begin = held.positions.begin();
        const auto rowsEnd = begin + static_cast<std::ptrdiff_t>(m_rows);
        m_row = static_cast<std::size_t>(std::lower_bound(begin, rowsEnd, StreamPos(first)) - begin);
    }
    int kept = 0;
    for (; m_row < m_rows && held.positions[m_row].value < readUpTo; ++m_row) {
        const Tier tier = held.tiers[m_row];
        ++counts.byTier[static_cast<std::size_t>(tier)];
        kept += tier != Tier::dropped;
    }
    counts.byTier[0] = readUpTo - first - kept;
    m_at = readUpTo;
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
