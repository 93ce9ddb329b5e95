#include "core/cache/RedisCache.h"

#include <QRandomGenerator>

#include <algorithm>

namespace rollcall::cache {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using redis::RedisReply;

namespace {

constexpr std::chrono::hours indexLife = RedisCache::longestLife + std::chrono::hours(1);
constexpr qsizetype digestDigits = 64;
constexpr std::ptrdiff_t erasedAtOnce = 100;
constexpr std::size_t commandsAtOnce = 1'000;
constexpr std::chrono::milliseconds shortestTrial{20};

quint32 drawTag()
{
    return QRandomGenerator::system()->bounded(1U, std::numeric_limits<quint32>::max());
}

/// The tag in @p reply; 0 where there is none.
quint32 tagOf(const RedisReply &reply)
{
    return reply.kind == RedisReply::Kind::Text ? reply.text.toUInt() : 0;
}

QByteArray milliseconds(std::chrono::milliseconds duration)
{
    return QByteArray::number(qint64{duration.count()});
}

/// How long @p entry may live from @p now on; not positive: not at all.
std::chrono::milliseconds lifeOf(const SessionCache::Entry &entry, std::chrono::milliseconds ttl, base::Instant now)
{
    std::chrono::milliseconds life = std::min<std::chrono::milliseconds>(ttl, RedisCache::longestLife);
    if (!entry.session)
        return std::min<std::chrono::milliseconds>(life, longestAbsence);
    // The instant at which a session expires is its last good one.
    return entry.sessionExpires ? std::min(life, *entry.sessionExpires - now + std::chrono::milliseconds(1)) : life;
}

} // namespace

RedisCache::RedisCache(ChannelPerThread::Factory channels, Names names, std::chrono::milliseconds patience,
                       const base::Clock &clock)
    : m_channels(std::move(channels)),
      m_prefix("rollcall:1:" + names.scope + ':'),
      m_form(std::move(names.form)),
      m_allKey(m_prefix + 'g'),
      m_absencesKey(m_prefix + 'a'),
      m_patience(patience),
      m_clock(clock),
      m_breaker(clock)
{}

QByteArray RedisCache::entryKey(QByteArrayView digest) const
{
    return m_prefix + "s:" + digest.toByteArray();
}

QByteArray RedisCache::userKey(const QString &userId) const
{
    return m_prefix + "u:" + cacheKey(userId.toUtf8());
}

base::Result<RedisCache::Replies> RedisCache::run(const Commands &commands, const base::Call &call, Worth worth)
{
    if (worth == Worth::WhenWell && !m_breaker.admits()) {
        return base::fail(
            Error(ErrorCode::DatabaseUnavailable)
                .with(ErrorParam::Detail, QStringLiteral("the cache failed a moment ago and is left alone "
                                                         "for up to half a minute")));
    }
    // Half of what is left: the source must have time to answer when the cache has not.
    const std::chrono::milliseconds given = std::min(m_patience, call.remaining() / 2);
    auto replies = m_channels.channel().pipeline(commands, call.atMost(given));
    if (!replies) {
        // What was given next to no time says nothing of the server.
        if (call.cancelled() || given < shortestTrial)
            m_breaker.gaveUp();
        else
            m_breaker.failed();
        return base::fail(std::move(replies.error()));
    }
    const auto refused = std::ranges::find(*replies, RedisReply::Kind::Error, &RedisReply::kind);
    if (refused == replies->end()) {
        m_breaker.succeeded();
        return replies;
    }
    base::Error error = redis::refusal(*refused, {});
    // A server that allows nothing, or is full, is as good as one that is down.
    if (error.code == ErrorCode::StatementFailed)
        m_breaker.succeeded();
    else
        m_breaker.failed();
    return base::fail(std::move(error));
}

base::Result<CacheTags> RedisCache::makeTags(const base::Call &call)
{
    // Drawn at random, so that a tag lost by the server's eviction is never one that old entries have.
    const auto set = [](const QByteArray &key) {
        return redis::RedisCommand{"SET", key, QByteArray::number(drawTag()), "NX"};
    };
    const auto replies = run({set(m_allKey), set(m_absencesKey), {"MGET", m_allKey, m_absencesKey}}, call);
    if (!replies)
        return base::fail(replies.error());
    const std::vector<RedisReply> &tags = replies->back().elements;
    return tags.size() == 2 ? CacheTags{tagOf(tags.front()), tagOf(tags.back())} : CacheTags();
}

base::Result<SessionCache::Found> RedisCache::find(QByteArrayView token, const base::Call &call)
{
    const QByteArray digest = cacheKey(token);
    const auto replies = run({{"MGET", entryKey(digest), m_allKey, m_absencesKey}}, call);
    if (!replies)
        return base::fail(replies.error());
    const std::vector<RedisReply> &values = replies->front().elements;
    if (values.size() != 3)
        return base::fail(Error(ErrorCode::NotADatabase).with(ErrorParam::Detail, QStringLiteral("MGET")));
    CacheTags tags{tagOf(values.at(1)), tagOf(values.at(2))};
    if (!tags.isKnown()) {
        const auto made = makeTags(call);
        if (!made)
            return base::fail(made.error());
        tags = *made;
    }
    Found found;
    found.generation = tags.generation();
    if (values.front().kind != RedisReply::Kind::Text)
        return found;
    auto value = decodeCacheValue(values.front().text, token);
    if (!value || value->digest != digest) {
        found.note = QStringLiteral("what the cache holds for this session is malformed and was passed over");
        return found;
    }
    // An entry that names no user may be anybody's: as an absence, it falls with whatever is erased of a user.
    const bool isNamed = value->entry.session && !value->entry.userId.isEmpty();
    const bool current =
        value->form == m_form && value->tags.all == tags.all && (isNamed || value->tags.absences == tags.absences);
    const bool over = value->entry.sessionExpires && m_clock.now() > *value->entry.sessionExpires;
    if (current && !over)
        found.entry = std::move(value->entry);
    return found;
}

base::Status RedisCache::store(QByteArrayView token, const Entry &entry, std::chrono::milliseconds ttl,
                               quint64 generation, const base::Call &call)
{
    const CacheTags tags = CacheTags::of(generation);
    const auto life = lifeOf(entry, ttl, m_clock.now());
    const QByteArray digest = cacheKey(token);
    const bool isAnswer = entry.session ? entry.session->size() <= longestSession : entry.reason.has_value();
    if (!isAnswer || life.count() <= 0 || !tags.isKnown()) {
        // What was there before is not what the source said last.
        const auto erased = run({{"DEL", entryKey(digest)}}, call);
        return erased ? base::Status() : base::fail(erased.error());
    }
    const redis::RedisCommand set{"SET", entryKey(digest), encodeCacheValue({entry, tags, m_form, digest}, token), "PX",
                                  milliseconds(life)};
    if (!entry.session || entry.userId.isEmpty()) {
        const auto kept = run({set}, call);
        return kept ? base::Status() : base::fail(kept.error());
    }
    // The index comes first: an entry that it does not name would escape eraseUser(). It is sorted by when entries end,
    // so that those that have ended make room.
    const QByteArray index = userKey(entry.userId);
    const qint64 now = m_clock.now().time_since_epoch().count();
    const auto kept = run({{"ZREMRANGEBYSCORE", index, "-inf", QByteArray::number(now)},
                           {"ZADD", index, QByteArray::number(now + life.count()), digest},
                           {"PEXPIRE", index, milliseconds(indexLife)},
                           {"ZCARD", index},
                           set},
                          call);
    if (!kept) {
        // Commands are carried out each for itself: where the index was refused, the entry may stand all the same.
        (void)run({{"DEL", entryKey(digest)}}, call, Worth::Always);
        return base::fail(kept.error());
    }
    if (kept->at(3).number <= mostOfOneUser)
        return {};
    const auto dropped = run({{"DEL", entryKey(digest)}, {"ZREM", index, digest}}, call);
    return dropped ? base::Status() : base::fail(dropped.error());
}

base::Result<std::vector<bool>> RedisCache::eraseMany(std::span<const QByteArrayView> tokens, const base::Call &call)
{
    Commands commands;
    commands.reserve(tokens.size());
    for (const QByteArrayView token : tokens) {
        const QByteArray digest = cacheKey(token);
        flights().invalidate(digest);
        commands.push_back({"DEL", entryKey(digest)});
    }
    std::vector<bool> erased;
    erased.reserve(tokens.size());
    for (std::size_t from = 0; from < commands.size(); from += commandsAtOnce) {
        const auto begin = commands.cbegin() + static_cast<std::ptrdiff_t>(from);
        const auto end = commands.cbegin() + std::ssize(commands);
        const Commands some(begin, end - begin > std::ptrdiff_t{commandsAtOnce} ? begin + std::ptrdiff_t{commandsAtOnce}
                                                                                : end);
        const auto replies = run(some, call, Worth::Always);
        if (!replies)
            return base::fail(replies.error());
        for (const RedisReply &reply : *replies)
            erased.push_back(reply.number > 0);
    }
    return erased;
}

base::Result<qint64> RedisCache::eraseUser(const QString &userId, const base::Call &call)
{
    // Whose look-ups are under way is not known before they end.
    flights().invalidateAll();
    const auto renewed = run({{"SET", m_absencesKey, QByteArray::number(drawTag())}}, call, Worth::Always);
    auto erased = userId.isEmpty() ? base::Result<qint64>(0) : eraseIndexed(userId, call);
    return renewed ? erased : base::fail(renewed.error());
}

base::Result<qint64> RedisCache::eraseIndexed(const QString &userId, const base::Call &call)
{
    const QByteArray index = userKey(userId);
    const auto members = run({{"ZRANGE", index, "0", "-1"}}, call, Worth::Always);
    if (!members)
        return base::fail(members.error());
    const std::vector<RedisReply> &digests = members->front().elements;
    Commands commands;
    redis::RedisCommand remove{"DEL"};
    redis::RedisCommand forget{"ZREM", index};
    const auto flush = [&] {
        if (remove.size() > 1) {
            commands.push_back(std::exchange(remove, {"DEL"}));
            commands.push_back(std::exchange(forget, {"ZREM", index}));
        }
    };
    for (const RedisReply &digest : digests) {
        if (digest.text.size() != digestDigits)
            continue; // not of ours
        remove.push_back(entryKey(digest.text));
        forget.push_back(digest.text);
        if (std::ssize(remove) > erasedAtOnce)
            flush();
    }
    flush();
    if (commands.empty())
        return 0;
    const auto removed = run(commands, call, Worth::Always);
    if (!removed)
        return base::fail(removed.error());
    qint64 erased = 0;
    for (std::size_t i = 0; i < removed->size(); i += 2)
        erased += removed->at(i).number;
    return erased;
}

base::Status RedisCache::noteSignIn(const QString &userId, const base::Call &call)
{
    const auto erased = eraseUser(userId, call);
    return erased ? base::Status() : base::fail(erased.error());
}

base::Status RedisCache::clear(const base::Call &call)
{
    flights().invalidateAll();
    const auto renewed = run({{"SET", m_allKey, QByteArray::number(drawTag())}}, call, Worth::Always);
    return renewed ? base::Status() : base::fail(renewed.error());
}

} // namespace rollcall::cache
