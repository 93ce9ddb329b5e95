#pragma once

#include <shared_mutex>

#include "core/base/Mutex.h"

/// The caller must hold the mutex, shared with other readers at least.
#define ROLLCALL_REQUIRES_SHARED(mutex) ROLLCALL_ANNOTATION(requires_shared_capability(mutex))

namespace rollcall::base {

/// std::shared_mutex with the annotations of Mutex: many readers or one writer.
class ROLLCALL_ANNOTATION(capability("shared_mutex")) SharedMutex final
{
public:
    void lock() ROLLCALL_ANNOTATION(acquire_capability()) { m_mutex.lock(); }
    void unlock() ROLLCALL_ANNOTATION(release_capability()) { m_mutex.unlock(); }
    void lockShared() ROLLCALL_ANNOTATION(acquire_shared_capability()) { m_mutex.lock_shared(); }
    void unlockShared() ROLLCALL_ANNOTATION(release_shared_capability()) { m_mutex.unlock_shared(); }

private:
    std::shared_mutex m_mutex;
};

/// Holds a SharedMutex alone for a scope.
class ROLLCALL_ANNOTATION(scoped_lockable) WriteLock final
{
public:
    explicit WriteLock(SharedMutex &mutex) ROLLCALL_ANNOTATION(acquire_capability(mutex)) : m_mutex(mutex)
    {
        m_mutex.lock();
    }
    ~WriteLock() ROLLCALL_ANNOTATION(release_capability()) { m_mutex.unlock(); }
    WriteLock(const WriteLock &) = delete;
    WriteLock &operator=(const WriteLock &) = delete;

private:
    SharedMutex &m_mutex;
};

/// Holds a SharedMutex beside other readers for a scope.
class ROLLCALL_ANNOTATION(scoped_lockable) ReadLock final
{
public:
    explicit ReadLock(SharedMutex &mutex) ROLLCALL_ANNOTATION(acquire_shared_capability(mutex)) : m_mutex(mutex)
    {
        m_mutex.lockShared();
    }
    ~ReadLock() ROLLCALL_ANNOTATION(release_capability()) { m_mutex.unlockShared(); }
    ReadLock(const ReadLock &) = delete;
    ReadLock &operator=(const ReadLock &) = delete;

private:
    SharedMutex &m_mutex;
};

} // namespace rollcall::base
