#pragma once

#include <atomic>
#include <thread>

#include "core/base/Mutex.h"

namespace rollcall::base {

/// A mutex for sections of some tens of nanoseconds that are entered millions of times a second: taking it is one
/// atomic operation, leaving it a plain store, where a mutex or a shared mutex of the system takes two and a call each.
/// Who finds it taken lets other threads run. Not recursive, not fair.
/// **Thread-safety:** thread-safe.
class ROLLCALL_ANNOTATION(capability("mutex")) SpinMutex final
{
public:
    void lock() ROLLCALL_ANNOTATION(acquire_capability())
    {
        while (m_taken.exchange(true, std::memory_order_acquire)) {
            // Reading leaves the cache line with its holder.
            while (m_taken.load(std::memory_order_relaxed))
                std::this_thread::yield();
        }
    }
    void unlock() ROLLCALL_ANNOTATION(release_capability()) { m_taken.store(false, std::memory_order_release); }

private:
    std::atomic<bool> m_taken{false};
};

/// Holds a SpinMutex for a scope.
class ROLLCALL_ANNOTATION(scoped_lockable) SpinLock final
{
public:
    explicit SpinLock(SpinMutex &mutex) ROLLCALL_ANNOTATION(acquire_capability(mutex)) : m_mutex(mutex)
    {
        m_mutex.lock();
    }
    ~SpinLock() ROLLCALL_ANNOTATION(release_capability()) { m_mutex.unlock(); }
    SpinLock(const SpinLock &) = delete;
    SpinLock &operator=(const SpinLock &) = delete;

private:
    SpinMutex &m_mutex;
};

} // namespace rollcall::base
