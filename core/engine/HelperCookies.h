#pragma once

#include <array>
#include <optional>
#include <vector>

#include "core/http/Cookie.h"
#include "core/http/SetCookie.h"

namespace rollcall::engine {

/// The csrf and callback-url cookies that every request to an auth endpoint checks and, where they are missing or
/// wrong, sets. **Thread-safety:** immutable after construction. **Source:** facts/session-protocol.md §1.2; next-auth
/// 4.24.15 core/lib/csrf-token.js, callback-url.js, @auth/core 0.41.3 the same under lib/.
class HelperCookies final
{
public:
    /// @p secure: whether names have their prefixes. Borrows nothing of @p profile.
    HelperCookies(const session::AuthProfile &profile, bool secure);

    /// A csrf cookie's outcome.
    struct Csrf
    {
        bool verified = false;               ///< a POST whose body repeats the cookie's token
        std::optional<http::SetCookie> line; ///< a new one, where the cookie is absent or its hash is wrong
    };

    /// Judges the csrf cookie among @p cookies (all of the request). @p bodyToken: `csrfToken` of a POST's body;
    /// nullopt for a GET.
    [[nodiscard]] Csrf csrf(const http::Cookies &cookies, const std::optional<QByteArray> &bodyToken) const;

    /// The names of both.
    [[nodiscard]] std::vector<QByteArray> names() const { return {m_csrfName, m_callbackName}; }

    /// The callback-url cookie of @p cookies, a view into them; empty where there is none.
    [[nodiscard]] QByteArrayView callbackCookie(const http::Cookies &cookies) const;

    /// The callback-url cookie to set: @p parameter (of query or body) or else the @p cookie, passed through the
    /// library's default `redirect` callback; nullopt where that is what the cookie says already. Both must be what
    /// isRedirectable() accepts.
    [[nodiscard]] std::optional<http::SetCookie> callbackUrl(QByteArrayView parameter, QByteArrayView cookie,
                                                             const QByteArray &origin) const;

private:
    using Hash = std::array<char, 64>; ///< hex digits
    [[nodiscard]] Hash hashOf(QByteArrayView token) const;

    QByteArray m_csrfName;
    QByteArray m_callbackName;
    http::CookieAttributes m_csrfAttributes;
    http::CookieAttributes m_callbackAttributes;
    base::SecretBytes m_secret; ///< several are joined with commas, as an array becomes text
};

/// Whether the libraries accept @p url as a callback URL: `/…`, or an absolute http(s) address. @p origin: what
/// relative ones are read against.
[[nodiscard]] bool isCallbackUrl(QByteArrayView url, const QByteArray &origin);

/// Whether the libraries' default `redirect` callback takes @p url (empty: none) without throwing: `/…`, or any
/// address.
[[nodiscard]] bool isRedirectable(const QByteArray &url);

/// The parameter `callbackUrl` of a URL's query (with its `?`); the last counts; empty where there is none.
[[nodiscard]] QByteArray callbackParameter(QByteArrayView query);

} // namespace rollcall::engine
