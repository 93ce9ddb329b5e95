#pragma once

#include <vector>

#include "core/base/Clock.h"
#include "core/cache/CacheShard.h"
#include "core/cache/SessionCache.h"

namespace rollcall::cache {

/// A cache in this process's memory, bound in bytes; what was not used for longest goes first, roughly (CLOCK). Keys
/// are hashed under a random key of this object. Its functions never fail and never wait for anything but each other.
/// find() leaves Entry::userId empty: only a hash of it is kept. Times to live are counted by the steady clock, so that
/// setting the wall clock neither lengthens nor shortens them (time that the machine sleeps does not count); a
/// session's own end is one of the wall clock.
/// **Thread-safety:** thread-safe; a look-up takes the lock of one of up to 64 shards.
class MemoryCache final : public SessionCache
{
public:
    /// Keeps at most @p maxBytes of entries with all that they cost, and of places that entries left free (0: nothing);
    /// fixed costs come on top: about 20 KiB, and up to 16 KiB a shard. @p clock is borrowed.
    MemoryCache(std::size_t maxBytes, const base::Clock &clock);

    /// As find(), save that a wall clock that was set is heeded a tick of the coarse clock later.
    [[nodiscard]] bool findAtHand(QByteArrayView token, session::Resolution &answer) override;
    [[nodiscard]] base::Result<Found> find(QByteArrayView token, const base::Call &call) override;
    [[nodiscard]] base::Status store(QByteArrayView token, const Entry &entry, std::chrono::milliseconds ttl,
                                     quint64 generation, const base::Call &call) override;
    [[nodiscard]] base::Result<std::vector<bool>> eraseMany(std::span<const QByteArrayView> tokens,
                                                            const base::Call &call) override;
    [[nodiscard]] base::Result<qint64> eraseUser(const QString &userId, const base::Call &call) override;
    [[nodiscard]] base::Status noteSignIn(const QString &userId, const base::Call &call) override;
    [[nodiscard]] base::Status clear(const base::Call &call) override;

    /// Bytes that the entries cost now, and their number (those whose time is over are in it until their place is
    /// wanted).
    [[nodiscard]] std::size_t bytes() const;
    [[nodiscard]] std::size_t entries() const;

private:
    [[nodiscard]] CacheShard &shardOf(const TokenDigest &digest) const;
    [[nodiscard]] qint64 wallAt(qint64 steady) const;
    [[nodiscard]] bool isOver(const CachedValue &value) const;
    [[nodiscard]] quint32 userTag(const QString &userId) const;

    const base::Clock &m_clock;
    const TokenHash m_hash;
    std::vector<std::unique_ptr<CacheShard>> m_shards; ///< 1, 2, 4 … 64
    std::atomic<quint32> m_signIns{0};                 ///< an absence of an earlier count is none
    // What the wall clock is ahead of the steady one, as of a tick of the latter. Milliseconds.
    mutable std::atomic<qint64> m_wallAhead{0};
    mutable std::atomic<qint64> m_wallTick{std::numeric_limits<qint64>::min()};
};

} // namespace rollcall::cache
