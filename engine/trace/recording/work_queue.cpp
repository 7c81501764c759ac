// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording/work_queue.h"

#include <pthread.h>
#include <utility>

namespace kvprism::trace::recording {

WorkQueue::WorkQueue(std::size_t capacity) : m_capacity(capacity), m_thread([this] { run(); }) {
    pthread_setname_np(m_thread.native_handle(), "recording");
}

WorkQueue::~WorkQueue() {
    {
        const std::lock_guard lock(m_mutex);
        m_closing = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void WorkQueue::add(std::function<void()> work) {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_waiting.size() < m_capacity; });
    m_waiting.push_back(std::move(work));
    m_changed.notify_all();
}

void WorkQueue::finish() {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_waiting.empty() && !m_working; });
}

void WorkQueue::run() {
    std::unique_lock lock(m_mutex);
    while (true) {
        m_changed.wait(lock, [this] { return !m_waiting.empty() || m_closing; });
        if (m_waiting.empty())
            return;
        auto work = std::move(m_waiting.front());
        m_waiting.pop_front();
        m_working = true;
        lock.unlock();
        work();
        work = nullptr; // what it held goes before it counts as done
        lock.lock();
        m_working = false;
        m_changed.notify_all();
    }
}

} // namespace kvprism::trace::recording
