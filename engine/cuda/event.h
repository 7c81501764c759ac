// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/cuda/launching.h"

namespace kvprism::cuda {

// A place in the current stream's work.
class Event {
  public:
    Event() = default;
    ~Event() {
        if (m_event)
            cudaEventDestroy(m_event);
    }
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    void make() { check({cudaEventCreate(&m_event)}); } // takes longer than recording it
    void record() { check({cudaEventRecord(m_event, stream())}); }
    void wait() const { check({cudaEventSynchronize(m_event)}); }
    double msSince(const Event& other) const { // waits
        float ms = 0;
        wait();
        check({cudaEventElapsedTime(&ms, other.m_event, m_event)});
        return static_cast<double>(ms);
    }

  private:
    cudaEvent_t m_event = nullptr;
};

} // namespace kvprism::cuda
