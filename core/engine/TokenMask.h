#pragma once

#include <QByteArray>

#include "core/http/Cookie.h"
#include "core/session/AuthProfile.h"

namespace rollcall::engine {

/// @p session (JSON of a resolution) as it may be shown: session tokens in it are replaced by their fingerprints.
/// Better Auth's bodies hold the token, and a deployment's own callbacks may add it (`sessionToken`). Masked is what
/// the request whose Cookie header is @p cookieHeader presents as its session's token, wherever it stands, and every
/// string called `sessionToken`, or `token` in a member `session`. Text without any stays as it is.
/// **Thread-safety:** pure.
[[nodiscard]] QByteArray withTokensMasked(const QByteArray &session, const session::AuthProfile &profile,
                                          QByteArrayView cookieHeader);

/// The cookies of a request that say whose session it is (chunks one by one), decoded as @auth/core does.
/// **Thread-safety:** pure.
[[nodiscard]] http::Cookies sessionCookiesOf(const session::AuthProfile &profile, QByteArrayView cookieHeader);

} // namespace rollcall::engine
