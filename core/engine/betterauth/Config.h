#pragma once

#include "core/engine/betterauth/Options.h"
#include "core/engine/betterauth/TokenCache.h"
#include "core/http/SetCookie.h"

namespace rollcall::engine::betterauth {

/// One of Better Auth's cookies.
struct AuthCookie
{
    QByteArray name;
    http::CookieAttributes attributes; ///< with its Max-Age, where it has one
};

/// A deployment's options with all defaults in place: what the library calls its context. **Thread-safety:** immutable
/// once shared.
struct Config
{
    std::vector<base::SecretBytes> secrets; ///< current first
    QByteArray basePath;                    ///< without a slash at its end; "": the root
    AuthCookie sessionToken, sessionData, accountData, dontRemember, oauthState;

    std::chrono::seconds expiresIn{604'800}; ///< of a row, from its last renewal
    std::chrono::seconds updateAge{86'400};  ///< rows are renewed at most this often
    std::chrono::seconds freshAge{86'400};   ///< a session is fresh for so long after it began; 0: always
    bool disableSessionRefresh = false;
    bool deferSessionRefresh = false;
    bool isStateful = true; ///< sessions live in a database or in secondary storage, not in the cookie alone
    bool secondaryStorage = false;
    bool storeSessionInDatabase = false;
    bool preserveSessionInDatabase = false;
    std::vector<AdditionalField> sessionFields;
    std::vector<AdditionalField> userFields;

    // Keys of the signed and of the encrypted cookie cache and of the account cookie; nullptr where the deployment has
    // none of that kind.
    std::shared_ptr<const SigningKeys> signingKeys;
    std::shared_ptr<const jose::KeyRing> sessionKeys, accountKeys;

    bool cacheEnabled = false;
    CacheStrategy cacheStrategy = CacheStrategy::Compact;
    QString cacheVersion = QStringLiteral("1");
    /// The cache is sealed anew when it would end within this; nullopt: never (always so with a database or storage).
    std::optional<std::chrono::seconds> refreshCacheAge;

    bool storeAccountCookie = false;
    bool bindAccountCookie = true; ///< the account cookie must belong to the session's user
    bool stateInCookie = false;
};

/// Applies the library's defaults to @p options. **Source:** better-auth 1.7.7 context/create-context, cookies/index
/// (createCookieGetter, getCookies); facts/session-protocol.md §1.1, §8.
[[nodiscard]] Config makeConfig(const Options &options);

/// The same for a deployment of which its @p profile is all that is known. @p isHttps: whether its base URL is, which
/// decides over secure cookies where the option does not.
[[nodiscard]] Config makeConfig(const session::AuthProfile &profile, bool isHttps);

} // namespace rollcall::engine::betterauth
