// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/sink.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace kvprism::cli {

// A run without the tokens of its steps: what a summary needs, small however long the run was.
class RunOutline final : public trace::TraceSink {
  public:
    struct Step {
        trace::CompressionStep plan; // its `held` is empty
        std::int32_t held = 0;
        std::optional<trace::StepApplied> applied;
    };

    void runStarted(std::shared_ptr<const trace::Run> run) override { m_run = std::move(run); }
    void stepPlanned(std::shared_ptr<const trace::CompressionStep> step) override;
    void stepApplied(const trace::StepApplied& applied) override { m_steps.back().applied = applied; }
    void answered(std::shared_ptr<const trace::Answer> answer) override {
        m_answers.push_back(std::move(answer));
    }
    void runEnded(const trace::RunEnd& end) override { m_end = end; }

    const trace::Run& run() const { return *m_run; }
    const std::vector<Step>& steps() const { return m_steps; }
    const std::vector<std::shared_ptr<const trace::Answer>>& answers() const { return m_answers; }
    const std::optional<trace::RunEnd>& end() const { return m_end; } // nothing: cut off

    std::int32_t tokensRead() const; // of the stream
    std::int32_t tokensKept() const; // after the last step
    std::int32_t peakSlots() const;  // in any step or answer
    const char* outcome() const;     // "finished", "stopped", "failed", "cut_off"

  private:
    std::shared_ptr<const trace::Run> m_run;
    std::vector<Step> m_steps;
    std::vector<std::shared_ptr<const trace::Answer>> m_answers;
    std::optional<trace::RunEnd> m_end;
};

} // namespace kvprism::cli
