#pragma once

#include <atomic>

#include "core/base/Mutex.h"

namespace rollcall::base {

/// A mutex for sections of some tens of nanoseconds that are entered millions of times a second: taking it is one
/// atomic operation, leaving it a plain store, where a mutex or a shared mutex of the system takes two and a call each.
/// Who finds it taken lets other threads run, and soon sleeps between its looks, so that a holder of lower priority
/// comes to run and a longer section costs no processor time; it then enters up to 0.1 ms after the mutex was left (an
/// unlock() that wakes would have to be a second atomic operation). Not recursive, not fair.
/// **Thread-safety:** thread-safe.
class ROLLCALL_ANNOTATION(capability("mutex")) SpinMutex final
{
public:
    void lock() ROLLCALL_ANNOTATION(acquire_capability())
    {
        while (m_taken.exchange(true, std::memory_order_acquire))
            waitUntilFree();
    }
    void unlock() ROLLCALL_ANNOTATION(release_capability()) { m_taken.store(false, std::memory_order_release); }

private:
    /// Returns when it was seen free.
    void waitUntilFree() const;

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
