#include "core/revoke/CachePurge.h"

#include <algorithm>

#include "core/redis/RedisChannel.h"

using rollcall::base::Call;
using rollcall::base::Result;
using rollcall::base::Status;

namespace rollcall::revoke {

namespace {

constexpr std::size_t tokensAtOnce = 500;
/// What points to these is changed by one compare-and-set: others may change it meanwhile.
constexpr std::size_t sessionsAtOnce = 100;

using cache::CacheKeyPattern;

/// One DEL for each of @p tokens, of the keys that @p patterns name.
std::vector<redis::RedisCommand> deletesOf(std::span<const store::OwnedToken> tokens,
                                           std::span<const CacheKeyPattern> patterns)
{
    std::vector<redis::RedisCommand> commands;
    for (const store::OwnedToken &session : tokens) {
        redis::RedisCommand remove{"DEL"};
        for (const CacheKeyPattern &pattern : patterns)
            remove.push_back(pattern.keyOf(session.token));
        commands.push_back(std::move(remove));
    }
    return commands;
}

/// Removes the copies of @p sessions that @p patterns name; sets in @p found those that there were.
Status eraseKeys(redis::RedisChannel &channel, const QString &host, std::span<const CacheKeyPattern> patterns,
                 std::span<const store::OwnedToken> sessions, std::vector<bool> &found, const Call &call)
{
    for (std::size_t from = 0; from < sessions.size() && !patterns.empty(); from += tokensAtOnce) {
        auto commands = deletesOf(sessions.subspan(from, std::min(tokensAtOnce, sessions.size() - from)), patterns);
        const auto replies = channel.pipeline(commands, call);
        // Keys may hold tokens.
        for (redis::RedisCommand &command : commands) {
            for (QByteArray &word : command)
                base::wipe(word);
        }
        if (!replies)
            return base::fail(replies.error());
        for (std::size_t i = 0; i < replies->size(); ++i) {
            if (replies->at(i).kind == redis::RedisReply::Kind::Error)
                return base::fail(redis::refusal(replies->at(i), host));
            if (replies->at(i).number > 0)
                found[from + i] = true;
        }
    }
    return {};
}

/// Removes the copies of @p sessions that @p patterns name, and mends what points to them; adds to @p purged.
Status eraseCopies(const deployment::ConnectionConfig &config, std::span<const CacheKeyPattern> patterns,
                   std::span<const store::OwnedToken> sessions, Purged &purged, const Call &call)
{
    const auto channel = redis::makeChannel(config.cache->clone(), config.httpOptions);
    if (auto erased = eraseKeys(*channel, config.cache->host, patterns, sessions, purged.found, call); !erased)
        return erased;
    for (const CacheKeyPattern &pattern : patterns) {
        if (!hasPointers(pattern.values()))
            continue;
        const auto unread = removePointers(*channel, pattern.values(), sessions, call);
        if (!unread)
            return base::fail(unread.error());
        purged.unreadLists += *unread;
    }
    return {};
}

} // namespace

std::vector<cache::CacheKeyPattern> copyPatterns(const deployment::ConnectionConfig &config)
{
    std::vector<cache::CacheKeyPattern> patterns;
    for (const QString &keys : config.profile.cacheKeys) { // all can be read: ConnectionConfig::from()
        if (auto pattern = cache::CacheKeyPattern::parse(keys))
            patterns.push_back(std::move(*pattern));
    }
    return patterns;
}

bool hasPointers(CacheKeyPattern::Values values)
{
    return values == CacheKeyPattern::Values::BetterAuth || values == CacheKeyPattern::Values::Upstash;
}

Result<qint64> removePointers(redis::RedisChannel &channel, CacheKeyPattern::Values values,
                              std::span<const store::OwnedToken> gone, const Call &call)
{
    const store::KeyLayout layout =
        values == CacheKeyPattern::Values::BetterAuth ? store::KeyLayout::betterAuth() : store::KeyLayout::authJs();
    store::KeyReader reader(channel, QString::fromUtf8(layout.scanPattern()));
    store::RedisWriter writer(reader, channel, layout, QTimeZone::utc());
    qint64 unreadable = 0;
    for (std::size_t from = 0; from < gone.size(); from += sessionsAtOnce) {
        const auto some = writer.removePointers(gone.subspan(from, std::min(sessionsAtOnce, gone.size() - from)), call);
        if (!some)
            return some;
        unreadable += *some;
    }
    return unreadable;
}

QString unreadLists(qint64 count)
{
    return QStringLiteral("%1 lists of a user's sessions (active-sessions-…) in the cache are no JSON, so they could "
                          "not be mended and may still name sessions that are gone")
        .arg(count);
}

Result<Purged> purgeCached(const deployment::Deployment &deployment, std::span<const store::OwnedToken> sessions,
                           const Call &call)
{
    const deployment::ConnectionConfig &config = deployment.config();
    if (config.cacheError)
        return base::fail(*config.cacheError);
    std::vector<QByteArrayView> tokens;
    std::ranges::transform(sessions, std::back_inserter(tokens), &store::OwnedToken::token);
    auto ours = deployment.cache()->eraseMany(tokens, call);
    if (!ours)
        return base::fail(std::move(ours.error()));
    Purged purged{std::move(*ours)};
    const auto patterns = copyPatterns(config);
    if (patterns.empty() || !config.cache)
        return purged;
    if (const auto status = eraseCopies(config, patterns, sessions, purged, call); !status)
        return base::fail(status.error());
    return purged;
}

} // namespace rollcall::revoke
