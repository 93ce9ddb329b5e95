#pragma once

#include <QHash>

#include <list>

#include "core/base/Clock.h"
#include "core/base/Mutex.h"
#include "core/cache/SessionCache.h"

namespace rollcall::cache {

/// A cache in this process's memory, least recently used entries go first. Its functions never fail and never block on
/// anything but each other. **Thread-safety:** thread-safe.
class MemoryCache final : public SessionCache
{
public:
    /// Keeps at most @p maxEntries (0: nothing), of at most maxEntryBytes each. @p clock is borrowed.
    MemoryCache(std::size_t maxEntries, const base::Clock &clock);

    /// Sessions with more JSON than this are not kept.
    static constexpr qsizetype maxEntryBytes = 64 * 1024;

    [[nodiscard]] base::Result<std::optional<Entry>> find(const QByteArray &key, const base::Call &call) override;
    [[nodiscard]] base::Status store(const QByteArray &key, const Entry &entry, std::chrono::milliseconds ttl,
                                     const base::Call &call) override;
    [[nodiscard]] base::Result<bool> erase(const QByteArray &key, const base::Call &call) override;
    [[nodiscard]] base::Result<qint64> eraseUser(const QString &userId, const base::Call &call) override;
    [[nodiscard]] base::Status clear(const base::Call &call) override;

private:
    struct Kept
    {
        QByteArray key;
        Entry entry;
        base::Instant until; ///< the last instant at which it may be used
    };
    using Order = std::list<Kept>; // most recently used first

    const std::size_t m_maxEntries;
    const base::Clock &m_clock;
    base::Mutex m_mutex;
    Order m_order ROLLCALL_GUARDED_BY(m_mutex);
    QHash<QByteArray, Order::iterator> m_places ROLLCALL_GUARDED_BY(m_mutex);
};

} // namespace rollcall::cache
