#include "core/revoke/CachePurge.h"

#include <algorithm>

#include "core/redis/RedisChannel.h"

using rollcall::base::Call;
using rollcall::base::Result;
using rollcall::base::Status;

namespace rollcall::revoke {

namespace {

constexpr std::size_t tokensAtOnce = 500;
/// What one compare-and-set changes: with each session comes what points to it, which others may change meanwhile.
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

/// Removes the copies of @p sessions that @p patterns name, to none of which anything points; sets in @p found those
/// that there were.
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

/// Removes the copies of @p sessions that @p patterns name; sets in @p found those that there were.
Status eraseCopies(const deployment::ConnectionConfig &config, std::vector<CacheKeyPattern> patterns,
                   std::span<const store::OwnedToken> sessions, std::vector<bool> &found, const Call &call)
{
    const auto channel = redis::makeChannel(config.cache->clone(), config.httpOptions);
    const auto laidOut = std::ranges::stable_partition(
        patterns, [](const CacheKeyPattern &pattern) { return !hasPointers(pattern.values()); });
    const auto plain = std::span(patterns.begin(), laidOut.begin());
    if (auto erased = eraseKeys(*channel, config.cache->host, plain, sessions, found, call); !erased)
        return erased;
    for (const CacheKeyPattern &pattern : laidOut) {
        const auto removed = removeWithPointers(*channel, pattern.values(), sessions, call);
        if (!removed)
            return base::fail(removed.error());
        for (std::size_t i = 0; i < removed->size(); ++i)
            found[i] = found[i] || (*removed)[i];
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

Result<std::vector<bool>> removeWithPointers(redis::RedisChannel &channel, CacheKeyPattern::Values values,
                                             std::span<const store::OwnedToken> copies, const Call &call)
{
    const store::KeyLayout layout =
        values == CacheKeyPattern::Values::BetterAuth ? store::KeyLayout::betterAuth() : store::KeyLayout::authJs();
    store::KeyReader reader(channel, QString::fromUtf8(layout.scanPattern()));
    store::RedisWriter writer(reader, channel, layout, QTimeZone::utc());
    std::vector<bool> all;
    for (std::size_t from = 0; from < copies.size(); from += sessionsAtOnce) {
        const auto removed =
            writer.removeSessions(copies.subspan(from, std::min(sessionsAtOnce, copies.size() - from)), call);
        if (!removed)
            return base::fail(removed.error());
        all.insert(all.end(), removed->begin(), removed->end());
    }
    return all;
}

Result<std::vector<bool>> purgeCached(const deployment::Deployment &deployment,
                                      std::span<const store::OwnedToken> sessions, const Call &call)
{
    const deployment::ConnectionConfig &config = deployment.config();
    if (config.cacheError)
        return base::fail(*config.cacheError);
    std::vector<QByteArrayView> tokens;
    std::ranges::transform(sessions, std::back_inserter(tokens), &store::OwnedToken::token);
    auto found = deployment.cache()->eraseMany(tokens, call);
    if (!found)
        return found;
    auto patterns = copyPatterns(config);
    if (patterns.empty() || !config.cache)
        return found;
    if (const auto status = eraseCopies(config, std::move(patterns), sessions, *found, call); !status)
        return base::fail(status.error());
    return found;
}

} // namespace rollcall::revoke
