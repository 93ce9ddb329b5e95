#pragma once

#include <optional>

#include "core/base/Clock.h"
#include "core/jose/JsonText.h"

namespace rollcall::engine::betterauth {

/// Holds @p value (dates revived, see parseReviving()) to the schema of a cookie cache: objects `session` and `user`
/// with their members' types, `updatedAt` a number. The result has known members first, in the schema's order, then the
/// others; e-mail addresses in lower case, absent creation dates @p now. nullopt where the schema refuses.
/// **Thread-safety:** pure. **Source:** better-auth 1.7.7 cookies/cache (cookieCachePayloadSchema),
/// @better-auth/core db/schema.
[[nodiscard]] std::optional<jose::JsonValue> cachePayload(const jose::JsonValue &value, base::Instant now);

} // namespace rollcall::engine::betterauth
