// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace kvprism::trace::recording {

// One thread that does what it is given, in order. Used by one other thread.
class WorkQueue {
  public:
    // At most `capacity` pieces of work wait; whoever gives more waits too.
    explicit WorkQueue(std::size_t capacity);
    ~WorkQueue(); // does what is left first

    void add(std::function<void()> work); // which must not throw
    void finish();                        // returns when everything is done

  private:
    void run();

    const std::size_t m_capacity;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::function<void()>> m_waiting;
    bool m_working = false;
    bool m_closing = false;
    std::thread m_thread; // last: it uses the others
};

} // namespace kvprism::trace::recording
