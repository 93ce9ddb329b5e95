#pragma once

#include <QByteArray>

#include <chrono>
#include <optional>

#include "core/base/Call.h"
#include "core/cache/SingleFlight.h"
#include "core/session/Resolution.h"

namespace rollcall::cache {

/// Remembered absences are kept this long at most: a sign-in must not stay unseen.
inline constexpr std::chrono::seconds longestAbsence{5};

/// Where resolved sessions are kept for a while. Keys are digests of tokens, never tokens.
/// **Thread-safety:** thread-safe.
class SessionCache
{
public:
    SessionCache() = default;
    virtual ~SessionCache() = default;
    SessionCache(const SessionCache &) = delete;
    SessionCache &operator=(const SessionCache &) = delete;

    /// What a lookup found: a session's JSON, a remembered absence (with its reason), or nothing (nullopt).
    struct Entry
    {
        std::optional<QByteArray> session;
        std::optional<session::NullReason> reason;
        QString userId;                              ///< empty where unknown
        std::optional<base::Instant> sessionExpires; ///< never kept beyond this
    };

    [[nodiscard]] virtual base::Result<std::optional<Entry>> find(const QByteArray &key, const base::Call &call) = 0;
    /// Keeps @p entry for at most @p ttl from now (absences for at most 5 s).
    [[nodiscard]] virtual base::Status store(const QByteArray &key, const Entry &entry, std::chrono::milliseconds ttl,
                                             const base::Call &call) = 0;
    /// Removes one session's entry; true where there was one. Implementations invalidate flights() first, so that a
    /// look-up under way cannot bring back what is removed here (likewise eraseUser() and clear()).
    [[nodiscard]] virtual base::Result<bool> erase(const QByteArray &key, const base::Call &call) = 0;
    /// Removes all entries of a user; their number.
    [[nodiscard]] virtual base::Result<qint64> eraseUser(const QString &userId, const base::Call &call) = 0;
    /// Removes everything.
    [[nodiscard]] virtual base::Status clear(const base::Call &call) = 0;

    /// The look-ups under way of everybody who uses this cache.
    [[nodiscard]] SingleFlight &flights() { return m_flights; }

private:
    SingleFlight m_flights;
};

/// The cache key of @p token: a digest, so that a cache's content cannot open a session.
[[nodiscard]] QByteArray cacheKey(QByteArrayView token);

} // namespace rollcall::cache
