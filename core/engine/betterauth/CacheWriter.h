#pragma once

#include "core/engine/betterauth/ResponseCookies.h"
#include "core/engine/betterauth/SessionAdapter.h"

namespace rollcall::engine::betterauth {

/// Puts @p found into the cookie cache of an answer, and seals an account cookie of the request anew where the
/// deployment keeps one. False where the library would throw. **Thread-safety:** reentrant. **Source:** better-auth
/// 1.7.7 cookies/index (setCookieCache), cookies/session-store.
[[nodiscard]] bool writeCache(const Config &config, const RequestCookies &request, const FoundSession &found,
                              std::optional<std::chrono::seconds> maxAge, base::Instant now, ResponseCookies &cookies);

} // namespace rollcall::engine::betterauth
