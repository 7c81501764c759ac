// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/trace_delivery.h"

namespace kvprism::trace {
class RecordingWriter;
}

namespace kvprism::app {

// Stands behind a recording's writer and says once that it failed, at the next thing that happens in the run:
// a full disk should not wait for the answer. Engine thread; both must outlive it.
class RecordingWatch final : public trace::TraceSink {
  public:
    RecordingWatch(const trace::RecordingWriter& writer, TraceDelivery& delivery)
        : m_writer(writer), m_delivery(delivery) {}

    void runStarted(std::shared_ptr<const trace::Run>) override { look(); }
    void stepPlanned(std::shared_ptr<const trace::CompressionStep>) override { look(); }
    void stepApplied(const trace::StepApplied&) override { look(); }
    void answered(std::shared_ptr<const trace::Answer>) override { look(); }
    void runEnded(const trace::RunEnd&) override {} // the ending tells

  private:
    void look();

    const trace::RecordingWriter& m_writer;
    TraceDelivery& m_delivery;
    bool m_told = false;
};

} // namespace kvprism::app
