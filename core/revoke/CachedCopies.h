#pragma once

#include <span>

#include "core/cache/CacheKeyPattern.h"
#include "core/redis/RedisChannel.h"
#include "core/store/SessionStore.h"
#include "core/store/redis/ScanPace.h"

namespace rollcall::revoke {

enum class CopyState {
    Live,    ///< a session that has not ended by what the copy itself says
    Expired, ///< one that has
    Absent,  ///< that there is no session is what is remembered
    Unknown, ///< no end can be read of it
};

/// "live", "expired", "absent", "unknown".
[[nodiscard]] QString copyStateName(CopyState state);

/// A key of a cache that holds a copy of a session, and what the copy says. Move-only, as the key may hold the token.
struct CachedCopy
{
    base::SecretBytes key;
    base::SecretBytes token; ///< empty where the key holds a digest of it
    base::Fingerprint fingerprint;
    QString pattern; ///< CacheKeyPattern::text() of its kind of keys
    cache::CacheKeyPattern::Values values = cache::CacheKeyPattern::Values::Any; ///< what that kind of keys holds
    std::optional<std::chrono::milliseconds> timeLeft; ///< nullopt: it stays until it is removed
    qint64 bytes = 0;                                  ///< of the value; 0 where it is no text
    CopyState state = CopyState::Unknown;
    std::optional<base::Instant> expires;
    std::optional<QString> userId, email;

    [[nodiscard]] CachedCopy clone() const;
};

struct CopyList
{
    std::vector<CachedCopy> copies;
    bool complete = true; ///< false: the time was over, or there are more than mostCopies
};

/// Copies are held in memory: a list ends here.
inline constexpr std::size_t mostCopies = 100'000;

/// Looks through the keys of a Redis database by SCAN, no faster than @p pace, for copies that @p patterns describe.
/// Reads only. Where @p call's time is over, what was found until then is the list, not complete. @p now decides what
/// is live. Errors: those of KeyReader but Timeout. **Thread-safety:** as @p channel.
[[nodiscard]] base::Result<CopyList> listCopies(redis::RedisChannel &channel,
                                                std::span<const cache::CacheKeyPattern> patterns, base::Instant now,
                                                const store::ScanPace &pace, const base::Call &call);

/// How a copy stands to the row of its session.
enum class Drift {
    None,
    Gone,    ///< there is no such row: it was signed out or revoked
    Expired, ///< the row has ended, or its user is gone
    Differs, ///< of another user or e-mail, ending later than the row does, or absent while the row is live
};

/// "gone", "expired", "differs"; empty for None.
[[nodiscard]] QString driftName(Drift drift);

/// The drift of each of @p copies, in their order. Copies that hold no token are found by their fingerprints, which
/// reads the whole table. Errors: those of @p store.
[[nodiscard]] base::Result<std::vector<Drift>> driftOf(std::span<const CachedCopy> copies, store::SessionStore &store,
                                                       base::Instant now, const base::Call &call);

/// Removes the keys of @p copies, then mends what points to them with libraries' keys. Also where it fails midway,
/// @p removed grows by how many were there and went. Errors: those of RedisChannel::pipeline(), of what the server
/// refuses, of removePointers(), and StatementFailed where a list cannot be read.
[[nodiscard]] base::Status purgeCopies(redis::RedisChannel &channel, std::span<const CachedCopy> copies,
                                       qint64 &removed, const base::Call &call);

} // namespace rollcall::revoke
