#pragma once

#include <span>
#include <vector>

#include "core/cache/CacheKeyPattern.h"
#include "core/deployment/Deployment.h"

namespace rollcall::revoke {

/// How the deployment names keys of sessions in its cache, as @p config says (ConnectionProfile::cacheKeys).
[[nodiscard]] std::vector<cache::CacheKeyPattern> copyPatterns(const deployment::ConnectionConfig &config);

/// Drops what the cache of @p deployment holds of the sessions of @p tokens, whose rows have changed: Rollcall's own
/// entries, and the copies that the deployment keeps there under keys of its own. For each, in order, whether there was
/// anything. Only acts on rows may do this: to a deployment without rows such a copy is the session itself. Errors:
/// ConnectionConfig::cacheError, those of SessionCache::eraseMany() and of RedisChannel::pipeline(), StatementFailed.
/// **Thread-safety:** thread-safe; blocks within @p call.
[[nodiscard]] base::Result<std::vector<bool>>
purgeCached(const deployment::Deployment &deployment, std::span<const QByteArrayView> tokens, const base::Call &call);

} // namespace rollcall::revoke
