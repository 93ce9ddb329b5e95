#include "core/revoke/BatchPace.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace rollcall::revoke {

using std::chrono::nanoseconds;

namespace {

constexpr double mostGrowth = 2; ///< from one batch to the next: one fast batch says little
constexpr double mostShrinking = 0.25;
constexpr std::chrono::seconds longestRest{5};
constexpr std::chrono::milliseconds blockedRest{200};
constexpr int mostBlocked = 20;

} // namespace

BatchPace::BatchPace(Pacing pacing, qint64 first, qint64 most)
    : m_pacing(pacing),
      m_size(std::clamp<qint64>(first, 1, std::max<qint64>(1, most))),
      m_most(std::max<qint64>(1, most))
{}

nanoseconds BatchPace::took(nanoseconds time)
{
    m_blocked = 0;
    const double ratio = static_cast<double>(nanoseconds(m_pacing.step).count()) /
                         static_cast<double>(std::max<qint64>(1, time.count()));
    const double wanted = static_cast<double>(m_size) * std::clamp(ratio, mostShrinking, mostGrowth);
    m_size = std::clamp<qint64>(static_cast<qint64>(wanted), 1, m_most);
    const double resting = static_cast<double>(time.count()) * (1 / m_pacing.share - 1);
    return std::min<nanoseconds>(nanoseconds(static_cast<qint64>(resting)), longestRest);
}

std::optional<nanoseconds> BatchPace::wasBlocked()
{
    if (++m_blocked > mostBlocked)
        return std::nullopt;
    m_size = std::max<qint64>(1, m_size / 4);
    return blockedRest;
}

void BatchPace::replicasWereBehind()
{
    m_size = std::max<qint64>(1, m_size / 2);
}

bool isBlocked(const base::Error &error)
{
    const QString state = error.param(base::ErrorParam::SqlState);
    return (error.code == base::ErrorCode::Timeout &&
            error.param(base::ErrorParam::Part) ==
                QStringLiteral("Waiting for a row that another transaction holds")) ||
           state == QStringLiteral("40P01") || state == QStringLiteral("40001"); // a deadlock's victim
}

bool rest(nanoseconds time, const base::Call &call)
{
    const nanoseconds bounded = std::min<nanoseconds>(time, call.remaining());
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    if (bounded.count() > 0)
        static_cast<void>(stopped.wait_for(lock, call.stop, bounded, [] { return false; }));
    return !call.cancelled() && !call.expired();
}

} // namespace rollcall::revoke
