// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/interrupt.h"

#include <initializer_list>
#include <string_view>
#include <unistd.h>

namespace kvprism::cli {

namespace {

sigset_t setOf(std::initializer_list<int> numbers) {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : numbers)
        sigaddset(&signals, number);
    return signals;
}

// Ctrl-C, a polite kill, and the terminal's end, unless the program was started to outlive it (nohup).
sigset_t endingSignals() {
    struct sigaction hangUp {};
    sigaction(SIGHUP, nullptr, &hangUp);
    return hangUp.sa_handler == SIG_IGN ? setOf({SIGINT, SIGTERM}) : setOf({SIGINT, SIGTERM, SIGHUP});
}

[[noreturn]] void endAtOnce() {
    constexpr std::string_view sentence = "kvprism-cli: Interrupted.\n";
    constexpr std::string_view afterALine = "\r\033[Kkvprism-cli: Interrupted.\n"; // over the progress line
    const std::string_view text = isatty(STDERR_FILENO) == 1 ? afterALine : sentence;
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    _exit(130);
}

} // namespace

Interrupt::Interrupt() : m_signals(endingSignals()) {
    std::signal(SIGPIPE, SIG_IGN);
    pthread_sigmask(SIG_BLOCK, &m_signals, nullptr);
    m_watcher = std::thread([this] { watch(); });
}

Interrupt::~Interrupt() {
    m_done = true;
    pthread_kill(m_watcher.native_handle(), SIGINT); // wakes it
    m_watcher.join();
    pthread_sigmask(SIG_UNBLOCK, &m_signals, nullptr);
}

void Interrupt::watch() {
    int signal = 0;
    while (sigwait(&m_signals, &signal) == 0 && !m_done) {
        const std::lock_guard lock(m_mutex);
        if (!m_working || !m_work.request_stop())
            endAtOnce();
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
