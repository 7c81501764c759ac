// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/sink.h"

#include <vector>

namespace kvprism::app {

// Passes one run on to several sinks, in their order, and sees to it that a run that began also ends: an
// engine that fails halfway may not have said so.
class RunTee final : public trace::TraceSink {
  public:
    explicit RunTee(std::vector<trace::TraceSink*> sinks);

    void runStarted(std::shared_ptr<const trace::Run> run) override;
    void stepPlanned(std::shared_ptr<const trace::CompressionStep> step) override;
    void stepApplied(const trace::StepApplied& applied) override;
    void answered(std::shared_ptr<const trace::Answer> answer) override;
    void runEnded(const trace::RunEnd& end) override;

    bool began() const { return m_began; }                      // of a run, or of a further answer
    bool isEmpty() const { return m_started && !m_hasContent; } // a run without a step or an answer
    void endIfOpen(const trace::RunEnd& end);

  private:
    std::vector<trace::TraceSink*> m_sinks;
    bool m_began = false;
    bool m_started = false;
    bool m_hasContent = false;
    bool m_open = false;
};

} // namespace kvprism::app
