#pragma once

#include <tl/expected.hpp>

#include "core/engine/betterauth/Config.h"
#include "core/jose/JsonText.h"

namespace rollcall::engine::betterauth {

/// What a sealed cookie cache holds.
struct CacheContent
{
    jose::JsonValue payload; ///< `{session, user, updatedAt, version, …}` after the schema (cachePayload())
    double expiresAt = 0;    ///< milliseconds since the epoch
};

/// Why a cookie cache is not used.
enum class CacheFailure {
    Refused, ///< not sealed with a known secret, expired, or not of the schema: the library reads on without it
    Throws   ///< the library's decoder throws, and the request fails: text that is not base64 (compact)
};

/// The version of a payload; "1" where it has none.
[[nodiscard]] QString versionOf(const jose::JsonValue &payload);

/// Opens the value of a `session_data` cookie (chunks joined) by the strategy in force. **Thread-safety:** pure.
/// **Source:** better-auth 1.7.7 cookies/index (decodeCookieCache), crypto/jwt; facts/session-protocol.md §8.3.
[[nodiscard]] tl::expected<CacheContent, CacheFailure> decodeCookieCache(const Config &config, QByteArrayView value,
                                                                         base::Instant now);

/// What the middleware helper `getCookieCache` answers for a cookie's value: the payload, whose session must not have
/// ended; it looks neither at the token cookie nor into a database. Where @p version is not empty, the payload's must
/// be the same. **Source:** as above (getCookieCache).
[[nodiscard]] tl::expected<jose::JsonValue, CacheFailure> readCookieCache(const Config &config, QByteArrayView value,
                                                                          const QString &version, base::Instant now);

/// Seals @p data (`{session, user, updatedAt, version}`) for @p maxAge; nullopt: a cookie without Max-Age, whose
/// content then lives for 60 s (compact) or 300 s. Errors: SecretMissing, Internal.
[[nodiscard]] base::Result<base::SecretBytes> encodeCookieCache(const Config &config, const jose::JsonValue &data,
                                                                std::optional<std::chrono::seconds> maxAge,
                                                                base::Instant now);

} // namespace rollcall::engine::betterauth
