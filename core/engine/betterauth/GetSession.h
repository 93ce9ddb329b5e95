#pragma once

#include "core/engine/betterauth/ResponseCookies.h"
#include "core/engine/betterauth/SessionAdapter.h"
#include "core/session/Resolution.h"

namespace rollcall::engine::betterauth {

/// A request to `get-session`.
struct GetSessionRequest
{
    QByteArrayView cookieHeader; ///< raw; empty: none
    bool post = false;
    bool disableCookieCache = false;
    bool disableRefresh = false;
};

/// What `get-session` answers, and how it came about.
struct SessionAnswer
{
    int status = 200;
    jose::JsonValue body;              ///< null without a session; an error's `{message, code}`
    std::optional<FoundSession> found; ///< the session it shows
    ResponseCookies cookies;
    std::optional<base::Instant> validUnrenewed; ///< of a session that is renewed: until when it was valid before
    session::Resolution resolution; ///< without session text and cookies: resolutionOf() adds them
};

/// Walks through `GET`/`POST get-session` step by step. The session is read, renewed and removed through @p adapter,
/// whose stores decide whether anything is really written. The token is looked up and compared as text (QString),
/// copies of which are not wiped. **Thread-safety:** reentrant; blocks within @p call.
/// **Source:** better-auth 1.7.7 api/routes/session; facts/session-protocol.md §8.2.
[[nodiscard]] SessionAnswer getSession(const Config &config, SessionAdapter &adapter, const GetSessionRequest &request,
                                       base::Instant now, const base::Call &call);

/// Clears all that a session left in cookies. **Source:** better-auth 1.7.7 cookies/index (deleteSessionCookie).
void deleteSessionCookies(const Config &config, const RequestCookies &request, ResponseCookies &cookies);

/// `{"message":…,"code":…}`.
[[nodiscard]] jose::JsonValue errorBody(const QString &message, const QString &code);

} // namespace rollcall::engine::betterauth
