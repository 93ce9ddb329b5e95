#pragma once

#include <span>
#include <vector>

#include "core/cache/CacheKeyPattern.h"
#include "core/deployment/Deployment.h"
#include "core/store/redis/RedisWriter.h"

namespace rollcall::revoke {

/// How the deployment names keys of sessions in its cache, as @p config says (ConnectionProfile::cacheKeys).
[[nodiscard]] std::vector<cache::CacheKeyPattern> copyPatterns(const deployment::ConnectionConfig &config);

/// Removes @p copies from Better Auth's secondary storage, each out of its user's list of sessions too, which goes
/// where it gets empty. For each, in order, whether it was there. Errors: those of store::RedisWriter.
/// **Thread-safety:** as
/// @p channel.
[[nodiscard]] base::Result<std::vector<bool>>
removeFromBetterAuth(redis::RedisChannel &channel, std::span<const store::OwnedToken> copies, const base::Call &call);

/// Drops what the cache of @p deployment holds of @p sessions, whose rows have changed: Rollcall's own entries, and the
/// copies that the deployment keeps there under keys of its own. For each, in order, whether there was anything. Only
/// acts on rows may do this: to a deployment without rows such a copy is the session itself. Errors:
/// ConnectionConfig::cacheError, those of SessionCache::eraseMany(), of RedisChannel::pipeline() and of
/// removeFromBetterAuth(), StatementFailed.
/// **Thread-safety:** thread-safe; blocks within @p call.
[[nodiscard]] base::Result<std::vector<bool>> purgeCached(const deployment::Deployment &deployment,
                                                          std::span<const store::OwnedToken> sessions,
                                                          const base::Call &call);

} // namespace rollcall::revoke
