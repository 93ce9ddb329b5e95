#pragma once

#include "core/engine/betterauth/CookieCache.h"

namespace rollcall::engine::betterauth {

/// Opens a compact cookie cache: base64url of `{"session":D,"expiresAt":ms,"signature":S}`. The signature covers the
/// text that JSON.stringify makes of D and expiresAt after the library's reader went over it; the end is not looked at.
/// **Thread-safety:** pure. **Source:** better-auth 1.7.7 cookies/index, cookies/cache.
[[nodiscard]] tl::expected<CacheContent, CacheFailure> openCompact(QByteArrayView secret, QByteArrayView value);

/// Seals @p data until @p expiresAt (milliseconds since the epoch).
[[nodiscard]] base::SecretBytes sealCompact(QByteArrayView secret, const jose::JsonValue &data, double expiresAt);

} // namespace rollcall::engine::betterauth
