#pragma once

#include <QByteArray>

#include <optional>

#include "core/base/Clock.h"
#include "core/base/Secret.h"
#include "core/session/AuthProfile.h"

namespace rollcall::http {

/// What the libraries set besides name and value, the same for all their cookies. Defaults: the libraries'.
struct CookieAttributes
{
    QByteArray path = QByteArrayLiteral("/");
    QByteArray domain; ///< empty: none
    bool secure = false;
    bool httpOnly = true;
    QByteArray sameSite = QByteArrayLiteral("lax"); ///< "lax", "strict", "none"; empty: none
    bool partitioned = false;
    QByteArray priority;                        ///< "low", "medium", "high"; empty: none
    std::optional<std::chrono::seconds> maxAge; ///< of cookies that are set; cleared ones have 0

    bool operator==(const CookieAttributes &) const = default;
};

/// The attributes that @p options make of @p version's defaults (with `Secure` where @p secure): v4 puts the options in
/// their place, v5 merges. **Source:** facts/session-protocol.md §1.1.
[[nodiscard]] CookieAttributes cookieAttributes(session::AuthVersion version, bool secure,
                                                const std::optional<session::CookieOptions> &options);

/// The attributes of a session cookie of @p profile.
[[nodiscard]] CookieAttributes sessionCookieAttributes(const session::AuthProfile &profile);

/// One Set-Cookie of an answer. The value may be a bearer secret.
struct SetCookie
{
    QByteArray name;
    base::SecretBytes value;
    CookieAttributes attributes;
    std::optional<std::chrono::seconds> maxAge; ///< 0: clears the cookie
    std::optional<base::Instant> expires;
    bool isPlain = false; ///< the value is known to stand for itself (standsForItself()), as sealed tokens do
};

/// The header's value as cookie 0.7.2 and @auth/core write it. It holds the cookie's value: never log it.
/// **Source:** facts/session-protocol.md §2.5.
[[nodiscard]] base::SecretBytes setCookieLine(const SetCookie &cookie);

} // namespace rollcall::http
