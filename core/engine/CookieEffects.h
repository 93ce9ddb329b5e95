#pragma once

#include <vector>

#include "core/http/SetCookie.h"
#include "core/session/Resolution.h"

namespace rollcall::engine {

/// What a Set-Cookie does, without its value. **Thread-safety:** pure functions.
[[nodiscard]] session::CookieEffect effectOf(const http::SetCookie &cookie);

/// The same of several, in their order.
[[nodiscard]] std::vector<session::CookieEffect> effectsOf(const std::vector<http::SetCookie> &cookies);

} // namespace rollcall::engine
