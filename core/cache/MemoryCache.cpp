#include "core/cache/MemoryCache.h"

#include <algorithm>
#include <bit>

#include "core/cache/Expiry.h"

namespace rollcall::cache {

namespace {

constexpr std::size_t mostShards = 64;
constexpr std::size_t smallestShard = 1 << 20; // so that the largest session is a small part of one

std::size_t shardCount(std::size_t maxBytes)
{
    return std::bit_floor(std::clamp<std::size_t>(maxBytes / smallestShard, 1, mostShards));
}

qint64 milliseconds(base::Instant instant)
{
    return instant.time_since_epoch().count();
}

/// The array that is kept: one of its own size, as what the source built may have room to grow.
QByteArray fitted(const QByteArray &session)
{
    constexpr qsizetype tolerated = 16;
    if (session.capacity() <= session.size() + tolerated)
        return session;
    return {session.constData(), session.size()};
}

} // namespace

MemoryCache::MemoryCache(std::size_t maxBytes, const base::Clock &clock) : m_clock(clock)
{
    const std::size_t count = shardCount(maxBytes);
    m_shards.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        m_shards.push_back(std::make_unique<CacheShard>(maxBytes / count));
}

CacheShard &MemoryCache::shardOf(const TokenDigest &digest) const
{
    return *m_shards[(digest.high >> 58) & (m_shards.size() - 1)];
}

quint32 MemoryCache::userTag(const QString &userId) const
{
    if (userId.isEmpty())
        return 0;
    // Two users of four thousand million share a tag: then the entries of both go, which costs look-ups, no more.
    return std::max<quint32>(1, static_cast<quint32>(m_hash(userId.toUtf8()).low));
}

bool MemoryCache::isOver(const CachedValue &value) const
{
    if (isPast(std::chrono::milliseconds(value.until), m_clock))
        return true;
    if (value.reason != 0)
        return value.expires != m_signIns.load(std::memory_order_acquire);
    return value.expires != CachedValue::noEnd &&
           isPast(base::Instant(std::chrono::milliseconds(value.expires)), m_clock);
}

/// The wall clock's time at @p steady of the coarse steady clock, give or take base::coarseLag. It is read once a tick:
/// both clocks for each of ten million looks a second would be an eighth of their cost.
qint64 MemoryCache::wallAt(qint64 steady) const
{
    if (m_wallTick.load(std::memory_order_acquire) != steady) {
        m_wallAhead.store(milliseconds(m_clock.coarseNow()) - steady, std::memory_order_relaxed);
        m_wallTick.store(steady, std::memory_order_release);
    }
    return steady + m_wallAhead.load(std::memory_order_relaxed);
}

bool MemoryCache::findAtHand(QByteArrayView token, session::Resolution &answer)
{
    constexpr qint64 lag = base::coarseLag.count();
    const TokenDigest digest = m_hash(token);
    CacheShard &shard = shardOf(digest);
    // Of the entry's three places in memory each names the next: the clocks are read while they come near.
    shard.approach(digest);
    const qint64 steady = m_clock.coarseSteadyNow().count();
    const CacheShard::Glimpse seen = shard.glimpse(digest);
    const qint64 wall = wallAt(steady);
    qint64 expires = 0;
    if (!shard.findSession(digest, seen, steady + lag, wall + 2 * lag, answer.session, expires))
        return false;
    if (expires != CachedValue::noEnd)
        answer.validUntil = base::Instant(std::chrono::milliseconds(expires));
    return true;
}

base::Result<SessionCache::Found> MemoryCache::find(QByteArrayView token, const base::Call &)
{
    const TokenDigest digest = m_hash(token);
    base::Result<Found> found;
    CachedValue value;
    // In this order: of what is removed in between, the later generation alone would know.
    const quint32 signIns = m_signIns.load(std::memory_order_acquire);
    quint32 generation = 0;
    const bool isThere = shardOf(digest).find(digest, value, generation);
    found->generation = quint64{generation} << 32 | signIns;
    if (!isThere || isOver(value))
        return found;
    Entry &entry = found->entry.emplace();
    if (value.reason != 0) {
        entry.reason = static_cast<session::NullReason>(value.reason);
        return found;
    }
    entry.session = std::move(value.session);
    if (value.expires != CachedValue::noEnd)
        entry.sessionExpires = base::Instant(std::chrono::milliseconds(value.expires));
    return found;
}

base::Status MemoryCache::store(QByteArrayView token, const Entry &entry, std::chrono::milliseconds ttl,
                                quint64 generation, const base::Call &)
{
    const TokenDigest digest = m_hash(token);
    CacheShard &shard = shardOf(digest);
    const qint64 now = m_clock.steadyNow().count();
    const qint64 longest =
        entry.session ? ttl.count() : std::min(ttl, std::chrono::milliseconds(longestAbsence)).count();
    CachedValue value;
    // An entry of age ttl is too old: the last good instant is one before. A ttl beyond all calendars must not
    // overflow.
    value.until = now + std::min<qint64>(longest, CachedValue::noEnd - now) - 1;
    if (entry.session) {
        value.expires = CachedValue::noEnd;
        if (entry.sessionExpires) {
            value.expires = milliseconds(*entry.sessionExpires);
            const qint64 today = milliseconds(m_clock.now());
            value.until = std::min(value.until, value.expires < today ? now - 1 : now + (value.expires - today));
        }
        value.userTag = userTag(entry.userId);
    } else {
        value.expires = static_cast<quint32>(generation);
        value.reason = entry.reason ? static_cast<quint8>(*entry.reason) : 0;
    }
    const bool isAnswer = entry.session ? entry.session->size() <= longestSession : value.reason != 0;
    if (!isAnswer || value.until < now) {
        // What was there before is not what the source said last.
        shard.erase(digest);
        return {};
    }
    if (entry.session)
        value.session = fitted(*entry.session);
    shard.store(digest, std::move(value), now, static_cast<quint32>(generation >> 32));
    return {};
}

base::Result<std::vector<bool>> MemoryCache::eraseMany(std::span<const QByteArrayView> tokens, const base::Call &)
{
    std::vector<bool> erased;
    erased.reserve(tokens.size());
    for (const QByteArrayView token : tokens) {
        flights().invalidate(cacheKey(token));
        const TokenDigest digest = m_hash(token);
        erased.push_back(shardOf(digest).erase(digest));
    }
    return erased;
}

base::Result<qint64> MemoryCache::eraseUser(const QString &userId, const base::Call &)
{
    // Whose look-ups are under way is not known before they end.
    flights().invalidateAll();
    const quint32 tag = userTag(userId);
    qint64 erased = 0;
    for (const auto &shard : m_shards)
        erased += shard->eraseUser(tag);
    return erased;
}

base::Status MemoryCache::noteSignIn(const QString &userId, const base::Call &call)
{
    m_signIns.fetch_add(1, std::memory_order_acq_rel);
    const auto erased = eraseUser(userId, call);
    return erased ? base::Status() : base::fail(erased.error());
}

base::Status MemoryCache::clear(const base::Call &)
{
    flights().invalidateAll();
    for (const auto &shard : m_shards)
        shard->clear();
    return {};
}

std::size_t MemoryCache::bytes() const
{
    std::size_t sum = 0;
    for (const auto &shard : m_shards)
        sum += shard->bytes();
    return sum;
}

std::size_t MemoryCache::entries() const
{
    std::size_t sum = 0;
    for (const auto &shard : m_shards)
        sum += shard->entries();
    return sum;
}

} // namespace rollcall::cache
