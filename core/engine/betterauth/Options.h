#pragma once

#include <QByteArray>
#include <QStringList>

#include <chrono>
#include <map>
#include <optional>
#include <vector>

#include "core/base/Secret.h"
#include "core/session/AuthProfile.h"

namespace rollcall::engine::betterauth {

using CacheStrategy = session::CookieCacheStrategy;

/// A column that the deployment added to a table (`additionalFields`).
struct AdditionalField
{
    QString name;
    bool isDate = false;
    bool returned = true; ///< false: never sent to a client
};

/// `advanced.cookies.X`.
struct CookieOverride
{
    QByteArray name; ///< empty: prefix and purpose
    session::CookieOptions attributes;
};

/// Better Auth's options in its own terms, as far as they decide over sessions; unset members are not mentioned by the
/// deployment. **Thread-safety:** plain value. **Source:** better-auth 1.7.7 options.
struct Options
{
    QByteArray baseUrl;  ///< with scheme; empty: none
    QByteArray basePath; ///< empty: `/api/auth`
    bool production = true;
    bool hasDatabase = true;
    bool hasSecondaryStorage = false;
    std::vector<base::SecretBytes> secrets; ///< current first (session::betterAuthSecrets())

    // advanced
    std::optional<bool> useSecureCookies;
    QByteArray cookiePrefix; ///< empty: "better-auth"
    bool crossSubDomainCookies = false;
    QByteArray crossSubDomain; ///< empty: the base URL's host
    session::CookieOptions defaultCookieAttributes;
    std::map<QByteArray, CookieOverride> cookies; ///< by purpose: "session_token", "session_data", …

    // session; a lifetime of 0 counts as unset
    std::optional<std::chrono::seconds> expiresIn;
    std::optional<std::chrono::seconds> updateAge;
    std::optional<std::chrono::seconds> freshAge;
    bool disableSessionRefresh = false;
    bool deferSessionRefresh = false;
    bool storeSessionInDatabase = false;
    bool preserveSessionInDatabase = false;
    std::vector<AdditionalField> sessionFields;
    std::vector<AdditionalField> userFields;

    // session.cookieCache
    std::optional<bool> cacheEnabled;
    std::optional<CacheStrategy> cacheStrategy;
    std::optional<std::chrono::seconds> cacheMaxAge; ///< 0 counts as unset
    QString cacheVersion;                            ///< empty: "1"
    std::optional<bool> refreshCache;
    std::optional<std::chrono::seconds> refreshCacheAge; ///< `refreshCache.updateAge`

    // account
    std::optional<bool> storeAccountCookie;
    std::optional<bool> storeStateInCookie; ///< `storeStateStrategy` is "cookie"
};

} // namespace rollcall::engine::betterauth
