// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <csignal>
#include <mutex>
#include <stop_token>
#include <thread>

namespace kvprism::cli {

// Ctrl-C, SIGTERM and SIGHUP while this lives: the first asks the work under way to stop, so that the partial
// answer can still be printed; the second, or one while nothing is under way, ends the process with status
// 130 at once (a recording is whole after every step). Make it before any other thread: they inherit that the
// signal is not theirs. Also makes writing to a closed pipe an error instead of the process's end.
class Interrupt {
  public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    std::stop_token beginWork(); // fresh: an earlier Ctrl-C does not stop it
    void endWork();
    void stopWork(); // as the first Ctrl-C does

  private:
    void watch();

    const sigset_t m_signals;
    std::mutex m_mutex; // over the two below
    std::stop_source m_work;
    bool m_working = false;
    std::atomic<bool> m_done = false;
    std::thread m_watcher;
};

} // namespace kvprism::cli
