#include "core/engine/betterauth/Endpoint.h"

#include <algorithm>
#include <array>

#include "core/base/WebUrl.h"
#include "core/engine/betterauth/BodySchema.h"
#include "core/engine/betterauth/JsDate.h"
#include "core/engine/betterauth/JsonAccess.h"
#include "core/engine/betterauth/SignedCookie.h"

namespace rollcall::engine::betterauth {

namespace {

using base::Call;
using jose::JsonValue;

EndpointAnswer plainAnswer(int status)
{
    EndpointAnswer answer;
    answer.status = status;
    return answer;
}

EndpointAnswer jsonAnswer(int status, JsonValue body)
{
    EndpointAnswer answer;
    answer.status = status;
    answer.headers = {{QByteArrayLiteral("content-type"), QByteArrayLiteral("application/json")}};
    answer.body = std::move(body);
    return answer;
}

EndpointAnswer errorAnswer(int status, const QString &message, const QString &code)
{
    return jsonAnswer(status, errorBody(message, code));
}

JsonValue flagBody(const QString &name)
{
    JsonValue body{JsonValue::Object()};
    body.set(name, JsonValue(true));
    return body;
}

EndpointAnswer internalError()
{
    return errorAnswer(500, QStringLiteral("Internal Server Error"), QStringLiteral("INTERNAL_SERVER_ERROR"));
}

/// A request's path and query as the library's router sees them.
struct Target
{
    QByteArray path; ///< behind the base path; empty: not below it
    QByteArray query;

    Target(const QByteArray &basePath, const QByteArray &requested)
    {
        const auto url = base::parseWebUrl(QByteArray("http://localhost" + requested));
        if (!url || !url->path.startsWith(QByteArray(basePath + '/')))
            return;
        path = url->path.sliced(basePath.size());
        query = url->query;
    }

