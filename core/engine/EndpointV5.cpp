#include <QRegularExpression>

#include "core/base/WebUrl.h"
#include "core/engine/SessionEndpoint.h"

// Auth.js 5's way to the session action.
namespace rollcall::engine {

using session::NullReason;

namespace {

const QByteArray contentType = QByteArrayLiteral("Content-Type");
const QByteArray json = QByteArrayLiteral("application/json");

EndpointResponse refusal(QByteArray body, const QByteArray &code, NullReason reason, const QString &evidence)
{
    EndpointResponse response;
    response.status = 400;
    response.headers.emplace_back(contentType, json);
    response.body = std::move(body);
    response.outcome.reason = reason;
    response.outcome.evidence = evidence;
    response.outcome.log.push_back({LogLine::Level::Error, code, evidence});
    return response;
}

EndpointResponse badRequest(NullReason reason, const QString &evidence)
{
    return refusal(QByteArrayLiteral("\"Bad request.\""), QByteArrayLiteral("UnknownAction"), reason, evidence);
}

} // namespace

std::optional<QByteArray> SessionEndpoint::actionOf(const QByteArray &path) const
{
    const QRegularExpressionMatch match = m_path->match(QString::fromUtf8(path));
    if (!match.hasMatch())
        return std::nullopt;
    // Groups in the base path itself stand before the last one.
    QList<QByteArray> parts = match.captured(m_path->captureCount()).toUtf8().split('/');
    parts.removeAll(QByteArray());
    // A second part is a provider's id, which the session action has none of.
    return parts.size() == 1 ? std::optional(parts.front()) : std::nullopt;
}

std::optional<EndpointResponse> SessionEndpoint::checkV5(const ActionRequest &request, const Side &side,
                                                         const http::Cookies &cookies, const QByteArray &origin,
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
    if (!request.callbackParameter.isEmpty() && !isCallbackUrl(request.callbackParameter, origin))
        return refused(QStringLiteral("callback URL of the query"));
    const QByteArray callback = side.helpers.callbackCookie(cookies);
    if (!callback.isEmpty() && !isCallbackUrl(callback, origin))
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
    if (action.method != "GET" && action.method != "POST")
        return badRequest(NullReason::MethodRefused, QStringLiteral("only GET and POST requests are supported"));
    const auto url = base::parseWebUrl(request.url);
    if (!url) {
        EndpointResponse response = badRequest(NullReason::UnusableUrl, QStringLiteral("Invalid URL"));
        response.thrown = response.outcome.evidence;
        return response;
    }
    if (actionOf(url->path) != QByteArrayLiteral("session"))
        return badRequest(
            NullReason::WrongBasePath,
            QStringLiteral("the path names no session action under %1").arg(QString::fromUtf8(m_profile->basePath)));
    action.callbackParameter = callbackParameter(url->query);
    readBody(request, action);
    const QByteArray cookieHeader = http::headerValue(request.headers, "Cookie");
    action.cookieHeader = cookieHeader;
    const QByteArray origin = url->origin();
    const Side &side = this->side(url->isSecure());
    http::Cookies cookies = http::parseCookies(cookieHeader, http::CookieDialect::AuthCore);
    if (auto refused = checkV5(action, side, cookies, origin, context))
        return std::move(*refused);
    if (!action.bodyCallback.isEmpty() && !isCallbackUrl(action.bodyCallback, origin))
        return refusal(QByteArrayLiteral("null"), QByteArrayLiteral("TypeError"), NullReason::InvalidCallbackUrl,
                       QStringLiteral("Invalid URL"));
    EndpointResponse response = runAction(action, side, std::move(cookies), origin, context, call);
    if (!response.thrown)
        return response;
    // What throws behind the checks leads to the error page, or refuses a POST.
    EndpointResponse failed =
        refusal(QByteArrayLiteral("null"), QByteArrayLiteral("TypeError"), NullReason::PrefixSharer, *response.thrown);
    failed.outcome.log.insert(failed.outcome.log.begin(), std::make_move_iterator(response.outcome.log.begin()),
                              std::make_move_iterator(response.outcome.log.end()));
    failed.outcome.rowEffect = response.outcome.rowEffect;
    if (request.method == "GET") {
        failed.status = 302;
        failed.body.clear();
        failed.headers = {
            {QByteArrayLiteral("Location"), QByteArray(origin + m_profile->basePath + "/error?error=Configuration")}};
    }
    return failed;
}

} // namespace rollcall::engine
