#pragma once

#include <span>
#include <vector>

#include "core/cache/CacheKeyPattern.h"
#include "core/deployment/Deployment.h"
#include "core/store/redis/RedisWriter.h"

namespace rollcall::revoke {

/// How the deployment names keys of sessions in its cache, as @p config says (ConnectionProfile::cacheKeys).
[[nodiscard]] std::vector<cache::CacheKeyPattern> copyPatterns(const deployment::ConnectionConfig &config);

/// Whether a library lays out keys of such @p values, and keeps more than the sessions under them: what points to one.
[[nodiscard]] bool hasPointers(cache::CacheKeyPattern::Values values);

/// Mends what points to @p gone, copies that were removed, of whose @p values hasPointers(): Better Auth's list of the
/// user's sessions, which goes where it gets empty, and the adapters' key by user. How many of the lists could not be
/// read. Errors: those of store::RedisWriter::removePointers(). **Thread-safety:** as @p channel.
[[nodiscard]] base::Result<qint64> removePointers(redis::RedisChannel &channel, cache::CacheKeyPattern::Values values,
                                                  std::span<const store::OwnedToken> gone, const base::Call &call);

/// For people: that @p count lists of users' sessions could not be read.
[[nodiscard]] QString unreadLists(qint64 count);

/// What a purge found.
struct Purged
{
    std::vector<bool> found; ///< for each session, in order, whether there was anything
    qint64 unreadLists = 0;  ///< see removePointers()
};

/// Drops what the cache of @p deployment holds of @p sessions, whose rows have changed: Rollcall's own entries, and the
/// copies that the deployment keeps there under keys of its own. These go whatever they hold, as it may be encrypted or
/// compressed. Only acts on rows may do this: to a deployment without rows such a copy is the session itself. Errors:
/// ConnectionConfig::cacheError, those of SessionCache::eraseMany(), of RedisChannel::pipeline() and of
/// removePointers(), StatementFailed.
/// **Thread-safety:** thread-safe; blocks within @p call.
[[nodiscard]] base::Result<Purged> purgeCached(const deployment::Deployment &deployment,
                                               std::span<const store::OwnedToken> sessions, const base::Call &call);

} // namespace rollcall::revoke
