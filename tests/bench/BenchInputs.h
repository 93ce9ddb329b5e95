#pragma once

#include <QByteArray>
#include <QString>

#include <memory>
#include <vector>

#include "core/session/AuthProfile.h"

namespace rollcall::bench {

/// Tokens of one library version, and requests that carry them. Token i is of user i.
struct TokenInputs
{
    session::AuthVersion version = session::AuthVersion::V4;
    QByteArray secret;
    QByteArray salt; ///< v4 "", v5 the cookie name
    std::vector<QByteArray> tokens;
    std::vector<QByteArray> cookieHeaders; ///< a browser's: CSRF token, callback URL, session token

    /// The deployment that these tokens are of (defaults otherwise; v4 reads cookies as Pages does).
    [[nodiscard]] std::shared_ptr<const session::AuthProfile> profile(session::Strategy strategy) const;
};

/// What both sides of the comparison work on. side-by-side.sh hands it over in a file (ROLLCALL_BENCH_INPUTS), with
/// tokens that the real packages sealed; without it, tokens are sealed here and there is no database.
struct BenchInputs
{
    TokenInputs v4, v5;
    QByteArray postgresUrl; ///< empty: none. Tables of @auth/pg-adapter with @ref databaseSessions rows
    QByteArray sqliteUrl;   ///< likewise
    int databaseSessions = 0;
};

/// Read or made once a process. Ends the process with a message where the file cannot be read: nothing can be measured.
/// **Thread-safety:** thread-safe.
[[nodiscard]] const BenchInputs &inputs();

/// The token of session @p number with @p length characters, as side-by-side.sh puts it into the databases: hex
/// SHA-256 of "rollcall-bench:LENGTH:NUMBER", repeated.
[[nodiscard]] QByteArray sessionToken(int length, int number);

/// The Cookie header of a browser that has signed in to the deployment of @p given: a CSRF token that holds there and
/// the callback URL beside the session @p token.
[[nodiscard]] QByteArray browserCookies(const TokenInputs &given, const QByteArray &token);

/// How many look-ups, tokens and requests a row of the table cycles through.
inline constexpr int distinctInputs = 64;

} // namespace rollcall::bench
