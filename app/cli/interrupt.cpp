// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/interrupt.h"

#include <csignal>
#include <unistd.h>

namespace kvprism::cli {

namespace {

sigset_t interruptSignal() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    return signals;
}

} // namespace

Interrupt::Interrupt() {
    std::signal(SIGPIPE, SIG_IGN);
    const sigset_t signals = interruptSignal();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    m_watcher = std::thread([this] { watch(); });
}

Interrupt::~Interrupt() {
    m_done = true;
    pthread_kill(m_watcher.native_handle(), SIGINT); // wakes it
    m_watcher.join();
    const sigset_t signals = interruptSignal();
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void Interrupt::watch() {
    const sigset_t signals = interruptSignal();
    int signal = 0;
    while (sigwait(&signals, &signal) == 0 && !m_done) {
        const std::lock_guard lock(m_mutex);
        if (!m_working || !m_work.request_stop())
            _exit(130);
    }
}

std::stop_token Interrupt::beginWork() {
    const std::lock_guard lock(m_mutex);
    m_work = std::stop_source();
    m_working = true;
    return m_work.get_token();
}

void Interrupt::endWork() {
    const std::lock_guard lock(m_mutex);
    m_working = false;
}

void Interrupt::stopWork() {
    const std::lock_guard lock(m_mutex);
    m_work.request_stop();
}

} // namespace kvprism::cli
