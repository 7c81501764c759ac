// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/sink.h"
#include "views/models/trace_model.h"

namespace kvprism::views {

// Collects what a producer says into one batch for a TraceModel.
class BatchSink final : public trace::TraceSink {
  public:
    void runStarted(std::shared_ptr<const trace::Run> run) override { batch.run = std::move(run); }
    void stepPlanned(std::shared_ptr<const trace::CompressionStep> step) override {
        batch.steps.push_back(std::move(step));
    }
    void stepApplied(const trace::StepApplied& applied) override { batch.applied.push_back(applied); }
    void answered(std::shared_ptr<const trace::Answer> answer) override {
        batch.answers.push_back(std::move(answer));
    }
    void runEnded(const trace::RunEnd& end) override { batch.end = end; }

    TraceBatch batch;
};

} // namespace kvprism::views
