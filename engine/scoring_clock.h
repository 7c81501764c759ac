// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/device_ops.h"
#include "engine/stopwatch.h"

#include <chrono>
#include <memory>

namespace kvprism {

// The time that scoring takes of a step: by the host's clock, or the GPU's, where calls only queue work.
class ScoringClock {
  public:
    explicit ScoringClock(at::Device device)
        : m_gpu(device.is_cuda() ? (*model::gpuOps())->stopwatch() : nullptr) {}

    template <class Work> void during(const Work& work) {
        const auto start = std::chrono::steady_clock::now();
        if (m_gpu)
            m_gpu->start();
        work();
        if (m_gpu)
            m_gpu->stop();
        else
            m_hostMs += millisecondsSince(start);
    }
    double takeMs() { return m_gpu ? m_gpu->takeMs() : std::exchange(m_hostMs, 0.0); } // waits for the GPU

  private:
    std::unique_ptr<model::DeviceStopwatch> m_gpu;
    double m_hostMs = 0;
};

} // namespace kvprism
