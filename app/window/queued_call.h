// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaObject>
#include <QObject>
#include <QThread>

#include <utility>

#ifdef __SANITIZE_THREAD__
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
#endif

namespace kvprism::app {

// A call on its way to another thread. Qt's event queue orders the two threads, but ThreadSanitizer cannot
// see that (Qt is not instrumented), so it is told here; elsewhere this is the callable alone.
template <class Call> class HandedOver {
  public:
    explicit HandedOver(Call call) : m_call(std::move(call)) { release(); }
    HandedOver(const HandedOver& other) : m_call(other.m_call) { release(); }
    HandedOver(HandedOver&& other) noexcept : m_call(std::move(other.m_call)) { release(); }
    HandedOver& operator=(const HandedOver&) = delete;
    HandedOver& operator=(HandedOver&&) = delete;
    ~HandedOver() { acquire(); }

    void operator()() {
        acquire();
        m_call();
        release(); // the last to let go destroys it: after short work that can be the thread that sent it
    }

  private:
#ifdef __SANITIZE_THREAD__
    void acquire() {
        __tsan_acquire(this);
    }
    void release() {
        __tsan_release(this);
    }
#else
    void acquire() {}
    void release() {}
#endif

    Call m_call;
};

// Ends a thread's event loop and waits for the thread to end. ThreadSanitizer, which cannot see how Qt waits,
// is told that everything the thread did until `finished` happened before.
inline void endThread(QThread& thread) {
#ifdef __SANITIZE_THREAD__
    const auto told = QObject::connect(&thread, &QThread::finished, [&thread] { __tsan_release(&thread); });
#endif
    thread.quit();
    thread.wait();
#ifdef __SANITIZE_THREAD__
    QObject::disconnect(told);
    __tsan_acquire(&thread);
#endif
}

// Runs `call` on `receiver`'s thread when its event loop comes to it; never waits. What `call` holds must be
// values.
template <class Call> void queueCall(QObject* receiver, Call call) {
    QMetaObject::invokeMethod(receiver, HandedOver<Call>(std::move(call)), Qt::QueuedConnection);
}

} // namespace kvprism::app
