// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/eval/clock.h"

#include "engine/base/median.h"
#include "engine/stopwatch.h"

#include <c10/core/Event.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <algorithm>
#include <stdexcept>

namespace kvprism::eval {

double Series::median() const {
    return kvprism::median(values);
}

double Series::spread() const {
    if (values.empty() || median() == 0)
        return 0;
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    return (*most - *least) / median();
}

void DeviceClock::synchronise() const {
    if (m_device.is_cpu())
        return;
    const c10::impl::VirtualGuardImpl guard(m_device.type());
    guard.synchronizeDevice(guard.getDevice().index());
}

void DeviceClock::goOn() const {
    if (m_stop.stop_requested())
        throw std::runtime_error("stopped");
}

double DeviceClock::deviceMs(const Work& work, int times) const {
    if (m_device.is_cpu()) {
        const double all = wallMs([&] {
            for (int i = 0; i < times; ++i) {
                goOn();
                work();
            }
        });
        return all / times;
    }
    goOn();
    const c10::impl::VirtualGuardImpl guard(m_device.type());
    const c10::Stream stream = guard.getStream(guard.getDevice());
    c10::Event begin(m_device.type(), c10::EventFlag::BACKEND_DEFAULT);
    c10::Event end(m_device.type(), c10::EventFlag::BACKEND_DEFAULT);
    begin.record(stream);
    for (int i = 0; i < times; ++i)
        work();
    end.record(stream);
    if (m_whileBusy)
        m_whileBusy();
    end.synchronize();
    return begin.elapsedTime(end) / times;
}

double DeviceClock::wallMs(const Work& work) const {
    goOn();
    synchronise();
    const auto start = std::chrono::steady_clock::now();
    work();
    synchronise();
    return millisecondsSince(start);
}

std::vector<Series> DeviceClock::alternate(int rounds, const std::vector<Work>& works, int times) const {
    for (const Work& work : works)
        work();
    std::vector<Series> all(works.size());
    for (int round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < works.size(); ++i)
            all[i].values.push_back(deviceMs(works[i], times));
    return all;
}

} // namespace kvprism::eval
