#pragma once

#include <chrono>

#include "core/base/Clock.h"
#include "core/base/Mutex.h"

namespace rollcall::cache {

/// Keeps callers from waiting for a server that is down: after a failure it is left alone for a second, then one caller
/// tries it again, and after each further failure the pause doubles, up to half a minute.
/// **Thread-safety:** thread-safe.
class Breaker final
{
public:
    static constexpr std::chrono::milliseconds firstPause{1'000};
    static constexpr std::chrono::milliseconds longestPause{30'000};

    /// @p clock is borrowed.
    explicit Breaker(const base::Clock &clock) : m_clock(clock) {}

    /// True where the caller may try; it must then say how that went by succeeded(), failed() or gaveUp().
    [[nodiscard]] bool admits();
    void succeeded();
    void failed();
    /// The attempt ended for the caller's own reasons (cancelled, its deadline): that says nothing of the server.
    void gaveUp();

private:
    const base::Clock &m_clock;
    base::Mutex m_mutex;
    std::chrono::milliseconds m_pause ROLLCALL_GUARDED_BY(m_mutex){0}; ///< 0: the server is well
    base::Instant m_since ROLLCALL_GUARDED_BY(m_mutex);                ///< of the last failure
    bool m_trying ROLLCALL_GUARDED_BY(m_mutex) = false;                ///< somebody is at it after a pause
};

} // namespace rollcall::cache
