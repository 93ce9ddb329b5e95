#pragma once

#include <QByteArray>

#include <chrono>
#include <optional>
#include <span>
#include <vector>

#include "core/base/Call.h"
#include "core/cache/SingleFlight.h"
#include "core/session/Resolution.h"

namespace rollcall::cache {

/// Remembered absences are kept this long at most: a sign-in must not stay unseen.
inline constexpr std::chrono::seconds longestAbsence{5};
/// Sessions with more bytes of JSON than this are not kept.
inline constexpr qsizetype longestSession = 64 * 1024;

/// Where resolved sessions are kept for a while. Implementations keep digests of tokens, never tokens. What they keep
/// is session data (names, e-mail addresses): whoever may read a shared cache may read that.
/// **Thread-safety:** thread-safe.
class SessionCache
{
public:
    SessionCache() = default;
    virtual ~SessionCache() = default;
    SessionCache(const SessionCache &) = delete;
    SessionCache &operator=(const SessionCache &) = delete;

    /// What is kept of a resolution: a session's JSON, or an absence with its reason.
    struct Entry
    {
        std::optional<QByteArray> session;
        std::optional<session::NullReason> reason;
        QString userId; ///< for eraseUser(); empty where unknown. A cache may keep a digest of it alone, so that
                        ///< find() leaves it empty.
        std::optional<base::Instant> sessionExpires; ///< never kept beyond this
    };

    /// What a look-up found.
    struct Found
    {
        std::optional<Entry> entry; ///< a session within its end, or an absence with its reason; nullopt: nothing
        quint64 generation = 0;     ///< of the cache's content; handed back to store()
        QString note;               ///< what was wrong with an entry that is therefore none; without secrets
    };

    /// The session of @p token where it is at hand in this process: true, with the session and until when it is good in
    /// @p answer. False says nothing: ask find(). Waits for nothing.
    [[nodiscard]] virtual bool findAtHand([[maybe_unused]] QByteArrayView token,
                                          [[maybe_unused]] session::Resolution &answer)
    {
        return false;
    }

    /// Looks @p token up. Blocks within @p call. Errors: those of the implementation.
    [[nodiscard]] virtual base::Result<Found> find(QByteArrayView token, const base::Call &call) = 0;

    /// Keeps @p entry for at most @p ttl from now: absences at most longestAbsence, sessions not beyond their own end,
    /// and nothing of more than longestSession bytes. @p generation is what find() told before the source was asked:
    /// an entry of an older one than the cache's is never found.
    [[nodiscard]] virtual base::Status store(QByteArrayView token, const Entry &entry, std::chrono::milliseconds ttl,
                                             quint64 generation, const base::Call &call) = 0;

    /// Removes the entries of these sessions (sign-out, revocation); for each, in order, whether there was one.
    /// Implementations invalidate flights() first, so that a look-up under way cannot bring back what is removed here
    /// (likewise the functions below).
    [[nodiscard]] virtual base::Result<std::vector<bool>> eraseMany(std::span<const QByteArrayView> tokens,
                                                                    const base::Call &call) = 0;
    /// The same for one session.
    [[nodiscard]] base::Result<bool> erase(QByteArrayView token, const base::Call &call);

    /// Removes all entries of a user, and those that name nobody, as they may be his; the number of the former.
    [[nodiscard]] virtual base::Result<qint64> eraseUser(const QString &userId, const base::Call &call) = 0;

    /// To be called when somebody signs in: removes all remembered absences (an absence names no user, so they are all
    /// in doubt) and the entries of @p userId (and of nobody), whose data a sign-in may have changed.
    [[nodiscard]] virtual base::Status noteSignIn(const QString &userId, const base::Call &call) = 0;

    /// Removes everything.
    [[nodiscard]] virtual base::Status clear(const base::Call &call) = 0;

    /// The look-ups under way of everybody who uses this cache.
    [[nodiscard]] SingleFlight &flights() { return m_flights; }

private:
    SingleFlight m_flights;
};

/// SHA-256 of @p token in 64 hex digits: its name in flights() and in shared caches, where a keyed hash of one process
/// would be of no use. Its first 16 digits are the token's fingerprint.
[[nodiscard]] QByteArray cacheKey(QByteArrayView token);

} // namespace rollcall::cache
