// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace kvprism::model {

// A few threads that do one short piece of work together, again and again, and wait for one another inside it
// many times: what a token costs when hundreds of small products follow one another. Waiting spins for some
// microseconds and then sleeps, so that on a busy machine whoever is waited for gets the processor; between
// two pieces of work the threads sleep. Owned and called by one thread, which works along as rank 0.
class Crew {
  public:
    explicit Crew(int size);
    ~Crew();
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

    int size() const { return m_size; }

    // Calls work(rank) on every thread, 0 … size−1, and returns when all have returned. `work` must not
    // throw.
    void run(const std::function<void(int)>& work);

    // Inside run(): returns when every thread has called it.
    void meet();

  private:
    void serve(int rank);
    static void spinUntil(const std::atomic<std::uint32_t>& value, std::uint32_t old);

    int m_size;
    const std::function<void(int)>* m_work = nullptr;
    std::atomic<std::uint32_t> m_round = 0; // a new one: there is work, or the end
    std::atomic<bool> m_ended = false;
    std::atomic<int> m_arrived = 0;
    std::atomic<std::uint32_t> m_meeting = 0; // how many meetings are over
    std::vector<std::thread> m_threads;
};

} // namespace kvprism::model
