// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cuda/cuda_ops.h"
#include "engine/cuda/event.h"

#include <vector>

namespace kvprism::cuda {

namespace {

// Events are kept for the next step.
class Stopwatch final : public model::DeviceStopwatch {
  public:
    void start() override { next().record(); }
    void stop() override { next().record(); }
    double takeMs() override {
        double ms = 0;
        for (std::size_t i = 0; i + 1 < m_used; i += 2)
            ms += m_events[i + 1]->msSince(*m_events[i]);
        m_used = 0;
        return ms;
    }

  private:
    Event& next() {
        if (m_used == m_events.size())
            m_events.emplace_back(std::make_unique<Event>())->make();
        return *m_events[m_used++];
    }
    std::vector<std::unique_ptr<Event>> m_events;
    std::size_t m_used = 0;
};

} // namespace

std::unique_ptr<model::DeviceStopwatch> CudaOps::stopwatch() {
    return std::make_unique<Stopwatch>();
}

} // namespace kvprism::cuda
