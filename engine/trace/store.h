// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/trace/sink.h"

namespace kvprism::trace {

// A run as far as it has come: what the views read. A value: copies share the immutable records. One thread.
class TraceStore final : public TraceSink {
  public:
    void runStarted(std::shared_ptr<const Run> run) override;
    void stepPlanned(std::shared_ptr<const CompressionStep> step) override;
    void stepApplied(const StepApplied& applied) override;
    void answered(std::shared_ptr<const Answer> answer) override;
    void runEnded(const RunEnd& end) override;

    const Run* run() const { return m_run.get(); } // nullptr before the first runStarted
    const std::vector<std::shared_ptr<const CompressionStep>>& steps() const { return m_steps; }
    const std::vector<StepApplied>& applied() const { return m_applied; } // at most one shorter than steps()
    const std::vector<std::shared_ptr<const Answer>>& answers() const { return m_answers; }
    const std::optional<RunEnd>& end() const { return m_end; }

    // The step after which the token at `position` was no longer held, or nothing while it is held or unread.
    std::optional<std::int32_t> droppedAt(StreamPos position) const;
    // Its tier after `step`: nothing while it is not read yet.
    std::optional<Tier> tierAt(std::int32_t step, StreamPos position) const;
    // Row of `position` in steps()[step]->held, or nothing where it is not held then.
    std::optional<std::size_t> rowAt(std::int32_t step, StreamPos position) const;

  private:
    std::shared_ptr<const Run> m_run;
    std::vector<std::shared_ptr<const CompressionStep>> m_steps;
    std::vector<StepApplied> m_applied;
    std::vector<std::shared_ptr<const Answer>> m_answers;
    std::optional<RunEnd> m_end;
};

} // namespace kvprism::trace
