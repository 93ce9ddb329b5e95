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

/// Removes @p copies whose keys are laid out as the library of @p values does, of which hasPointers(), and mends what
/// points to them: Better Auth's list of the user's sessions, which goes where it gets empty, and the adapters' key by
/// user. For each, in order, whether it was there. Errors: those of store::RedisWriter. **Thread-safety:** as
/// @p channel.
[[nodiscard]] base::Result<std::vector<bool>> removeWithPointers(redis::RedisChannel &channel,
                                                                 cache::CacheKeyPattern::Values values,
                                                                 std::span<const store::OwnedToken> copies,
                                                                 const base::Call &call);

/// Drops what the cache of @p deployment holds of @p sessions, whose rows have changed: Rollcall's own entries, and the
/// copies that the deployment keeps there under keys of its own. For each, in order, whether there was anything. Only
/// acts on rows may do this: to a deployment without rows such a copy is the session itself. Errors:
/// ConnectionConfig::cacheError, those of SessionCache::eraseMany(), of RedisChannel::pipeline() and of
/// removeWithPointers(), StatementFailed.
/// **Thread-safety:** thread-safe; blocks within @p call.
[[nodiscard]] base::Result<std::vector<bool>> purgeCached(const deployment::Deployment &deployment,
                                                          std::span<const store::OwnedToken> sessions,
                                                          const base::Call &call);

} // namespace rollcall::revoke
