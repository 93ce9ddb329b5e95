#pragma once

#include <QByteArray>

#include "core/session/AuthProfile.h"

namespace rollcall::http {

/// What a cookie of the libraries is for.
enum class CookiePurpose { Session, Csrf, CallbackUrl };

/// The name @p version gives a cookie by default, with `__Secure-` (`__Host-` for csrf) where @p secure. Better Auth
/// has a session cookie alone: the others are empty. **Source:** facts/session-protocol.md §1.1, §8.1.
[[nodiscard]] QByteArray defaultCookieName(session::AuthVersion version, CookiePurpose purpose, bool secure);

/// The session cookie name in force: the profile's own, else the version's default.
[[nodiscard]] QByteArray sessionCookieName(const session::AuthProfile &profile);

} // namespace rollcall::http