    /// A query parameter as zod coerces it: any text but the empty one is true, and so is a repeated name.
    [[nodiscard]] bool isTrue(QByteArrayView name) const
    {
        int occurrences = 0;
        bool nonEmpty = false;
        const QByteArray pairs = query.startsWith('?') ? query.sliced(1) : query;
        for (const QByteArray &pair : pairs.split('&')) {
            const qsizetype equals = pair.indexOf('=');
            const QByteArray key = QByteArray::fromPercentEncoding(equals < 0 ? pair : pair.first(equals));
            if (key != name)
                continue;
            ++occurrences;
            nonEmpty = nonEmpty || (equals >= 0 && equals + 1 < pair.size());
        }
        return nonEmpty || occurrences > 1;
    }
};

bool isLive(const OutputSession &session, base::Instant now)
{
    return session.expiresAt && *session.expiresAt > milliseconds(now);
}

} // namespace

struct Endpoint::Authorised
{
    FoundSession session;
    QString userId;
    std::vector<http::SetCookie> setCookies; ///< what is left of those of get-session
};

EndpointAnswer Endpoint::answer(const EndpointRequest &request, const Call &call)
{
    struct Route
    {
        QByteArrayView method;
        QByteArrayView path;
        EndpointAnswer (Endpoint::*handler)(const EndpointRequest &, const Call &);
    };
    static constexpr std::array routes{
        Route{"GET", "/list-sessions", &Endpoint::listSessions},
        Route{"POST", "/revoke-session", &Endpoint::revokeSession},
        Route{"POST", "/revoke-sessions", &Endpoint::revokeSessions},
        Route{"POST", "/revoke-other-sessions", &Endpoint::revokeOtherSessions},
        Route{"POST", "/sign-out", &Endpoint::signOut},
    };
    constexpr int notFound = 404;
    if (m_config.secrets.empty())
        return plainAnswer(500);
    const Target target(m_config.basePath, request.path);
    const bool post = request.method == "POST";
    if (target.path == "/get-session" && (post || request.method == "GET"))
        return getSessionRoute(request, post, call);
    const auto route = std::ranges::find_if(routes, [&](const Route &candidate) {
        return candidate.method == request.method && candidate.path == target.path;
    });
    return route == routes.end() ? plainAnswer(notFound) : (this->*route->handler)(request, call);
}

EndpointAnswer Endpoint::getSessionRoute(const EndpointRequest &request, bool post, const Call &call)
{
    const Target target(m_config.basePath, request.path);
    SessionAnswer session =
        getSession(m_config, m_adapter,
                   {request.cookieHeader, post, target.isTrue("disableCookieCache"), target.isTrue("disableRefresh")},
                   m_now, call);
    EndpointAnswer answer = jsonAnswer(session.status, std::move(session.body));
    answer.headers = {{QByteArrayLiteral("cache-control"), QByteArrayLiteral("no-store")},
                      {QByteArrayLiteral("content-type"), QByteArrayLiteral("application/json")},
                      {QByteArrayLiteral("pragma"), QByteArrayLiteral("no-cache")}};
    answer.setCookies = session.cookies.take();
    return answer;
}

tl::expected<Endpoint::Authorised, EndpointAnswer> Endpoint::authorise(const EndpointRequest &request, Demand demand,
                                                                       const Call &call)
{
    const Target target(m_config.basePath, request.path);
    // Where sessions live on the server a cached one authorises nothing of weight.
    const bool bypassCache = demand == Demand::Authoritative && m_config.isStateful;
    SessionAnswer session = getSession(m_config, m_adapter,
                                       {request.cookieHeader, false, bypassCache || target.isTrue("disableCookieCache"),
                                        target.isTrue("disableRefresh")},
                                       m_now, call);
    if (!session.found) {
        EndpointAnswer refusal = errorAnswer(401, QStringLiteral("Unauthorized"), QStringLiteral("UNAUTHORIZED"));
        // An error of get-session is swallowed together with what it would have set.
        if (session.status == 200)
            refusal.setCookies = session.cookies.take();
        return tl::unexpected(std::move(refusal));
    }
    std::vector<http::SetCookie> cookies = session.cookies.take();
    if (demand == Demand::Fresh && m_config.freshAge.count() != 0) {
        const double age = milliseconds(m_now) - toDate(session.found->session.session.find(u"createdAt"));
        if (age >= static_cast<double>(m_config.freshAge.count()) * 1000) {
            EndpointAnswer refusal =
                errorAnswer(403, QStringLiteral("Session is not fresh"), QStringLiteral("SESSION_NOT_FRESH"));
            refusal.setCookies = std::move(cookies);
            return tl::unexpected(std::move(refusal));
        }
    }
    // The middleware's headers are copied one over the other: of several Set-Cookies the last is left.
    if (cookies.size() > 1)
        cookies.erase(cookies.begin(), cookies.end() - 1);
    return Authorised{std::move(*session.found), session.resolution.userId, std::move(cookies)};
}

EndpointAnswer Endpoint::listSessions(const EndpointRequest &request, const Call &call)
{
    auto authorised = authorise(request, Demand::Fresh, call);
    if (!authorised)
        return std::move(authorised.error());
    const auto sessions = m_users.list(authorised->userId, true, call);
    EndpointAnswer answer = plainAnswer(500);
    if (sessions) {
        JsonValue::Array shown;
        for (const OutputSession &session : *sessions) {
            if (isLive(session, m_now))
                shown.push_back(session.session);
        }
        answer = jsonAnswer(200, JsonValue(std::move(shown)));
    }
    answer.setCookies = std::move(authorised->setCookies);
    return answer;
}

EndpointAnswer Endpoint::revokeSession(const EndpointRequest &request, const Call &call)
{
    if (const auto issue = checkRevokeBody(request.body))
        return errorAnswer(400, *issue, QStringLiteral("VALIDATION_ERROR"));
    auto authorised = authorise(request, Demand::Authoritative, call);
    if (!authorised)
        return std::move(authorised.error());
    const QString token = textOf(request.body->find(u"token"));
    EndpointAnswer answer = jsonAnswer(200, flagBody(QStringLiteral("status")));
    const auto lookup = m_adapter.find(token, call);
    if (!lookup) {
        answer = plainAnswer(500);
    } else if (lookup->found && lookup->found->session.text(u"userId") == authorised->userId) {
        // Another user's session is left alone, and the answer is the same.
        if (!m_adapter.remove(token, call))
            answer = internalError();
    }
    answer.setCookies = std::move(authorised->setCookies);
    return answer;
}

EndpointAnswer Endpoint::revokeSessions(const EndpointRequest &request, const Call &call)
{
    auto authorised = authorise(request, Demand::Authoritative, call);
    if (!authorised)
        return std::move(authorised.error());
    EndpointAnswer answer = m_users.removeAll(authorised->userId, call)
                                ? jsonAnswer(200, flagBody(QStringLiteral("status")))
                                : internalError();
    answer.setCookies = std::move(authorised->setCookies);
    return answer;
}

EndpointAnswer Endpoint::revokeOtherSessions(const EndpointRequest &request, const Call &call)
{
    auto authorised = authorise(request, Demand::Authoritative, call);
    if (!authorised)
        return std::move(authorised.error());
    const auto sessions = m_users.list(authorised->userId, false, call);
    QStringList others;
    for (const OutputSession &session : sessions ? *sessions : std::vector<OutputSession>()) {
        if (isLive(session, m_now) && session.text(u"token") != authorised->session.session.text(u"token"))
            others << session.text(u"token");
    }
    EndpointAnswer answer = sessions && m_adapter.removeAll(others, call)
                                ? jsonAnswer(200, flagBody(QStringLiteral("status")))
                                : plainAnswer(500);
    answer.setCookies = std::move(authorised->setCookies);
    return answer;
}

EndpointAnswer Endpoint::signOut(const EndpointRequest &request, const Call &call)
{
    if (const auto issue = checkSignOutBody(request.body))
        return errorAnswer(400, *issue, QStringLiteral("VALIDATION_ERROR"));
    const RequestCookies cookies(request.cookieHeader);
    const SignedCookie token =
        readSignedCookie(m_config.secrets.front().view(), cookies.value(m_config.sessionToken.name));
    if (token.state == SignedCookieState::Valid) {
        const QString text = QString::fromUtf8(token.value.view());
        // The library reads the session for its accounts, and logs what fails here: the cookies go in any case.
        static_cast<void>(m_adapter.find(text, call));
        static_cast<void>(m_adapter.remove(text, call));
    }
    ResponseCookies cleared;
    deleteSessionCookies(m_config, cookies, cleared);
    EndpointAnswer answer = jsonAnswer(200, flagBody(QStringLiteral("success")));
    answer.setCookies = cleared.take();
    return answer;
}

} // namespace rollcall::engine::betterauth
