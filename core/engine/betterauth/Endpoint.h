#pragma once

#include "core/engine/betterauth/GetSession.h"
#include "core/engine/betterauth/UserSessions.h"

namespace rollcall::engine::betterauth {

/// A request to a deployment's Better Auth handler.
struct EndpointRequest
{
    QByteArray method;
    QByteArray path;                     ///< with its query, as on the wire
    QByteArray cookieHeader;             ///< raw; empty: none
    std::optional<jose::JsonValue> body; ///< the JSON sent; nullopt: none
};

struct EndpointAnswer
{
    int status = 200;
    std::vector<std::pair<QByteArray, QByteArray>> headers; ///< without Set-Cookie; by name
    std::optional<jose::JsonValue> body;                    ///< nullopt: an empty one
    std::vector<http::SetCookie> setCookies;
};

/// Answers the session endpoints as Better Auth does: get-session, list-sessions, revoke-session, revoke-sessions,
/// revoke-other-sessions, sign-out; any other path as one it does not have. The checks of Origin and of callback URLs
/// that go before are the caller's. **Thread-safety:** reentrant. **Source:** better-auth 1.7.7 api/routes/session,
/// sign-out; better-call 1.4.0 router, context; facts/session-protocol.md §8.2, §8.5.
class Endpoint final
{
public:
    /// All are borrowed; @p storage is nullptr where the deployment has none.
    Endpoint(const Config &config, UserSessionRows &rows, SecondaryStorage *storage, base::Instant now)
        : m_config(config), m_now(now), m_adapter(config, rows, storage, now), m_users(config, rows, storage, now)
    {}

    /// Blocks within @p call. What the stores fail with becomes the library's error answer.
    [[nodiscard]] EndpointAnswer answer(const EndpointRequest &request, const base::Call &call);

private:
    struct Authorised;
    enum class Demand { Any, Fresh, Authoritative };

    [[nodiscard]] EndpointAnswer getSessionRoute(const EndpointRequest &request, bool post, const base::Call &call);
    [[nodiscard]] EndpointAnswer listSessions(const EndpointRequest &request, const base::Call &call);
    [[nodiscard]] EndpointAnswer revokeSession(const EndpointRequest &request, const base::Call &call);
    [[nodiscard]] EndpointAnswer revokeSessions(const EndpointRequest &request, const base::Call &call);
    [[nodiscard]] EndpointAnswer revokeOtherSessions(const EndpointRequest &request, const base::Call &call);
    [[nodiscard]] EndpointAnswer signOut(const EndpointRequest &request, const base::Call &call);

    /// The session of a request that must have one, with the answer to go on with; or the answer that refuses.
    [[nodiscard]] tl::expected<Authorised, EndpointAnswer> authorise(const EndpointRequest &request, Demand demand,
                                                                     const base::Call &call);

    const Config &m_config;
    base::Instant m_now;
    SessionAdapter m_adapter;
    UserSessions m_users;
};

} // namespace rollcall::engine::betterauth
