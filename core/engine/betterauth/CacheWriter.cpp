#include "core/engine/betterauth/CacheWriter.h"

#include "core/engine/betterauth/CookieCache.h"
#include "core/engine/betterauth/JsDate.h"
#include "core/engine/betterauth/TokenCache.h"

namespace rollcall::engine::betterauth {

namespace {

using jose::JsonValue;

/// Strictly equal texts.
bool isSameText(const JsonValue *a, const JsonValue *b)
{
    return a && b && a->string() && b->string() && *a->string() == *b->string();
}

bool writeAccount(const Config &config, const RequestCookies &request, const JsonValue &user, base::Instant now,
                  ResponseCookies &cookies)
{
    const AuthCookie &cookie = config.accountData;
    if (!config.accountKeys || cookies.isPending(cookie))
        return true;
    const auto sealed = request.joined(cookie.name);
    const auto account =
        sealed && !sealed->isEmpty() ? openEncrypted(*config.accountKeys, sealed->view(), now) : std::nullopt;
    if (!account)
        return true;
    const JsonValue revived = reviveDates(*account);
    if (config.bindAccountCookie && !isSameText(revived.find(u"userId"), user.find(u"id"))) {
        cookies.expire(cookie);
        cookies.clean(cookie, request);
        return true;
    }
    const auto token =
        sealEncrypted(*config.accountKeys, revived, cookie.attributes.maxAge.value_or(std::chrono::seconds(300)), now);
    return token && cookies.setChunked(cookie, *token, cookie.attributes.maxAge, request);
}

} // namespace

bool writeCache(const Config &config, const RequestCookies &request, const FoundSession &found,
                std::optional<std::chrono::seconds> maxAge, base::Instant now, ResponseCookies &cookies)
{
    JsonValue data{JsonValue::Object()};
    data.set(QStringLiteral("session"), found.session.session);
    data.set(QStringLiteral("user"), found.user);
    data.set(QStringLiteral("updatedAt"), JsonValue(milliseconds(now)));
    data.set(QStringLiteral("version"), JsonValue(config.cacheVersion));
    const auto sealed = encodeCookieCache(config, data, maxAge, now);
    return sealed && cookies.setChunked(config.sessionData, *sealed, maxAge, request) &&
           writeAccount(config, request, found.user, now, cookies);
}

} // namespace rollcall::engine::betterauth
