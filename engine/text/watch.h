// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <functional>
#include <stop_token>

namespace kvprism::text {

// Whoever waits for long work on a text: hears how far it has come, and may stop it.
struct Watch {
    std::stop_token stop;
    std::function<void(std::size_t bytes)> progress; // that are done, never fewer than before; may be empty
};

// Looks up from that work every so often: work of much less than 250 ms lies between two looks. One thread;
// the watch must outlive it.
class Pace {
  public:
    explicit Pace(const Watch& watch) : m_watch(watch) {}

    // So many bytes of the text are done. False: it was stopped, and what is made of it counts for nothing.
    bool at(std::size_t bytes) {
        if (bytes < m_next)
            return true;
        m_done = bytes;
        m_next = bytes + stride;
        return look();
    }
    // One more small step on the same bytes.
    bool step() { return (++m_steps & (stride - 1)) != 0 || look(); }

    bool look() {
        if (m_watch.progress)
            m_watch.progress(m_done);
        return !m_watch.stop.stop_requested();
    }

  private:
    static constexpr std::size_t stride = 1 << 16;

    const Watch& m_watch;
    std::size_t m_done = 0, m_next = 0, m_steps = 0;
};

inline Error encodingStopped() {
    return interrupted("Turning the text into tokens was stopped.");
}

} // namespace kvprism::text
