#pragma once

#include "core/engine/betterauth/Config.h"
#include "core/engine/betterauth/RequestCookies.h"

namespace rollcall::engine::betterauth {

/// Collects the Set-Cookies of an answer in the library's order. Functions that return false met what better-call
/// throws for (a Max-Age beyond 400 days); the request then fails. **Thread-safety:** one object, one thread.
class ResponseCookies final
{
public:
    /// Sets @p cookie. @p maxAge nullopt: none.
    [[nodiscard]] bool set(const AuthCookie &cookie, base::SecretBytes value,
                           std::optional<std::chrono::seconds> maxAge);

    /// Sets a cookie that is split where it is too long, and clears those of its former parts in the request that are
    /// not needed any more. More than 100 chunks: nothing but the clearing. **Source:** better-auth 1.7.7
    /// cookies/session-store (chunkCookie).
    [[nodiscard]] bool setChunked(const AuthCookie &cookie, const base::SecretBytes &value,
                                  std::optional<std::chrono::seconds> maxAge, const RequestCookies &request);

    /// Clears @p cookie, and drops what was set under its name (or a chunk's) before. **Source:** better-auth 1.7.7
    /// cookies/index (expireCookie).
    void expire(const AuthCookie &cookie);

    /// Clears the parts of @p cookie that are in the request, beside whatever was set before.
    void clean(const AuthCookie &cookie, const RequestCookies &request);

    /// Whether @p cookie was set, cleared, or a chunk of it.
    [[nodiscard]] bool isPending(const AuthCookie &cookie) const;

    [[nodiscard]] std::vector<http::SetCookie> take() { return std::move(m_cookies); }

private:
    std::vector<http::SetCookie> m_cookies;
};

} // namespace rollcall::engine::betterauth
