#pragma once

#include <QByteArray>

#include <map>
#include <optional>
#include <vector>

#include "core/base/Result.h"
#include "core/base/Secret.h"
#include "core/base/WebUrl.h"
#include "core/session/AuthProfile.h"

// What the libraries make of environment variables and forwarded headers, function by function as they have them. All
// are pure and thread-safe; none reads this process's environment. An absent variable and an empty one differ: `??`
// takes the empty one, `||` does not.
// **Source:** facts/session-protocol.md §6; next-auth 4.24.15 utils/detect-origin.js, utils/parse-url.js, jwt/index.js;
// next-auth 5.0.0-beta.32 lib/env.js; @auth/core 0.41.3 lib/utils/env.js.

namespace rollcall::session {

/// Environment variables of a deployment, by name. Any value may be a secret.
using Environment = std::map<QByteArray, base::SecretBytes>;

/// What a request's headers say of the address it was sent to; nullopt: the header is absent.
struct ForwardedHeaders
{
    std::optional<QByteArray> host;           ///< `host`
    std::optional<QByteArray> forwardedHost;  ///< `x-forwarded-host`
    std::optional<QByteArray> forwardedProto; ///< `x-forwarded-proto`
};

/// What a deployment's code passes to the library, which stands above the environment; nullopt: not passed.
struct AuthOptions
{
    std::optional<QByteArray> basePath;
    std::optional<bool> trustHost;
    std::optional<std::vector<base::SecretBytes>> secrets; ///< current first; v4 knows one
};

/// The strategy in force: the option, else database where there is an adapter, else JWT.
[[nodiscard]] Strategy strategyInForce(std::optional<Strategy> option, bool hasAdapter);

/// The address of a v4 deployment's endpoints.
struct BaseUrl
{
    QByteArray origin; ///< "https://app.test"
    QByteArray path;   ///< "/api/auth"; without trailing slash
    QByteArray base;   ///< both; the names are secure where this begins with "https://"
};

/// The origin that v4 finds: `NEXTAUTH_URL` unless empty; else, where the host may be trusted, scheme and host of the
/// request; else `NEXTAUTH_URL` as it is (absent or empty).
[[nodiscard]] std::optional<QByteArray> detectOrigin(const Environment &environment, const ForwardedHeaders &headers);

/// What v4 makes of @p url (of detectOrigin(), or of `NEXTAUTH_URL` alone in `withAuth`): without scheme it gets
/// `https://`, without path `/api/auth`; nullopt gives `http://localhost:3000/api/auth`. Errors: UrlInvalid.
[[nodiscard]] base::Result<BaseUrl> parseBaseUrl(const std::optional<QByteArray> &url);

/// The one secret of v4: the option, `NEXTAUTH_SECRET`, `AUTH_SECRET`; it may be empty; nullopt where there is none.
[[nodiscard]] std::optional<base::SecretBytes> secretV4(const Environment &environment, const AuthOptions &options);

/// Whether v4's `getToken` and `withAuth` want the secure cookie name: by `NEXTAUTH_URL` where it is set, else by
/// `VERCEL`. The request is not looked at.
[[nodiscard]] bool getTokenIsSecure(const Environment &environment);

/// The secrets of a Better Auth deployment, the signing one first: its `secrets` option, else `BETTER_AUTH_SECRETS`
/// (`version:secret,…`, the current one first); behind them the single one of `BETTER_AUTH_SECRET` or `AUTH_SECRET`
/// where it is not among them, which then only opens the encrypted cookie cache. Empty where none is set (outside
/// production the library takes a published default, which Rollcall never does). Errors: UsageInvalid
/// (BETTER_AUTH_SECRETS is not of the form the library demands). **Source:** better-auth 1.7.7 context/secret-utils,
/// create-context; facts/session-protocol.md §8.5.
[[nodiscard]] base::Result<std::vector<base::SecretBytes>> betterAuthSecrets(const Environment &environment,
                                                                             const AuthOptions &options);

/// What v5 and the core fill into their configuration.
struct ConfigDefaults
{
    QByteArray basePath;
    std::vector<base::SecretBytes> secrets; ///< current first; none is empty, unless it came as an option
    bool trustHost = false;
};

/// The configuration that next-auth v5 hands to the core.
[[nodiscard]] ConfigDefaults nextAuthDefaults(const Environment &environment, const AuthOptions &options);

/// The configuration of @auth/core called without next-auth.
[[nodiscard]] ConfigDefaults coreDefaults(const Environment &environment, const AuthOptions &options);

/// The URL that v5's `auth()` asks within the process for @p action ("session"). Its scheme decides cookie names and
/// salt. Errors: UrlInvalid (the library throws "Invalid URL").
[[nodiscard]] base::Result<base::WebUrl> actionUrl(const QByteArray &action, const Environment &environment,
                                                   const ForwardedHeaders &headers, const QByteArray &basePath);

/// The origin that v5 puts in the place of a request's own: that of `AUTH_URL ?? NEXTAUTH_URL`; nullopt where neither
/// is set or it is empty. Errors: UrlInvalid.
[[nodiscard]] base::Result<std::optional<QByteArray>> environmentOrigin(const Environment &environment);

} // namespace rollcall::session
