// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tables/step_pairs.h"

namespace kvprism::tables {

namespace {

using SharedStep = std::shared_ptr<const trace::CompressionStep>;

// The other run's steps, each read once, forwards.
class Partners {
  public:
    explicit Partners(const RunSource& source) : m_source(source) {}

    // The step that ends at `end`, or nullptr; ends only grow from call to call.
    Result<SharedStep> endingAt(StreamPos end) {
        while (m_next < m_source.stepCount() && (!m_step || m_step->end < end)) {
            auto read = m_source.step(m_next++);
            if (!read)
                return read;
            m_step = *read;
        }
        return m_step && m_step->end == end ? m_step : SharedStep();
    }

  private:
    const RunSource& m_source;
    std::int32_t m_next = 0;
    SharedStep m_step;
};

} // namespace

Status forEachPair(const Excerpt& excerpt, const PairFunction& act) {
    Partners partners(*excerpt.other);
    bool any = false;
    for (std::int32_t index = excerpt.first; index < excerpt.end; ++index) {
        const auto a = excerpt.source.step(index);
        if (!a)
            return a.error();
        const auto b = partners.endingAt((*a)->end);
        if (!b)
            return b.error();
        if (!*b)
            continue;
        any = true;
        act(**a, **b);
    }
    if (any)
        return {};
    const bool one = excerpt.end == excerpt.first + 1;
    return unavailable(one ? "No step of the other run ends where step " + std::to_string(excerpt.first) +
                                 " does, so it cannot be compared: choose another step, or leave --step out."
                           : "No step of the two runs ends at the same token, so none can be compared.");
}

} // namespace kvprism::tables
