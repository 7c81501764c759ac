// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/run.h"
#include "engine/trace/step.h"

#include <optional>
#include <vector>

namespace kvprism::views {

// Ranks of one step, which recordings do not hold: candidates as the run's selector (of a hybrid: its
// primary) ranked them.
class StepRanks {
  public:
    StepRanks() = default;
    StepRanks(const trace::Run& run, const trace::CompressionStep& step); // the step outlives it

    int candidates() const { return m_candidates; }
    std::optional<int> rankOf(std::size_t row) const; // 1 … candidates(); nothing for what was no candidate
    // Share of the held tokens that score no higher, in (0, 1]; nothing where nothing was scored.
    std::optional<double> standingOf(std::size_t row) const;

  private:
    int m_candidates = 0;
    mutable const trace::CompressionStep* m_step = nullptr; // while nobody has asked for a standing
    std::vector<int> m_ranks;                               // 0: no candidate
    mutable std::vector<float> m_standing;                  // empty: not scored
};

} // namespace kvprism::views
