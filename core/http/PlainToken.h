#pragma once

#include "core/http/Cookie.h"

namespace rollcall::http {

/// The session token of a request where it stands in the Cookie header as it is: one cookie's name begins with
/// @p cookieName, it is @p cookieName itself, and its value stands for itself. It is then what assembleChunks() of
/// sessionCookies() gives for every parser, version and place among other cookies, at a small part of the cost. Empty
/// where it takes more to tell; then ask those. @p cookieName: one that hasPlainTokens() accepts.
/// A view into @p header, and a bearer secret. **Thread-safety:** a pure function.
[[nodiscard]] QByteArrayView plainToken(QByteArrayView header, QByteArrayView cookieName);

/// Whether every parser finds a cookie of this name, and finds it as it is: all but unusual names.
[[nodiscard]] bool hasPlainTokens(QByteArrayView cookieName);

} // namespace rollcall::http
