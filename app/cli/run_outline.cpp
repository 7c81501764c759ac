// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run_outline.h"

#include <algorithm>

namespace kvprism::cli {

void RunOutline::stepPlanned(std::shared_ptr<const trace::CompressionStep> step) {
    Step outline;
    outline.plan.index = step->index;
    outline.plan.begin = step->begin;
    outline.plan.end = step->end;
    outline.plan.quota = step->quota;
    outline.plan.cuts = step->cuts;
    outline.plan.counts = step->counts;
    outline.plan.ms = step->ms;
    outline.plan.peakSlots = step->peakSlots;
    outline.held = static_cast<std::int32_t>(step->held.size());
    m_steps.push_back(std::move(outline));
}

std::int32_t RunOutline::tokensRead() const {
    return m_steps.empty() ? 0 : m_steps.back().plan.end.value;
}

std::int32_t RunOutline::tokensKept() const {
    return m_steps.empty() ? 0 : m_steps.back().plan.counts.kept;
}

std::int32_t RunOutline::peakSlots() const {
    std::int32_t most = 0;
    for (const Step& step : m_steps)
        most = std::max(most, step.plan.peakSlots);
    for (const auto& answer : m_answers)
        most = std::max(most, answer->keptTokens + answer->questionTokens +
                                  static_cast<std::int32_t>(answer->ids.size()));
    return most;
}

const char* RunOutline::outcome() const {
    if (!m_end)
        return "cut_off";
    switch (m_end->outcome) {
    case trace::Outcome::finished:
        return "finished";
    case trace::Outcome::stopped:
        return "stopped";
    case trace::Outcome::failed:
        break;
    }
    return "failed";
}

} // namespace kvprism::cli
