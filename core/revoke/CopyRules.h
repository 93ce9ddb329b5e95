#pragma once

#include <vector>

#include "core/cache/CacheKeyPattern.h"
#include "core/deployment/ConnectionConfig.h"

namespace rollcall::revoke {

/// What keys of the cache of @p config hold sessions: Rollcall's own entries, and the copies that the connection names.
/// **Thread-safety:** pure, as all here.
[[nodiscard]] std::vector<cache::CacheKeyPattern> lookedForPatterns(const deployment::ConnectionConfig &config);

/// Why the keys that the connection names may be the sessions themselves, and not copies of them, so that they must not
/// be purged; empty: they are copies. @p wholesale: many of them on a mere look (all, or all that drifted), not
/// sessions that somebody named.
[[nodiscard]] QString whyNotCopies(const deployment::ConnectionConfig &config, bool wholesale);

} // namespace rollcall::revoke
