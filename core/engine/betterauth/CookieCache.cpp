#include "core/engine/betterauth/CookieCache.h"

#include "core/engine/betterauth/CachePayload.h"
#include "core/engine/betterauth/CompactCache.h"
#include "core/engine/betterauth/JsDate.h"
#include "core/engine/betterauth/JsonAccess.h"
#include "core/engine/betterauth/TokenCache.h"

namespace rollcall::engine::betterauth {

namespace {

using jose::JsonValue;
using std::chrono::seconds;

using Opened = tl::expected<CacheContent, CacheFailure>;

/// What a signed or encrypted token holds; its `exp` says when it ends.
Opened ofClaims(const std::optional<JsonValue> &claims, base::Instant now)
{
    auto payload = claims ? cachePayload(reviveDates(*claims), now) : std::nullopt;
    if (!payload)
        return tl::unexpected(CacheFailure::Refused);
    const double exp = numberOf(claims->find(u"exp")).value_or(0);
    return CacheContent{std::move(*payload), exp != 0 ? exp * 1000 : milliseconds(now)};
}

} // namespace

QString versionOf(const JsonValue &payload)
{
    const QString version = textOf(payload.find(u"version"));
    return version.isEmpty() ? QStringLiteral("1") : version;
}

Opened decodeCookieCache(const Config &config, QByteArrayView value, base::Instant now)
{
    if (config.secrets.empty())
        return tl::unexpected(CacheFailure::Refused);
    switch (config.cacheStrategy) {
    case CacheStrategy::Compact:
        break;
    case CacheStrategy::Jwt:
        return ofClaims(openSigned(*config.signingKeys, value, now), now);
    case CacheStrategy::Jwe:
        return ofClaims(openEncrypted(*config.sessionKeys, value, now), now);
    }
    auto compact = openCompact(config.secrets.front().view(), value);
    if (!compact)
        return tl::unexpected(compact.error());
    auto payload = cachePayload(compact->payload, now);
    if (!payload)
        return tl::unexpected(CacheFailure::Refused);
    return CacheContent{std::move(*payload), compact->expiresAt};
}

tl::expected<JsonValue, CacheFailure> readCookieCache(const Config &config, QByteArrayView value,
                                                      const QString &version, base::Instant now)
{
    auto content = decodeCookieCache(config, value, now);
    if (!content)
        return tl::unexpected(content.error());
    const QString sealed = versionOf(content->payload);
    // The tokens' own end was checked, with their tolerance, when they were opened.
    const bool isOver = config.cacheStrategy == CacheStrategy::Compact && content->expiresAt < milliseconds(now);
    const JsonValue *session = content->payload.find(u"session");
    const double sessionEnds = toDate(session ? session->find(u"expiresAt") : nullptr);
    if (isOver || sessionEnds < milliseconds(now) || (!version.isEmpty() && version != sealed))
        return tl::unexpected(CacheFailure::Refused);
    return std::move(content->payload);
}

base::Result<base::SecretBytes> encodeCookieCache(const Config &config, const JsonValue &data,
                                                  std::optional<seconds> maxAge, base::Instant now)
{
    constexpr seconds compactAge{60};
    constexpr seconds tokenAge{300};
    const auto orElse = [&maxAge](seconds otherwise) { return maxAge && maxAge->count() != 0 ? *maxAge : otherwise; };
    if (config.secrets.empty())
        return base::fail(base::Error(base::ErrorCode::SecretMissing));
    switch (config.cacheStrategy) {
    case CacheStrategy::Compact:
        break;
    case CacheStrategy::Jwt:
        return sealSigned(*config.signingKeys, data, orElse(tokenAge), now);
    case CacheStrategy::Jwe:
        return sealEncrypted(*config.sessionKeys, data, orElse(tokenAge), now);
    }
    return sealCompact(config.secrets.front().view(), data, milliseconds(now + orElse(compactAge)));
}

} // namespace rollcall::engine::betterauth
