#pragma once

#include <QByteArray>

#include "core/http/Cookie.h"
#include "core/session/AuthProfile.h"

namespace rollcall::http {

/// What a cookie of the libraries is for.
enum class CookiePurpose { Session, Csrf, CallbackUrl };

/// The name @p version gives a cookie by default, with `__Secure-` (`__Host-` for csrf) where @p secure. Better Auth
/// has a session cookie alone: the others are empty. **Source:** facts/session-protocol.md §1.1, §8.1.
[[nodiscard]] QByteArray defaultCookieName(session::AuthVersion version, CookiePurpose purpose, bool secure);

/// Whether @p name is what some library calls its session cookie by default.
[[nodiscard]] bool isDefaultSessionName(QByteArrayView name);

/// The session cookie name in force: the profile's own, else the version's default.
[[nodiscard]] QByteArray sessionCookieName(const session::AuthProfile &profile);

/// The library whose session cookie, by its default name, is among @p cookies: nullopt where none's is, or several
/// libraries'. A guess: names can be configured.
[[nodiscard]] std::optional<session::AuthVersion> versionByCookies(const Cookies &cookies);

/// What the names begin with of all cookies that decide over a request's session: of v4 and v5 the session cookie's,
/// of Better Auth also its cookie cache's and `dont_remember`'s. **Source:** facts/session-protocol.md §2.2, §8.1.
[[nodiscard]] std::vector<QByteArray> sessionCookieStems(const session::AuthProfile &profile);

} // namespace rollcall::http
