#pragma once

#include <QByteArray>
#include <QString>

#include <chrono>
#include <optional>
#include <vector>

#include "core/base/Clock.h"
#include "core/base/Fingerprint.h"
#include "core/session/NullReason.h"

namespace rollcall::session {

enum class StepOutcome { Ok, Fail, Skipped, Hit, Miss, Error };

/// "ok", "fail", "skipped", "hit", "miss", "error".
[[nodiscard]] QString stepOutcomeName(StepOutcome outcome);

/// One step of a resolution, in the order in which the library takes it.
struct TraceStep
{
    QString step; ///< stable word: cookies, assemble, decode, lookup, user, expiry, renew, session, cache, request,
                  ///< response
    StepOutcome outcome = StepOutcome::Ok;
    QString detail; ///< evidence without secrets
    std::chrono::nanoseconds took{0};
};

/// A Set-Cookie the library would send, without its value.
struct CookieEffect
{
    QByteArray name;
    base::Fingerprint fingerprint;        ///< of the value; empty on cleared ones
    std::optional<base::Instant> expires; ///< when the renewed cookie ends; nullopt on cleared ones
    std::optional<int> maxAge;            ///< 0 on cleared ones
    QByteArray path = QByteArrayLiteral("/");
    std::optional<QByteArray> domain;
    bool secure = false;
    bool httpOnly = true;
    QByteArray sameSite = QByteArrayLiteral("lax");
    bool cleared = false;
};

/// A row change the library would make (effects policy `observe`) or that was made (`apply`).
enum class RowEffect { None, Extend, DeleteExpired };

/// The answer to "what is this request's session": a session or null with a reason, and how it came about.
struct Resolution
{
    std::optional<QByteArray> session; ///< JSON as the library's default callbacks give it; nullopt: null
    std::optional<NullReason> reason;  ///< set exactly where session is not
    QString evidence;                  ///< detail of the reason for people, without secrets; may be empty
    std::vector<TraceStep> trace;
    std::vector<CookieEffect> setCookies;
    RowEffect rowEffect = RowEffect::None;
    /// Until when the request's cookie, as it is, can give this session: the row's expiry, the token's exp with its
    /// tolerance; nullopt where it is unknown or there is no end. Not the `expires` of the session, which may move on.
    std::optional<base::Instant> validUntil;
    QString userId; ///< the row's user, the token's `sub`; empty where unknown
    /// False: it holds for this request alone, so that no cache keeps it and nobody who asks for the same token is
    /// given it. Better Auth's cookie cache said it, which knows of no revocation, or the caller's own bounds cut it
    /// short.
    bool isShareable = true;
    std::chrono::nanoseconds took{0};

    [[nodiscard]] bool hasSession() const { return session.has_value(); }
};

} // namespace rollcall::session
