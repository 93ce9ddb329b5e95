#pragma once

#include <QByteArray>

#include <chrono>
#include <optional>

#include "core/base/Call.h"
#include "core/session/Resolution.h"

namespace rollcall::cache {

/// Where resolved sessions are kept for a while. Keys are digests of tokens, never tokens.
/// **Thread-safety:** thread-safe.
class SessionCache
{
public:
    virtual ~SessionCache() = default;

    /// What a lookup found: a session's JSON, a remembered absence (with its reason), or nothing (nullopt).
    struct Entry
    {
        std::optional<QByteArray> session;
        std::optional<session::NullReason> reason;
        QString userId; ///< empty where unknown
        std::optional<base::Instant> sessionExpires; ///< never kept beyond this
    };

    [[nodiscard]] virtual base::Result<std::optional<Entry>> find(const QByteArray &key, const base::Call &call) = 0;
    /// Keeps @p entry for at most @p ttl from now (absences for at most 5 s).
    [[nodiscard]] virtual base::Status store(const QByteArray &key, const Entry &entry, std::chrono::milliseconds ttl,
                                             const base::Call &call) = 0;
    /// Removes one session's entry; true where there was one.
    [[nodiscard]] virtual base::Result<bool> erase(const QByteArray &key, const base::Call &call) = 0;
    /// Removes all entries of a user; their number.
    [[nodiscard]] virtual base::Result<qint64> eraseUser(const QString &userId, const base::Call &call) = 0;
    /// Removes everything.
    [[nodiscard]] virtual base::Status clear(const base::Call &call) = 0;
};

/// The cache key of @p token: a digest, so that a cache's content cannot open a session.
[[nodiscard]] QByteArray cacheKey(QByteArrayView token);

} // namespace rollcall::cache
