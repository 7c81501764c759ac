// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/store.h"

#include <algorithm>

namespace kvprism::trace {

void TraceStore::runStarted(std::shared_ptr<const Run> run) {
    *this = TraceStore();
    m_run = std::move(run);
}

void TraceStore::stepPlanned(std::shared_ptr<const CompressionStep> step) {
    m_steps.push_back(std::move(step));
}

void TraceStore::stepApplied(const StepApplied& applied) {
    m_applied.push_back(applied);
}

void TraceStore::answered(std::shared_ptr<const Answer> answer) {
    m_answers.push_back(std::move(answer));
}

void TraceStore::runEnded(const RunEnd& end) {
    m_end = end;
}

std::optional<std::size_t> TraceStore::rowAt(std::int32_t step, StreamPos position) const {
    if (step < 0 || static_cast<std::size_t>(step) >= m_steps.size())
        return std::nullopt;
    const auto& positions = m_steps[static_cast<std::size_t>(step)]->held.positions;
    const auto place = std::lower_bound(positions.begin(), positions.end(), position);
    if (place == positions.end() || *place != position)
        return std::nullopt;
    return static_cast<std::size_t>(place - positions.begin());
}

std::optional<Tier> TraceStore::tierAt(std::int32_t step, StreamPos position) const {
    if (step < 0 || static_cast<std::size_t>(step) >= m_steps.size())
        return std::nullopt;
    const CompressionStep& record = *m_steps[static_cast<std::size_t>(step)];
    if (position >= record.end)
        return std::nullopt;
    const auto row = rowAt(step, position);
    return row ? record.held.tiers[*row] : Tier::dropped;
}

std::optional<std::int32_t> TraceStore::droppedAt(StreamPos position) const {
    // Held at its own block's step, and once dropped never again: the first step after which it is gone.
    for (const auto& step : m_steps) {
        if (position >= step->end)
            continue;
        if (tierAt(step->index, position) == Tier::dropped)
            return step->index;
    }
    return std::nullopt;
}

} // namespace kvprism::trace
