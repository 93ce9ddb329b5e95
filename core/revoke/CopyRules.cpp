#include "core/revoke/CopyRules.h"

#include "core/base/Loopback.h"
#include "core/revoke/CachePurge.h"

namespace rollcall::revoke {

std::vector<cache::CacheKeyPattern> lookedForPatterns(const deployment::ConnectionConfig &config)
{
    std::vector<cache::CacheKeyPattern> patterns{cache::CacheKeyPattern::ours()};
    for (const cache::CacheKeyPattern &copies : copyPatterns(config))
        patterns.push_back(copies);
    return patterns;
}

QString whyNotCopies(const deployment::ConnectionConfig &config, bool wholesale)
{
    if (config.profile.cacheKeys.isEmpty())
        return {};
    const redis::RedisUrl *rows = config.database && config.database->redis ? &*config.database->redis : nullptr;
    const auto isSameHost = [](const QString &one, const QString &other) {
        return one.compare(other, Qt::CaseInsensitive) == 0 ||
               (base::isLoopbackHost(one) && base::isLoopbackHost(other));
    };
    if (rows && config.cache && isSameHost(rows->host, config.cache->host) && rows->port == config.cache->port &&
        rows->database == config.cache->database)
        return QStringLiteral("these keys are not copies: the sessions themselves live in that Redis database, and "
                              "`sessions revoke` ends them");
    // Sessions that are named may go; all of them must not on a mistake.
    if (!wholesale)
        return {};
    if (rows)
        return QStringLiteral("the sessions live in Redis, and the cache may be another name of that database: name "
                              "them by --fingerprint or --user, or end them by `sessions revoke`");
    if (config.profile.cacheKeys.contains(QStringLiteral("better-auth")))
        return QStringLiteral("with Better Auth's secondary storage these keys may be the sessions themselves: name "
                              "them by --fingerprint or --user, or end them by `sessions revoke`");
    return {};
}

} // namespace rollcall::revoke
