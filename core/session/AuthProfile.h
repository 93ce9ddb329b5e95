#pragma once

#include <QByteArray>
#include <QString>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/Secret.h"

namespace rollcall::session {

/// The library behind a deployment.
enum class AuthVersion { V4, V5, BetterAuth };

/// How long sessions live where nothing is configured: 30 days, with Better Auth 7. **Source:**
/// facts/session-protocol.md §4.1, §8.2.
[[nodiscard]] constexpr std::chrono::seconds defaultLifetime(AuthVersion version)
{
    return std::chrono::hours(24) * (version == AuthVersion::BetterAuth ? 7 : 30);
}

/// Where sessions live: inside the encrypted cookie, or as rows.
enum class Strategy { Jwt, Database };

/// How request cookies are read (facts/session-protocol.md §2.1).
enum class CookieParser {
    Web,   ///< cookie 0.7 / @auth/core: v4 given a web Request, v5 everywhere
    Pages, ///< Next.js Pages `req.cookies`
    App,   ///< Next.js App Router `cookies()`, middleware: v4's default here
};

/// What a deployment's configuration says about a cookie's attributes; unset members are not mentioned by it. v4 puts
/// the whole of it in the place of its defaults (unset: not written), v5 merges it into them (unset: the default).
/// **Source:** facts/session-protocol.md §1.1.
struct CookieOptions
{
    std::optional<QByteArray> path;
    std::optional<QByteArray> domain;
    std::optional<QByteArray> sameSite; ///< "lax", "strict", "none"
    std::optional<QByteArray> priority; ///< "low", "medium", "high"
    std::optional<bool> httpOnly;
    std::optional<bool> secure;
    std::optional<bool> partitioned;
    std::optional<std::chrono::seconds> maxAge;
};

/// A cookie as a deployment's configuration names it.
struct CookieChoice
{
    QByteArray name;                      ///< empty: the version's default (CookieNames)
    std::optional<CookieOptions> options; ///< nullopt: the version's defaults
};

/// Signature algorithms of deployments whose own `jwt.encode` signs tokens instead of encrypting them.
enum class SignatureAlgorithm { HS256, HS384, HS512, RS256, ES256, EdDSA };

/// How signed tokens are checked. The algorithm is pinned here: what a token says of itself never chooses it.
struct SignedTokens
{
    SignatureAlgorithm algorithm = SignatureAlgorithm::HS256;
    /// PEM keys, current first: public ones suffice to check, the first must be private to renew. Empty: HMAC with the
    /// profile's secrets.
    std::vector<base::SecretBytes> keys;
};

/// How Better Auth seals its cookie cache.
enum class CookieCacheStrategy { Compact, Jwt, Jwe };

/// Better Auth's `session.cookieCache`. **Source:** facts/session-protocol.md §8.3.
struct CookieCache
{
    CookieCacheStrategy strategy = CookieCacheStrategy::Compact;
    std::chrono::seconds maxAge{300}; ///< 0 counts as unset: 5 minutes
    QString version;                  ///< empty: "1"
};

/// What Better Auth can be configured to do beyond what all libraries can; defaults are the library's. Under
/// Strategy::Jwt it is stateless: the cookie cache is the session, `jwe` unless said otherwise. **Source:** better-auth
/// 1.7.7 options; facts/session-protocol.md §8.2–8.4.
struct BetterAuthSettings
{
    std::optional<CookieCache> cookieCache; ///< nullopt: not configured (off, but for stateless deployments)
    bool secondaryStorage = false;          ///< sessions live in a store of text by key
    bool storeSessionInDatabase = false;    ///< beside the secondary storage
    bool preserveSessionInDatabase = false; ///< ended rows are kept
    bool deferSessionRefresh = false;       ///< a GET never writes
    bool disableSessionRefresh = false;
};

/// What the engine must know of a deployment's configuration to resolve sessions as it does; defaults are the
/// libraries'. Values that environment variables decide stand here as resolved (AuthEnvironment). Immutable once handed
/// to a runtime (shared as `std::shared_ptr<const AuthProfile>`). **Thread-safety:** immutable after construction.
struct AuthProfile
{
    AuthVersion version = AuthVersion::V5;
    Strategy strategy = Strategy::Database;
    bool secureCookies = false;           ///< `__Secure-` prefix and Secure attribute, where no request's URL decides
    std::optional<bool> useSecureCookies; ///< the option as chosen; nullopt: by the URL of each request
    QByteArray cookieName;                ///< session cookie; empty: the version's default (CookieNames)
    /// Attributes of the session cookie as configured; nullopt: the version's defaults.
    std::optional<CookieOptions> cookieOptions;
    CookieChoice csrfCookie;
    CookieChoice callbackCookie;
    QByteArray basePath = QByteArrayLiteral("/api/auth");
    std::optional<std::chrono::seconds> maxAge; ///< session lifetime as configured; nullopt: the default (lifetime())
    std::chrono::seconds updateAge{86'400};     ///< database rows are extended at most this often, default 1 day
    /// `jwt.maxAge`; nullopt: as maxAge. Tokens renewed by v5 live this long; v4 renews with maxAge whatever this says.
    std::optional<std::chrono::seconds> jwtMaxAge;
    std::chrono::seconds clockTolerance{15};       ///< by which exp and nbf may miss the clock; rows have none
    bool trustHost = true;                         ///< v5: whether the address asked may decide the origin
    bool production = true;                        ///< NODE_ENV: v4 refuses a missing secret in production alone
    CookieParser cookieParser = CookieParser::App; ///< honoured for v4; v5 always uses Web
    std::vector<base::SecretBytes> secrets;        ///< current first
    std::optional<SignedTokens> signedTokens;      ///< nullopt: tokens are encrypted, as both libraries do
    BetterAuthSettings betterAuth;                 ///< of AuthVersion::BetterAuth alone

    /// Whether tokens of this deployment can be opened with what is known of it: with keys for signed tokens, or with a
    /// secret (a lone empty one counts as none: N52).
    [[nodiscard]] bool canDecode() const;
    /// The session lifetime in force.
    [[nodiscard]] std::chrono::seconds lifetime() const { return maxAge.value_or(defaultLifetime(version)); }
};

/// "v4", "v5", "better-auth".
[[nodiscard]] QString versionName(AuthVersion version);
/// "jwt", "database".
[[nodiscard]] QString strategyName(Strategy strategy);

} // namespace rollcall::session
