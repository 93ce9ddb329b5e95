#pragma once

#include "core/engine/Adapter.h"
#include "core/engine/Callbacks.h"
#include "core/engine/SessionEngine.h"
#include "core/http/ChunkedCookie.h"
#include "core/jose/JwsKeys.h"
#include "core/jose/KeyRing.h"
#include "core/jose/TokenCodec.h"

namespace rollcall::engine {

/// Who asks: the session endpoint (and v4's getServerSession), or v5's `auth()`, which wraps the session callback and
/// keeps the whole user or token. **Source:** facts/session-protocol.md §4.4.
enum class SessionForm { Endpoint, Auth };

/// A line that the library writes to its log.
struct LogLine
{
    enum class Level { Warn, Error };
    Level level = Level::Error;
    QByteArray code; ///< "JWT_SESSION_ERROR" (v4), "JWTSessionError" (v5), …
    QString message; ///< for people; without secrets
};

/// One request for a session, its cookies parsed.
struct SessionInput
{
    QByteArrayView header; ///< the raw Cookie header: evidence for why there is no session
    http::Cookies cookies; ///< of http::sessionCookies()
    base::Instant now;
    Adapter *adapter = nullptr; ///< borrowed; the database strategy's
    Effects effects = Effects::Observe;
    SessionForm form = SessionForm::Endpoint;
    bool isUpdate = false;                       ///< a POST
    const jose::JsonValue *newSession = nullptr; ///< of an update; nullptr: undefined
    Trace trace = Trace::On;
};

/// What the library's session action answers.
struct SessionOutcome
{
    /// The answer's body. Empty: the library's own without a session, `{}` in v4 and `null` in v5.
    enum class Body { Empty, Undefined, Json };
    Body body = Body::Empty;
    QByteArray json; ///< where body is Json; may be `null` or `{}` of a callback
    std::vector<http::SetCookie> cookies;
    std::vector<LogLine> log;
    std::optional<session::NullReason> reason; ///< where the body is no session
    QString evidence;
    session::RowEffect rowEffect = session::RowEffect::None;
    std::optional<base::Instant> validUntil;
    QString userId;
    std::vector<session::TraceStep> trace; ///< empty with Trace::Off
};

/// What the libraries do with the session cookie of a request: decode or look up, callbacks, renewal, Set-Cookie.
/// One path for endpoint, server-side helpers and resolvers. Pure computation under the JWT strategy.
/// **Thread-safety:** immutable after construction; run() may be called by several threads at once.
/// **Source:** facts/session-protocol.md §4.1; next-auth 4.24.15 core/routes/session.js, @auth/core 0.41.3
/// lib/actions/session.js.
class SessionAction final
{
public:
    /// @p secure: whether cookies have the `__Secure-` prefix and attribute. Derives the keys of the profile's secrets.
    SessionAction(std::shared_ptr<const session::AuthProfile> profile, bool secure,
                  std::shared_ptr<const Callbacks> callbacks);

    /// The session cookie's name in force.
    [[nodiscard]] const QByteArray &cookieName() const { return m_cookieName; }
    [[nodiscard]] const session::AuthProfile &profile() const { return *m_profile; }
    /// The session cookies of @p header, as the deployment's parser reads them in @p dialect.
    [[nodiscard]] http::Cookies cookiesOf(QByteArrayView header, http::CookieDialect dialect) const;

    /// Runs the action; what it comes to is put into @p outcome, which is a fresh one. (It is large, and would be moved
    /// from layer to layer for each request.) Blocks within @p call where the strategy asks the database. Never an
    /// Error.
    void run(const SessionInput &input, SessionOutcome &outcome, const base::Call &call) const;

    /// Decodes @p token as getToken does: no callbacks, no renewal. Never blocks.
    [[nodiscard]] jose::OpenedToken open(QByteArrayView token, base::Instant now) const;
    /// Encodes @p claims as the deployment does, living as long as its configuration says. Errors: those of
    /// jose::sealToken() and jose::sealSigned().
    [[nodiscard]] base::Result<base::SecretBytes> seal(const jose::Claims &claims, base::Instant now) const;
    /// Why open() refused @p token.
    [[nodiscard]] std::pair<session::NullReason, QString> whyRefused(const jose::OpenedToken &opened,
                                                                     QByteArrayView token) const;

private:
    struct Run;

    [[nodiscard]] bool isV4() const { return m_profile->version == session::AuthVersion::V4; }
    void runJwt(Run &run) const;
    /// Whether the token was opened; otherwise the run has failed.
    [[nodiscard]] bool decode(Run &run, jose::OpenedToken &opened) const;
    [[nodiscard]] std::optional<jose::JsonValue> decodeByCallback(Run &run) const;
    void note(Run &run, const jose::Claims &claims) const;
    void runCallbacks(Run &run, const jose::JsonValue &decoded, base::Instant expires) const;
    [[nodiscard]] bool jwtCallback(Run &run, const jose::JsonValue &decoded, CallbackResult &token) const;
    void sealAndSet(Run &run, const jose::Claims &claims, base::Instant expires) const;
    void encodeAndSet(Run &run, const jose::JsonValue &claims, base::Instant expires) const;
    void setToken(Run &run, base::SecretBytes token, base::Instant expires) const;
    void failRenewal(Run &run, const QString &why) const;
    void failJwt(Run &run, session::NullReason reason, const QString &evidence) const;
    void logJwtError(Run &run, const QString &message) const;
    void clear(Run &run) const;

    void runRow(Run &run, const base::Call &call) const;
    void runLiveRow(Run &run, const SessionAndUser &row, const base::Call &call) const;
    [[nodiscard]] bool rowSession(Run &run, const SessionAndUser &row) const;
    void failRow(Run &run, session::NullReason reason, const QString &evidence) const;
    void failAdapter(Run &run, const char *method, session::NullReason reason, const base::Error &error,
                     const base::Call &call) const;
    void setBody(Run &run, CallbackResult result) const;

    std::shared_ptr<const session::AuthProfile> m_profile;
    std::shared_ptr<const Callbacks> m_callbacks;
    QByteArray m_cookieName;
    http::CookieAttributes m_attributes;
    jose::KeyRing m_keys;
    std::optional<base::Result<jose::JwsKeys>> m_signing; ///< of deployments that sign their tokens
};

} // namespace rollcall::engine
