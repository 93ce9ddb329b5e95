#pragma once

#include <mutex>

#if defined(__clang__)
#define ROLLCALL_ANNOTATION(x) __attribute__((x))
#else
#define ROLLCALL_ANNOTATION(x)
#endif

/// Names the mutex that guards a member; checked by clang's -Wthread-safety.
#define ROLLCALL_GUARDED_BY(mutex) ROLLCALL_ANNOTATION(guarded_by(mutex))
/// The caller must hold the mutex.
#define ROLLCALL_REQUIRES(mutex) ROLLCALL_ANNOTATION(requires_capability(mutex))

namespace rollcall::base {

/// std::mutex with the annotations that let clang prove that guarded members are touched under it only.
class ROLLCALL_ANNOTATION(capability("mutex")) Mutex final
{
public:
    void lock() ROLLCALL_ANNOTATION(acquire_capability()) { m_mutex.lock(); }
    void unlock() ROLLCALL_ANNOTATION(release_capability()) { m_mutex.unlock(); }

private:
    friend class MutexLock;
    std::mutex m_mutex;
};

/// Holds a Mutex for a scope; works with std::condition_variable_any.
class ROLLCALL_ANNOTATION(scoped_lockable) MutexLock final
{
public:
    explicit MutexLock(Mutex &mutex) ROLLCALL_ANNOTATION(acquire_capability(mutex)) : m_mutex(mutex) { m_mutex.lock(); }
    ~MutexLock() ROLLCALL_ANNOTATION(release_capability()) { m_mutex.unlock(); }
    MutexLock(const MutexLock &) = delete;
    MutexLock &operator=(const MutexLock &) = delete;

    /// For std::condition_variable_any only.
    void lock() ROLLCALL_ANNOTATION(no_thread_safety_analysis) { m_mutex.lock(); }
    /// For std::condition_variable_any only.
    void unlock() ROLLCALL_ANNOTATION(no_thread_safety_analysis) { m_mutex.unlock(); }

private:
    Mutex &m_mutex;
};

} // namespace rollcall::base
