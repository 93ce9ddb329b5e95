#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <algorithm>
#include <optional>
#include <vector>

#include "core/base/SameBytes.h"
#include "core/http/CookieValue.h"
#include "core/session/AuthProfile.h"

namespace rollcall::http {

/// One cookie of a request as the library's code sees it: UTF-8 of the JavaScript strings. The value may be a bearer
/// secret and is wiped.
struct Cookie
{
    QByteArray name;
    CookieValue value;
};

/// In the order of the parser's map (header order; a repeated name stands where it first stood).
using Cookies = std::vector<Cookie>;

/// The parsers that read a Cookie header in a deployment. They differ in duplicates, quotes, blanks and broken
/// percent-encoding. **Source:** facts/session-protocol.md §2.1.
enum class CookieDialect {
    Cookie07,   ///< cookie 0.7.2: next-auth 4 given a web Request
    AuthCore,   ///< @auth/core's own: v5 everywhere
    NextApi,    ///< Next.js Pages `req.cookies`
    NextEdge,   ///< Next.js App Router `cookies()`, middleware
    BetterAuth, ///< Better Auth's cookie cache and chunk reader
    BetterCall, ///< better-call: Better Auth's signed cookies
};

/// The cookie called @p name; the end where there is none.
[[nodiscard]] inline Cookies::const_iterator findCookie(const Cookies &cookies, QByteArrayView name)
{
    return std::ranges::find_if(cookies, [name](const Cookie &cookie) { return base::isSameBytes(cookie.name, name); });
}

/// Which parser a deployment of @p profile uses.
[[nodiscard]] CookieDialect dialectOf(const session::AuthProfile &profile);

/// Parses a raw Cookie header value (bytes as on the wire; blanks around it are dropped, as HTTP parsers do). Never
/// fails: what a dialect cannot read it leaves out or raw. **Thread-safety:** a pure function.
[[nodiscard]] Cookies parseCookies(QByteArrayView header, CookieDialect dialect);

/// Which cookies of a request are asked for: those whose name begins with @ref prefix, and those called one of
/// @ref names.
struct WantedCookies
{
    QByteArray prefix;
    std::vector<QByteArray> names;
};

/// Those of parseCookies() that are @p wanted; the others cost next to nothing. Values that need no decoding are views
/// of @p header, which must outlive them.
[[nodiscard]] Cookies viewCookies(QByteArrayView header, CookieDialect dialect, const WantedCookies &wanted);

/// The value of the cookie called @p name as it stands in @p header: of the pieces between semicolons, blanks trimmed,
/// the first whose text before its first `=` is @p name. Neither decoded nor joined from chunks; a piece without `=` is
/// a name with an empty value; nullopt where there is none. It is a bearer secret. **Source:**
/// facts/session-protocol.md §7 (@robojs/auth, `getToken` with `raw`).
[[nodiscard]] std::optional<base::SecretBytes> rawCookieValue(QByteArrayView header, QByteArrayView name);

/// Decodes raw header bytes as JavaScript's decodeURIComponent does, the whole or nothing; nullopt where that throws.
/// What comes out may be a bearer secret.
[[nodiscard]] std::optional<base::SecretBytes> decodeUriComponent(QByteArrayView raw);

/// Whether @p text is of letters, digits, `-`, `_` and `.` alone, as tokens are: no parser and no encoder changes it.
[[nodiscard]] bool standsForItself(QByteArrayView text);

/// Percent-encodes as JavaScript's encodeURIComponent (UTF-8 in).
[[nodiscard]] QByteArray encodeUriComponent(QByteArrayView text);

} // namespace rollcall::http
