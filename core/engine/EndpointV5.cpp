#include <QRegularExpression>
#include <QScopeGuard>

#include "core/base/WebUrl.h"
#include "core/engine/AnswerHeaders.h"
#include "core/engine/NullDiagnosis.h"
#include "core/engine/SessionEndpoint.h"

// Auth.js 5's way to the session action.
namespace rollcall::engine {

using session::NullReason;

namespace {

QByteArray unknownRequest()
{
    return QByteArrayLiteral("\"Bad request.\"");
}

EndpointResponse refusal(QByteArray body, const QByteArray &code, NullReason reason, const QString &evidence)
{
    EndpointResponse response;
    response.status = 400;
    response.headers.emplace_back(contentType(), json());
    response.body = std::move(body);
    response.outcome.reason = reason;
    response.outcome.evidence = evidence;
    response.outcome.log.push_back({LogLine::Level::Error, code, evidence});
    return response;
}

EndpointResponse badRequest(NullReason reason, const QString &evidence)
{
    return refusal(unknownRequest(), QByteArrayLiteral("UnknownAction"), reason, evidence);
}

} // namespace

bool SessionEndpoint::isSessionPath(const QByteArray &path) const
{
    const QRegularExpressionMatch match = m_path->match(QString::fromUtf8(path));
    if (!match.hasMatch())
        return false;
    // Groups in the base path itself stand before the last one.
    QList<QByteArray> parts = match.captured(m_path->captureCount()).toUtf8().split('/');
    parts.removeAll(QByteArray());
    // A second part is a provider's id, which the session action has none of.
    return parts.size() == 1 && parts.front() == "session";
}

SessionEndpoint::Route SessionEndpoint::routeV5(const QByteArray &url) const
{
    Route route;
    const auto parsed = base::parseAnyUrl(url);
    if (!parsed)
        return route;
    route.isUrl = true;
    route.isSession = isSessionPath(parsed->path);
    route.isHttps = parsed->isSecure();
    route.origin = parsed->origin();
    route.callbackParameter = callbackParameter(parsed->query);
    return route;
}

std::optional<EndpointResponse> SessionEndpoint::checkV5(const Route &route, const Side &side,
                                                         const http::Cookies &cookies,
                                                         const EndpointContext &context) const
{
    if (!m_profile->trustHost)
        return configurationError("UntrustedHost", NullReason::UntrustedHost, QStringLiteral("host must be trusted"));
    const auto &secrets = m_profile->secrets;
    if (secrets.empty() || (secrets.size() == 1 && secrets.front().isEmpty()))
        return configurationError("MissingSecret", NullReason::MissingSecret,
                                  QStringLiteral("no secret is configured"));
    const auto refused = [this](const QString &where) {
        return configurationError("InvalidCallbackUrl", NullReason::InvalidCallbackUrl,
                                  QStringLiteral("the %1 is no http address").arg(where));
    };
    if (!route.callbackParameter.isEmpty() && !isCallbackUrl(route.callbackParameter, route.origin))
        return refused(QStringLiteral("callback URL of the query"));
    const QByteArrayView callback = side.helpers.callbackCookie(cookies);
    if (!callback.isEmpty() && !isCallbackUrl(callback, route.origin))
        return refused(QStringLiteral("callback-url cookie"));
    if (m_profile->strategy == session::Strategy::Database && !context.adapter) {
        return configurationError("MissingAdapter", NullReason::AdapterMissing,
                                  QStringLiteral("database sessions are configured without an adapter"));
    }
    return std::nullopt;
}

EndpointResponse SessionEndpoint::handleV5(const EndpointRequest &request, SessionForm form,
                                           const EndpointContext &context, const base::Call &call) const
{
    ActionRequest action;
    action.method = request.method;
    action.form = form;
    QByteArray cookieHeader = http::cookieHeader(request.headers);
    const auto wiping = qScopeGuard([&cookieHeader] { base::wipe(cookieHeader); });
    action.cookieHeader = cookieHeader;
    const Route route = routeV5(request.url);
    // The library looks at the path before it reads the body.
    if (!readBody(request, action) && route.isSession)
        return refusal(unknownRequest(), QByteArrayLiteral("SyntaxError"), NullReason::MethodRefused,
                       QStringLiteral("the body is no JSON"));
    EndpointResponse response = answerV5(action, route, context, call);
    explainBearer(http::headerValue(request.headers, "Authorization"), response.outcome.reason,
                  response.outcome.evidence);
    return response;
}

EndpointResponse SessionEndpoint::answerV5(const ActionRequest &request, const Route &route,
                                           const EndpointContext &context, const base::Call &call) const
{
    const bool isGet = request.method == "GET";
    if (!isGet && request.method != "POST")
        return badRequest(NullReason::MethodRefused, QStringLiteral("only GET and POST requests are supported"));
    if (!route.isUrl) {
        EndpointResponse response = badRequest(NullReason::UnusableUrl, QStringLiteral("Invalid URL"));
        response.thrown = response.outcome.evidence;
        return response;
    }
    if (!route.isSession)
        return badRequest(
            NullReason::WrongBasePath,
            QStringLiteral("the path names no session action under %1").arg(QString::fromUtf8(m_profile->basePath)));
    const Side &side = this->side(route.isHttps);
    http::Cookies cookies = http::viewCookies(request.cookieHeader, http::CookieDialect::AuthCore, side.wanted);
    if (auto refused = checkV5(route, side, cookies, context))
        return std::move(*refused);
    const QByteArray &parameter = request.bodyCallback ? *request.bodyCallback : route.callbackParameter;
    if (!isRedirectable(parameter))
        return refusal(QByteArrayLiteral("null"), QByteArrayLiteral("TypeError"), NullReason::InvalidCallbackUrl,
                       QStringLiteral("Invalid URL"));
    EndpointResponse response = runAction(request, side, std::move(cookies), parameter, route.origin, context, call);
    if (!response.thrown)
        return response;
    // What throws behind the checks leads to the error page, or refuses a POST.
    EndpointResponse failed = refusal(QByteArrayLiteral("null"), QByteArrayLiteral("TypeError"),
                                      response.outcome.reason.value_or(NullReason::PrefixSharer), *response.thrown);
    failed.outcome.log.insert(failed.outcome.log.begin(), std::make_move_iterator(response.outcome.log.begin()),
                              std::make_move_iterator(response.outcome.log.end()));
    failed.outcome.rowEffect = response.outcome.rowEffect;
    if (isGet) {
        failed.status = 302;
        failed.body.clear();
        failed.headers = {{QByteArrayLiteral("Location"),
                           QByteArray(route.origin + m_profile->basePath + "/error?error=Configuration")}};
    }
    return failed;
}

} // namespace rollcall::engine
