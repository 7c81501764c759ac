// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/cut_guard.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace kvprism::files {

// What the handler reads while other threads come and go: begin is 0 where the slot is free.
struct CutGuard::Slot {
    std::atomic<std::uintptr_t> begin = 0, end = 0;
    std::atomic<bool> cut = false;
};

// In a signal handler nothing may be locked or allocated: a table that never moves, and system calls.
struct CutHandler {
    static inline std::array<CutGuard::Slot, 1000> slots;
    static inline std::uintptr_t pageBytes = 0;
    static inline struct sigaction before {};

    static void install() {
        pageBytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
        struct sigaction action {};
        action.sa_sigaction = onBusError;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        ::sigemptyset(&action.sa_mask);
        ::sigaction(SIGBUS, &action, &before);
    }

    static void onBusError(int signal, siginfo_t* info, void* context) {
        const int error = errno;
        const auto at = reinterpret_cast<std::uintptr_t>(info->si_addr);
        for (CutGuard::Slot& slot : slots) {
            const std::uintptr_t begin = slot.begin.load(), end = slot.end.load();
            if (begin == 0 || at < begin || at >= end)
                continue;
            const std::uintptr_t page = at / pageBytes * pageBytes;
            if (::mmap(reinterpret_cast<void*>(page), end - page, PROT_READ,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
                break;
            slot.cut = true;
            errno = error;
            return; // and what was to be read is read again
        }
        if ((before.sa_flags & SA_SIGINFO) != 0)
            return before.sa_sigaction(signal, info, context);
        if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
            return before.sa_handler(signal);
        ::signal(SIGBUS, SIG_DFL); // it comes again at once, and ends the program
    }
};

Result<CutGuard> CutGuard::over(std::span<const std::byte> mapping) {
    static std::once_flag once;
    std::call_once(once, CutHandler::install);
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    for (Slot& slot : CutHandler::slots) {
        if (slot.begin != 0)
            continue;
        slot.cut = false;
        const auto begin = reinterpret_cast<std::uintptr_t>(mapping.data());
        slot.end = begin + mapping.size();
        slot.begin = begin; // from here on the handler looks at it
        return CutGuard(&slot);
    }
    return outOfMemory("Too many model files are open; close some.");
}

CutGuard::CutGuard(CutGuard&& other) noexcept : m_slot(std::exchange(other.m_slot, nullptr)) {}

CutGuard& CutGuard::operator=(CutGuard&& other) noexcept {
    std::swap(m_slot, other.m_slot);
    return *this;
}

CutGuard::~CutGuard() {
    release();
}

void CutGuard::release() {
    if (m_slot)
        m_slot->begin = 0;
    m_slot = nullptr;
}

bool CutGuard::isWhole() const {
    return !m_slot || !m_slot->cut;
}

} // namespace kvprism::files
