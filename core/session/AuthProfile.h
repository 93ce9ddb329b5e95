#pragma once

#include <QByteArray>
#include <QString>

#include <chrono>
#include <memory>
#include <vector>

#include "core/base/Secret.h"

namespace rollcall::session {

/// The library behind a deployment. BetterAuth is recognised, its protocol comes with a later issue.
enum class AuthVersion { V4, V5, BetterAuth };

/// Where sessions live: inside the encrypted cookie, or as rows.
enum class Strategy { Jwt, Database };

/// How request cookies are read (facts/session-protocol.md §2.1).
enum class CookieParser {
    Web,   ///< cookie 0.7 / @auth/core: v4 given a web Request, v5 everywhere
    Pages, ///< Next.js Pages `req.cookies`
    App,   ///< Next.js App Router `cookies()`, middleware: v4's default here
};

/// What the engine must know of a deployment's configuration to resolve sessions as it does. Immutable once handed to a
/// runtime (shared as `std::shared_ptr<const AuthProfile>`). **Thread-safety:** immutable after construction.
struct AuthProfile
{
    AuthVersion version = AuthVersion::V5;
    Strategy strategy = Strategy::Database;
    bool secureCookies = false; ///< `__Secure-` prefix and Secure attribute
    QByteArray cookieName;      ///< session cookie; empty: the version's default (CookieNames)
    QByteArray basePath = QByteArrayLiteral("/api/auth");
    std::chrono::seconds maxAge{2'592'000};        ///< session lifetime, default 30 days
    std::chrono::seconds updateAge{86'400};        ///< database rows are extended at most this often, default 1 day
    CookieParser cookieParser = CookieParser::App; ///< honoured for v4; v5 always uses Web
    std::vector<base::SecretBytes> secrets;        ///< current first
};

/// "v4", "v5", "better-auth".
[[nodiscard]] QString versionName(AuthVersion version);
/// "jwt", "database".
[[nodiscard]] QString strategyName(Strategy strategy);

} // namespace rollcall::session
