#pragma once

#include <array>

#include "core/engine/HelperCookies.h"
#include "core/engine/SessionAction.h"
#include "core/http/Headers.h"
#include "core/session/AuthEnvironment.h"

class QRegularExpression;

namespace rollcall::engine {

/// A request to an auth endpoint.
struct EndpointRequest
{
    QByteArray method = QByteArrayLiteral("GET");
    QByteArray url; ///< absolute
    http::HeaderList headers;
    QByteArray body; ///< of a POST: JSON or a form, by its Content-Type
};

/// What surrounds a resolution.
struct EndpointContext
{
    base::Instant now;
    Adapter *adapter = nullptr; ///< borrowed; nullptr: the deployment has none
    Effects effects = Effects::Observe;
    Trace trace = Trace::Off;
};

/// The session endpoint's answer and how it came about.
struct EndpointResponse
{
    int status = 200;
    http::HeaderList headers; ///< without Set-Cookie
    QByteArray body;
    std::vector<http::SetCookie> setCookies; ///< csrf, callback-url, session cookies; bearer secrets
    /// What the session action came to; where the endpoint refused before it, reason, evidence and log alone. Its
    /// cookies have moved to setCookies.
    SessionOutcome outcome;
    /// The library throws instead of answering (Next.js makes a 500 of it): this message.
    std::optional<QString> thrown;
};

/// GET and POST `<base path>/session` as next-auth 4 and Auth.js 5 answer them: configuration checks, csrf and
/// callback-url cookies, session action, status, headers and body. Other actions are refused as unknown ones.
/// **Thread-safety:** immutable after construction. **Source:** facts/session-protocol.md §4.1, §4.2; next-auth 4.24.15
/// core/index.js, core/init.js, core/lib/assert.js; @auth/core 0.41.3 index.js, lib/index.js, lib/init.js,
/// lib/utils/assert.js, lib/utils/web.js.
class SessionEndpoint final
{
public:
    /// @p callbacks may be null: the libraries' defaults.
    SessionEndpoint(const std::shared_ptr<const session::AuthProfile> &profile,
                    const std::shared_ptr<const Callbacks> &callbacks);
    ~SessionEndpoint();

    /// A v5 deployment's answer. @p form Auth: with auth()'s wrapping of the session callback. Blocks within @p call
    /// where the database is asked.
    [[nodiscard]] EndpointResponse handleV5(const EndpointRequest &request, SessionForm form,
                                            const EndpointContext &context, const base::Call &call) const;

    /// A v4 deployment's answer. @p baseUrl: the deployment's own address (session::parseBaseUrl()).
    [[nodiscard]] EndpointResponse handleV4(const EndpointRequest &request, const session::BaseUrl &baseUrl,
                                            const EndpointContext &context, const base::Call &call) const;

    /// A request as the code behind the route sees it.
    struct ActionRequest
    {
        QByteArray method = QByteArrayLiteral("GET");
        QByteArray action = QByteArrayLiteral("session"); ///< of v4; v5 has it in its Route
        QByteArrayView cookieHeader;
        http::CookieDialect dialect = http::CookieDialect::AuthCore;
        QByteArray callbackParameter;           ///< of v4: of the query; v5 has it in its Route
        std::optional<QByteArray> bodyCallback; ///< of a POST's body: see EndpointBody; stands before the query's
        std::optional<QByteArray> csrfToken;
        std::optional<jose::JsonValue> newSession; ///< of a POST's body: `data`
        SessionForm form = SessionForm::Endpoint;
        bool wantsHeaders = true; ///< false: of a session's answer only body and cookies count
    };

    /// What v5 reads from a request's URL.
    struct Route
    {
        bool isUrl = false;     ///< false: JavaScript throws for it
        bool isSession = false; ///< the path names the session action under the base path
        bool isHttps = false;
        QByteArray origin;
        QByteArray callbackParameter;
    };
    [[nodiscard]] Route routeV5(const QByteArray &url) const;

    /// The answers behind the route, for the server-side helpers too.
    [[nodiscard]] EndpointResponse answerV5(const ActionRequest &request, const Route &route,
                                            const EndpointContext &context, const base::Call &call) const;
    [[nodiscard]] EndpointResponse answerV4(const ActionRequest &request, const session::BaseUrl &baseUrl,
                                            const EndpointContext &context, const base::Call &call) const;

    [[nodiscard]] const session::AuthProfile &profile() const { return *m_profile; }
    /// The session action with or without secure cookies.
    [[nodiscard]] const SessionAction &action(bool secure) const { return m_sides[secure ? 1 : 0].action; }

private:
    /// Names and keys of plain and of secure cookies.
    struct Side
    {
        SessionAction action;
        HelperCookies helpers;
        http::WantedCookies wanted{action.cookieName(), helpers.names()}; ///< what is read of a request
    };

    [[nodiscard]] const Side &side(bool isHttps) const
    {
        return m_sides[m_profile->useSecureCookies.value_or(isHttps) ? 1 : 0];
    }
    [[nodiscard]] bool isSessionPath(const QByteArray &path) const;
    [[nodiscard]] std::optional<EndpointResponse>
    checkV5(const Route &route, const Side &side, const http::Cookies &cookies, const EndpointContext &context) const;
    [[nodiscard]] EndpointResponse configurationError(const char *code, session::NullReason reason,
                                                      const QString &evidence) const;
    [[nodiscard]] EndpointResponse runAction(const ActionRequest &request, const Side &side, http::Cookies cookies,
                                             const QByteArray &callbackParameter, const QByteArray &origin,
                                             const EndpointContext &context, const base::Call &call) const;
    /// False where the body cannot be read.
    [[nodiscard]] bool readBody(const EndpointRequest &request, ActionRequest &action) const;

    /// The libraries write all cookies of an answer or none: one that cannot be written makes them throw.
    void throwWhereUnwritable(EndpointResponse &response) const;

    std::shared_ptr<const session::AuthProfile> m_profile;
    std::array<Side, 2> m_sides;
    std::unique_ptr<const QRegularExpression> m_path; ///< of v5: `^<base path>(.+)`
    bool m_hasBadAttributes;                          ///< of some cookie: setting it throws
};

} // namespace rollcall::engine
