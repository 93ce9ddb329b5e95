#pragma once

#include <optional>

#include "core/http/Cookie.h"
#include "core/jose/TokenCodec.h"
#include "core/session/AuthProfile.h"
#include "core/session/NullReason.h"

namespace rollcall::engine {

/// A reason of the null catalogue with what speaks for it.
struct Diagnosis
{
    session::NullReason reason;
    QString evidence; ///< for people, without secrets
};

/// The raw values of a header's pairs whose name is @p name, in order: by no parser's rules but the common ones. Views
/// into @p header.
[[nodiscard]] std::vector<QByteArrayView> rawValues(QByteArrayView header, QByteArrayView name);

/// The cookie name with `__Secure-` where @p name has none, and without where it has.
[[nodiscard]] QByteArray siblingName(const QByteArray &name);

/// Says that @p name is not among @p cookies, which are named as far as that gives nothing away: a file of the wrong
/// form may show a token as a name.
[[nodiscard]] QString notAmong(const QByteArray &name, const http::Cookies &cookies);

/// Why the library found no session token among the cookies of @p header: absent, empty, dropped by the parser, or
/// under another name than @p name, the session cookie's. **Source:** facts/session-protocol.md §9, N01–N07.
[[nodiscard]] Diagnosis whyNoToken(const session::AuthProfile &profile, const QByteArray &name, QByteArrayView header);

/// Makes no-cookie (N01) finer where the request has @p authorization, the value of that header: a bearer token (N08),
/// which getToken alone reads. **Source:** §9, N08.
void explainBearer(QByteArrayView authorization, std::optional<session::NullReason> &reason, QString &evidence);

/// What is wrong with the cookies that a token was joined from (duplicates, quotes, chunks, prefix sharers); nullopt
/// where they look right, so that the fault lies in the token. @p recognised: of http::sessionCookies(). **Source:**
/// §9, N06–N14.
[[nodiscard]] std::optional<Diagnosis> whyBrokenCookies(const session::AuthProfile &profile, const QByteArray &name,
                                                        QByteArrayView header, const http::Cookies &recognised);

/// Why no row has @p token: its cookies are broken, it is a JWT, or it is simply not there. **Source:** §9, N38, N45.
[[nodiscard]] Diagnosis whyNoRow(const session::AuthProfile &profile, const QByteArray &name, QByteArrayView header,
                                 const http::Cookies &recognised, QByteArrayView token);

/// What in @p token, as the parser in force read it, shows that something on the way changed the cookie's value: quotes
/// or percent-encoding that are left; empty where nothing does. **Source:** §2.1, N07.
[[nodiscard]] QString marksOfRewriting(QByteArrayView token);

/// Why @p token, refused as @p opened says, is no session: the decoder's word made finer by the token's header and by
/// trying the profile's other secrets and names. **Source:** §9, N20–N37.
[[nodiscard]] Diagnosis whyNotDecoded(const session::AuthProfile &profile, const jose::KeyRing &ring,
                                      const jose::OpenedToken &opened, QByteArrayView token);

/// Whether @p token looks like an encrypted JWT: five parts, the first of them a header with `alg` and `enc`.
[[nodiscard]] bool looksLikeJwe(QByteArrayView token);

} // namespace rollcall::engine
