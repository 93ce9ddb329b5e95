#include "core/revoke/CachePurge.h"

#include "core/redis/RedisChannel.h"

using rollcall::base::Call;
using rollcall::base::Result;
using rollcall::base::Status;

namespace rollcall::revoke {

namespace {

constexpr std::size_t tokensAtOnce = 500;

/// Removes the copies of @p tokens that @p patterns name; sets in @p found those that there were.
Status eraseCopies(const deployment::ConnectionConfig &config, std::span<const cache::CacheKeyPattern> patterns,
                   std::span<const QByteArrayView> tokens, std::vector<bool> &found, const Call &call)
{
    const auto channel = redis::makeChannel(config.cache->clone(), config.httpOptions);
    for (std::size_t from = 0; from < tokens.size(); from += tokensAtOnce) {
        std::vector<redis::RedisCommand> commands;
        for (const QByteArrayView token : tokens.subspan(from, std::min(tokensAtOnce, tokens.size() - from))) {
            redis::RedisCommand remove{"DEL"};
            for (const cache::CacheKeyPattern &pattern : patterns)
                remove.push_back(pattern.keyOf(token));
            commands.push_back(std::move(remove));
        }
        const auto replies = channel->pipeline(commands, call);
        // Keys may hold tokens.
        for (redis::RedisCommand &command : commands) {
            for (QByteArray &word : command)
                base::wipe(word);
        }
        if (!replies)
            return base::fail(replies.error());
        for (std::size_t i = 0; i < replies->size(); ++i) {
            if (replies->at(i).kind == redis::RedisReply::Kind::Error)
                return base::fail(redis::refusal(replies->at(i), config.cache->host));
            if (replies->at(i).number > 0)
                found[from + i] = true;
        }
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

Result<std::vector<bool>> purgeCached(const deployment::Deployment &deployment, std::span<const QByteArrayView> tokens,
                                      const Call &call)
{
    const deployment::ConnectionConfig &config = deployment.config();
    if (config.cacheError)
        return base::fail(*config.cacheError);
    auto found = deployment.cache()->eraseMany(tokens, call);
    if (!found)
        return found;
    const auto patterns = copyPatterns(config);
    if (patterns.empty() || !config.cache)
        return found;
    if (const auto status = eraseCopies(config, patterns, tokens, *found, call); !status)
        return base::fail(status.error());
    return found;
}

} // namespace rollcall::revoke
