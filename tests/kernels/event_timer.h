// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/kernels/device_memory.h"

namespace kvprism::test {

// Time that the device takes, by events of its default stream.
class EventTimer {
  public:
    EventTimer() {
        check(cudaEventCreate(&m_begin), "cudaEventCreate");
        check(cudaEventCreate(&m_end), "cudaEventCreate");
    }
    EventTimer(const EventTimer&) = delete;
    EventTimer& operator=(const EventTimer&) = delete;
    ~EventTimer() {
        cudaEventDestroy(m_begin);
        cudaEventDestroy(m_end);
    }
    template <class Work> double milliseconds(const Work& work) {
        check(cudaEventRecord(m_begin), "cudaEventRecord");
        work();
        check(cudaEventRecord(m_end), "cudaEventRecord");
        check(cudaEventSynchronize(m_end), "cudaEventSynchronize");
        float time = 0;
        check(cudaEventElapsedTime(&time, m_begin, m_end), "cudaEventElapsedTime");
        return double(time);
    }

  private:
    cudaEvent_t m_begin = nullptr, m_end = nullptr;
};

} // namespace kvprism::test
