#include "core/cache/SingleFlight.h"

#include <QScopeGuard>

namespace rollcall::cache {

namespace {

/// Whether others who ask for the same may be given @p answer.
bool isForAll(const session::Resolution &answer)
{
    return answer.isShareable && answer.reason != session::NullReason::CancelledOrDeadline;
}

} // namespace

std::optional<SingleFlight::Answer> SingleFlight::run(const QByteArray &key, const base::Call &call, const Fetch &fetch)
{
    for (;;) {
        std::shared_ptr<Flight> flight;
        {
            base::MutexLock lock(m_mutex);
            flight = m_flights.value(key);
            if (flight) {
                // A deadline at the end of time would overflow inside wait_until().
                const auto until = base::Call::Clock::now() + call.remaining();
                ++m_waiting;
                const bool landed =
                    m_changed.wait_until(lock, call.stop, until, [&flight] { return flight->m_hasLanded; });
                --m_waiting;
                if (!landed)
                    return std::nullopt;
                if (flight->m_answer && isForAll(*flight->m_answer))
                    return Answer{flight->m_answer, true};
                continue;
            }
            flight = std::make_shared<Flight>();
            m_flights.insert(key, flight);
        }
        return Answer{fly(key, flight, fetch), false};
    }
}

std::shared_ptr<const session::Resolution> SingleFlight::fly(const QByteArray &key,
                                                             const std::shared_ptr<Flight> &flight, const Fetch &fetch)
{
    std::shared_ptr<const session::Resolution> answer;
    {
        // Whatever fetch does: a flight that never ended would keep everybody waiting from then on.
        const auto landing = qScopeGuard([&] { land(key, flight, answer); });
        answer = std::make_shared<const session::Resolution>(fetch(*flight));
    }
    return answer;
}

void SingleFlight::land(const QByteArray &key, const std::shared_ptr<Flight> &flight,
                        const std::shared_ptr<const session::Resolution> &answer)
{
    {
        base::MutexLock lock(m_mutex);
        flight->m_hasLanded = true;
        flight->m_answer = answer;
        // After an invalidation the key may already belong to a younger flight.
        if (m_flights.value(key) == flight)
            m_flights.remove(key);
        ++m_landed;
    }
    m_changed.notify_all();
}

void SingleFlight::invalidate(const QByteArray &key)
{
    base::MutexLock lock(m_mutex);
    ++m_invalidations;
    if (const auto flight = m_flights.take(key))
        flight->m_current = false;
}

void SingleFlight::invalidateAll()
{
    base::MutexLock lock(m_mutex);
    ++m_invalidations;
    for (const auto &flight : std::as_const(m_flights))
        flight->m_current = false;
    m_flights.clear();
}

} // namespace rollcall::cache
