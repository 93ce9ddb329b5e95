#include "core/cache/Breaker.h"

#include <algorithm>

namespace rollcall::cache {

bool Breaker::admits()
{
    const base::Instant now = m_clock.now();
    const base::MutexLock lock(m_mutex);
    if (m_pause.count() == 0)
        return true;
    // A clock that was set back must not lengthen the pause.
    const bool over = now >= m_since + m_pause || now < m_since;
    if (!over || m_trying)
        return false;
    m_trying = true;
    return true;
}

void Breaker::succeeded()
{
    const base::MutexLock lock(m_mutex);
    m_pause = {};
    m_trying = false;
}

void Breaker::failed()
{
    const base::Instant now = m_clock.now();
    const base::MutexLock lock(m_mutex);
    // Callers that were under way together when the server went down are one failure.
    if (m_pause.count() == 0 || m_trying)
        m_pause = std::clamp(2 * m_pause, firstPause, longestPause);
    m_since = now;
    m_trying = false;
}

void Breaker::gaveUp()
{
    const base::MutexLock lock(m_mutex);
    m_trying = false;
}

} // namespace rollcall::cache
