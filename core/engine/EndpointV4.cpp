#include <QScopeGuard>

#include <algorithm>

#include "core/base/SearchParams.h"
#include "core/base/WebUrl.h"
#include "core/engine/EndpointBody.h"
#include "core/engine/NullDiagnosis.h"
#include "core/engine/SessionEndpoint.h"

// next-auth 4's way to the session action.
namespace rollcall::engine {

using session::NullReason;

namespace {

bool repeatsCallback(QByteArrayView query)
{
    const base::SearchParams params = base::SearchParams::parse(query.isEmpty() ? query : query.sliced(1));
    return std::ranges::count(params.pairs(), QByteArrayLiteral("callbackUrl"),
                              &std::pair<QByteArray, QByteArray>::first) > 1;
}

/// Pages refuses such a request by itself; in the App Router the library throws.
EndpointResponse unreadableBody(bool isPages)
{
    EndpointResponse response;
    response.outcome.reason = NullReason::MethodRefused;
    response.outcome.evidence = QStringLiteral("the body is no JSON");
    if (isPages) {
        response.status = 400;
        response.body = QByteArrayLiteral("Invalid JSON");
    } else {
        response.status = 500;
        response.thrown = response.outcome.evidence;
    }
    return response;
}

} // namespace

EndpointResponse SessionEndpoint::handleV4(const EndpointRequest &request, const session::BaseUrl &baseUrl,
                                           const EndpointContext &context, const base::Call &call) const
{
    ActionRequest action;
    action.method = request.method;
    action.dialect = http::dialectOf(*m_profile);
    QByteArray cookieHeader = http::cookieHeader(request.headers);
    const auto wiping = qScopeGuard([&cookieHeader] { base::wipe(cookieHeader); });
    action.cookieHeader = cookieHeader;
    action.action.clear();
    if (const auto url = base::parseWebUrl(request.url)) {
        const QList<QByteArray> segments = url->path.split('/');
        if (m_profile->cookieParser == session::CookieParser::Web) {
            // Given a web Request, the library takes the third part of the path for the action, wherever it lives.
            action.action = segments.value(3);
        } else if (url->path.startsWith(QByteArray(baseUrl.path + '/'))) {
            // Under a Next.js route the catch-all parameter says so, without empty parts.
            QList<QByteArray> rest = url->path.sliced(baseUrl.path.size()).split('/');
            rest.removeAll(QByteArray());
            action.action = rest.value(0);
        }
        action.callbackParameter = callbackParameter(url->query);
        // Pages hands a repeated parameter on as a list, which is no address.
        if (m_profile->cookieParser == session::CookieParser::Pages && repeatsCallback(url->query))
            action.callbackParameter = EndpointBody::unusableUrl;
    }
    if (!readBody(request, action))
        return unreadableBody(m_profile->cookieParser == session::CookieParser::Pages);
    EndpointResponse response = answerV4(action, baseUrl, context, call);
    explainBearer(http::headerValue(request.headers, "Authorization"), response.outcome.reason,
                  response.outcome.evidence);
    return response;
}

EndpointResponse SessionEndpoint::answerV4(const ActionRequest &request, const session::BaseUrl &baseUrl,
                                           const EndpointContext &context, const base::Call &call) const
{
    const auto &secrets = m_profile->secrets;
    if (m_profile->production && (secrets.empty() || secrets.front().isEmpty()))
        return configurationError("NO_SECRET", NullReason::MissingSecret, QStringLiteral("no secret is configured"));
    const auto refused = [this](const QString &where) {
        return configurationError("INVALID_CALLBACK_URL_ERROR", NullReason::InvalidCallbackUrl,
                                  QStringLiteral("the %1 is no http address").arg(where));
    };
    if (!request.callbackParameter.isEmpty() && !isCallbackUrl(request.callbackParameter, baseUrl.origin))
        return refused(QStringLiteral("callback URL of the query"));
    const Side &side = this->side(baseUrl.base.startsWith("https://"));
    http::Cookies cookies = http::viewCookies(request.cookieHeader, request.dialect, side.wanted);
    const QByteArrayView callback = side.helpers.callbackCookie(cookies);
    if (!callback.isEmpty() && !isCallbackUrl(callback, baseUrl.origin))
        return refused(QStringLiteral("callback-url cookie"));
    const QByteArray &parameter = request.bodyCallback ? *request.bodyCallback : request.callbackParameter;
    if (!isRedirectable(parameter)) {
        // The body is not checked beforehand: the redirect callback throws on it.
        EndpointResponse response;
        response.status = 500;
        response.outcome.reason = NullReason::InvalidCallbackUrl;
        response.thrown = QStringLiteral("Invalid URL");
        return response;
    }
    return runAction(request, side, std::move(cookies), parameter, baseUrl.origin, context, call);
}

} // namespace rollcall::engine
