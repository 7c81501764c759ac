// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/trace/answer.h"
#include "engine/trace/run.h"
#include "engine/trace/step.h"

namespace kvprism::trace {

// The door through which live runs and opened recordings pass alike. Called on the thread of the producer, in this
// order: one runStarted; for each block, by ascending index, stepPlanned and then stepApplied; any number of answered;
// runEnded. Later questions to the same memory add an answer and another runEnded, which takes the place of the one before. A plan arrives before it is applied. Values are immutable and may be kept. A sink that fails keeps its own error
// (see RecordingWriter::status) and must not throw.
class TraceSink {
  public:
    virtual ~TraceSink() = default;
    virtual void runStarted(std::shared_ptr<const Run> run) = 0;
    virtual void stepPlanned(std::shared_ptr<const CompressionStep> step) = 0;
    virtual void stepApplied(const StepApplied& applied) = 0;
    virtual void answered(std::shared_ptr<const Answer> answer) = 0;
    virtual void runEnded(const RunEnd& end) = 0;
};

} // namespace kvprism::trace
