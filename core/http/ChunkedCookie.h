#pragma once

#include <optional>

#include "core/http/Cookie.h"
#include "core/http/SetCookie.h"

namespace rollcall::http {

/// Characters of a token that one cookie holds; longer ones are split over `name.0`, `name.1`, …
/// **Source:** facts/session-protocol.md §2.3.
[[nodiscard]] qsizetype chunkSize(session::AuthVersion version);

/// The cookies that the library's SessionStore takes for (parts of) the session cookie called @p name: every one whose
/// name begins with it; v5 leaves empty ones out. In JavaScript object order. **Source:** §2.2.
[[nodiscard]] Cookies sessionCookies(Cookies parsed, QByteArrayView name, session::AuthVersion version);

/// The token that @p recognised (of sessionCookies()) join to, in the library's order; empty where there is none. The
/// order is V8's sort over `parseInt` of the names' last parts, which leaves names without a number where the algorithm
/// happens to put them (base::arraySortOrder()).
[[nodiscard]] base::SecretBytes assembleChunks(const Cookies &recognised, session::AuthVersion version);

/// The order in which assembleChunks() joins: positions in @p recognised.
[[nodiscard]] std::vector<std::size_t> chunkOrder(const Cookies &recognised, session::AuthVersion version);

/// The number of a chunk name in the form the libraries write it: @p name, a dot, decimal digits; nullopt for others.
[[nodiscard]] std::optional<qint64> chunkIndex(QByteArrayView name, QByteArrayView cookieName);

/// The Set-Cookies that clear every recognised cookie.
[[nodiscard]] std::vector<SetCookie> clearedCookies(const Cookies &recognised, const CookieAttributes &attributes);

/// The Set-Cookies that put @p value into @p name, split where it is too long, and clear recognised cookies that are no
/// longer needed, in the library's order. An empty value sets nothing. **Source:** §2.4.
[[nodiscard]] std::vector<SetCookie> renewedCookies(const Cookies &recognised, const QByteArray &name,
                                                    base::SecretBytes value, base::Instant expires,
                                                    const CookieAttributes &attributes, session::AuthVersion version);

/// The cookies (name and value) that hold @p value under @p name, split where it is too long.
[[nodiscard]] Cookies splitValue(const QByteArray &name, base::SecretBytes value, session::AuthVersion version);

} // namespace rollcall::http
