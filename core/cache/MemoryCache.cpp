#include "core/cache/MemoryCache.h"

#include <algorithm>

namespace rollcall::cache {

MemoryCache::MemoryCache(std::size_t maxEntries, const base::Clock &clock) : m_maxEntries(maxEntries), m_clock(clock) {}

base::Result<std::optional<SessionCache::Entry>> MemoryCache::find(const QByteArray &key, const base::Call &)
{
    const base::Instant now = m_clock.now();
    base::MutexLock lock(m_mutex);
    const auto place = m_places.constFind(key);
    if (place == m_places.cend())
        return std::nullopt;
    const Order::iterator kept = *place;
    if (now > kept->until) {
        m_order.erase(kept);
        m_places.erase(place);
        return std::nullopt;
    }
    m_order.splice(m_order.begin(), m_order, kept);
    return kept->entry;
}

base::Status MemoryCache::store(const QByteArray &key, const Entry &entry, std::chrono::milliseconds ttl,
                                const base::Call &)
{
    const base::Instant now = m_clock.now();
    const std::chrono::milliseconds longest =
        entry.session ? ttl : std::min<std::chrono::milliseconds>(ttl, longestAbsence);
    // An entry of age ttl is too old: the last good instant is one before.
    base::Instant until = now + longest - std::chrono::milliseconds(1);
    if (entry.sessionExpires)
        until = std::min(until, *entry.sessionExpires);
    base::MutexLock lock(m_mutex);
    if (const auto place = m_places.constFind(key); place != m_places.cend()) {
        m_order.erase(*place);
        m_places.erase(place);
    }
    const bool fits = !entry.session || entry.session->size() <= maxEntryBytes;
    if (m_maxEntries == 0 || until < now || !fits)
        return {};
    while (m_order.size() >= m_maxEntries) {
        m_places.remove(m_order.back().key);
        m_order.pop_back();
    }
    m_order.push_front({key, entry, until});
    m_places.insert(key, m_order.begin());
    return {};
}

base::Result<bool> MemoryCache::erase(const QByteArray &key, const base::Call &)
{
    flights().invalidate(key);
    base::MutexLock lock(m_mutex);
    const auto place = m_places.constFind(key);
    if (place == m_places.cend())
        return false;
    m_order.erase(*place);
    m_places.erase(place);
    return true;
}

base::Result<qint64> MemoryCache::eraseUser(const QString &userId, const base::Call &)
{
    // Whose look-ups are under way is not known before they end.
    flights().invalidateAll();
    base::MutexLock lock(m_mutex);
    qint64 erased = 0;
    for (auto kept = m_order.begin(); kept != m_order.end();) {
        if (userId.isEmpty() || kept->entry.userId != userId) {
            ++kept;
            continue;
        }
        m_places.remove(kept->key);
        kept = m_order.erase(kept);
        ++erased;
    }
    return erased;
}

base::Status MemoryCache::clear(const base::Call &)
{
    flights().invalidateAll();
    base::MutexLock lock(m_mutex);
    m_order.clear();
    m_places.clear();
    return {};
}

} // namespace rollcall::cache
