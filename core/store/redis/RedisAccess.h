#pragma once

#include "core/store/StoreFactory.h"

namespace rollcall::store {

/// probeDatabase(), detectSchema() and openStore() of a Redis database: @p url has RedisUrl. Errors: theirs.
/// **Thread-safety:** reentrant.
[[nodiscard]] base::Result<DatabaseVersion> probeRedis(const DatabaseUrl &url, const StoreOptions &options,
                                                       const base::Call &call);
[[nodiscard]] base::Result<SchemaDetection> detectRedis(const DatabaseUrl &url, const StoreOptions &options,
                                                        const base::Call &call);
[[nodiscard]] base::Result<std::unique_ptr<SessionStore>> openRedis(const DatabaseUrl &url, const SchemaProfile &schema,
                                                                    const StoreOptions &options, Access access,
                                                                    const base::Call &call);

} // namespace rollcall::store
