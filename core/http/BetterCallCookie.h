#pragma once

#include <optional>

#include "core/http/SetCookie.h"

namespace rollcall::http {

/// A Set-Cookie header's value as better-call writes it: `__Secure-` and `__Host-` names force their attributes, a
/// negative Max-Age is left out; nullopt where better-call throws (Max-Age beyond 400 days). It holds the cookie's
/// value: never log it. **Thread-safety:** pure. **Source:** better-call 1.4.0 cookies; facts/session-protocol.md §2.5.
[[nodiscard]] std::optional<QByteArray> betterCallCookieText(const SetCookie &cookie);

} // namespace rollcall::http
