// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/decode/crew.h"

#include <algorithm>

namespace kvprism::model {

namespace {

constexpr int spins = 4000; // tens of microseconds: longer than pieces of work differ on a quiet machine

void relax() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

} // namespace

Crew::Crew(int size) : m_size(std::max(1, size)) {
    for (int rank = 1; rank < m_size; ++rank)
        m_threads.emplace_back([this, rank] { serve(rank); });
}

Crew::~Crew() {
    m_ended = true;
    m_round.fetch_add(1);
    m_round.notify_all();
    for (std::thread& thread : m_threads)
        thread.join();
}

void Crew::spinUntil(const std::atomic<std::uint32_t>& value, std::uint32_t old) {
    for (int i = 0; i < spins; ++i) {
        if (value.load(std::memory_order_acquire) != old)
            return;
        relax();
    }
    value.wait(old, std::memory_order_acquire);
}

void Crew::run(const std::function<void(int)>& work) {
    if (m_size == 1)
        return work(0);
    m_work = &work;
    m_round.fetch_add(1);
    m_round.notify_all();
    work(0);
    meet(); // nobody is left behind in `work`, which goes away now
}

void Crew::meet() {
    if (m_size == 1)
        return;
    const std::uint32_t meeting = m_meeting.load(std::memory_order_acquire);
    if (m_arrived.fetch_add(1) + 1 < m_size)
        return spinUntil(m_meeting, meeting);
    m_arrived = 0;
    m_meeting.fetch_add(1);
    m_meeting.notify_all();
}

void Crew::serve(int rank) {
    std::uint32_t round = 0;
    while (true) {
        m_round.wait(round);
        ++round;
        if (m_ended)
            return;
        (*m_work)(rank);
        meet();
    }
}

} // namespace kvprism::model
