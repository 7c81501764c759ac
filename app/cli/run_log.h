// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/sink.h"

#include <memory>
#include <vector>

namespace kvprism::cli {

// What a run's report needs of each step; the tokens themselves are not kept.
struct StepSummary {
    std::int32_t index = 0;
    StreamPos begin, end;
    trace::StepCounts counts;
    trace::StepTimings ms;
    double compactMs = 0;
};

class RunLog final : public trace::TraceSink {
  public:
    void runStarted(std::shared_ptr<const trace::Run> run) override {
        m_run = std::move(run);
        m_steps.clear();
    }
    void stepPlanned(std::shared_ptr<const trace::CompressionStep> step) override {
        m_steps.push_back({step->index, step->begin, step->end, step->counts, step->ms, 0});
    }
    void stepApplied(const trace::StepApplied& applied) override {
        if (!m_steps.empty())
            m_steps.back().compactMs = applied.compactMs;
    }
    void answered(std::shared_ptr<const trace::Answer>) override {}
    void runEnded(const trace::RunEnd&) override {}

    const trace::Run* run() const { return m_run.get(); } // nullptr before the first
    const std::vector<StepSummary>& steps() const { return m_steps; }
    // Of the stream, in whole blocks: after an interrupt not all of it.
    std::int32_t tokensRead() const { return m_steps.empty() ? 0 : m_steps.back().end.value; }

  private:
    std::shared_ptr<const trace::Run> m_run;
    std::vector<StepSummary> m_steps;
};

// Passes everything on to several sinks, in order. They must outlive it.
class SinkTee final : public trace::TraceSink {
  public:
    explicit SinkTee(std::vector<trace::TraceSink*> sinks) : m_sinks(std::move(sinks)) {}
    void runStarted(std::shared_ptr<const trace::Run> run) override {
        for (auto* sink : m_sinks)
            sink->runStarted(run);
    }
    void stepPlanned(std::shared_ptr<const trace::CompressionStep> step) override {
        for (auto* sink : m_sinks)
            sink->stepPlanned(step);
    }
    void stepApplied(const trace::StepApplied& applied) override {
        for (auto* sink : m_sinks)
            sink->stepApplied(applied);
    }
    void answered(std::shared_ptr<const trace::Answer> answer) override {
        for (auto* sink : m_sinks)
            sink->answered(answer);
    }
    void runEnded(const trace::RunEnd& end) override {
        for (auto* sink : m_sinks)
            sink->runEnded(end);
    }

  private:
    std::vector<trace::TraceSink*> m_sinks;
};

} // namespace kvprism::cli
