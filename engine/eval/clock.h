// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/torch.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

namespace kvprism::eval {

// One value a round.
struct Series {
    std::vector<double> values;
    double median() const; // 0 of none
    double spread() const; // (largest − smallest) / median
    std::int32_t count() const { return static_cast<std::int32_t>(values.size()); }
};

using Work = std::function<void()>;

// Tells how long work takes: on a GPU by events of its current stream, else by the host's clock. Engine
// thread.
class DeviceClock {
  public:
    // Once stopped, whatever is asked of it throws (std::runtime_error), so that no round is begun any more.
    explicit DeviceClock(at::Device device, std::function<void()> whileBusy = {}, std::stop_token stop = {})
        : m_device(device), m_whileBusy(std::move(whileBusy)), m_stop(std::move(stop)) {}

    // Milliseconds of the device for one of `times` in a row; `whileBusy` is called while it works.
    double deviceMs(const Work& work, int times = 1) const;
    // Milliseconds of the wall for one, from an idle device to an idle device.
    double wallMs(const Work& work) const;
    void synchronise() const;

    // Takes turns: each once to warm up, then `rounds` times one after another.
    std::vector<Series> alternate(int rounds, const std::vector<Work>& works, int times = 1) const;

  private:
    void goOn() const;

    at::Device m_device;
    std::function<void()> m_whileBusy;
    std::stop_token m_stop;
};

} // namespace kvprism::eval
