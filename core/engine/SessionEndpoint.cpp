#include "core/engine/SessionEndpoint.h"

#include <QRegularExpression>

#include "core/base/SameBytes.h"
#include "core/engine/AnswerHeaders.h"
#include "core/engine/EndpointBody.h"
#include "core/http/CookieSyntax.h"

namespace rollcall::engine {

namespace {

using session::AuthVersion;
using session::NullReason;

QByteArray plainText()
{
    return QByteArrayLiteral("text/plain;charset=UTF-8");
}

QByteArray jsonOfPages()
{
    return QByteArrayLiteral("application/json; charset=utf-8");
}

/// Whether a configured attribute of a cookie is one that the libraries' serialiser throws for.
bool hasBadAttributes(const session::AuthProfile &profile)
{
    const auto isBad = [&profile](const std::optional<session::CookieOptions> &options) {
        return http::attributeFault(http::cookieAttributes(profile.version, false, options)).has_value();
    };
    return isBad(profile.cookieOptions) || isBad(profile.csrfCookie.options) || isBad(profile.callbackCookie.options);
}

QByteArray emptyBody(AuthVersion version)
{
    return version == AuthVersion::V4 ? QByteArrayLiteral("{}") : QByteArrayLiteral("null");
}

} // namespace

SessionEndpoint::SessionEndpoint(const std::shared_ptr<const session::AuthProfile> &profile,
                                 const std::shared_ptr<const Callbacks> &callbacks)
    : m_profile(profile),
      m_sides{Side{.action = SessionAction(profile, false, callbacks), .helpers = HelperCookies(*profile, false)},
              Side{.action = SessionAction(profile, true, callbacks), .helpers = HelperCookies(*profile, true)}},
      // The library makes a regular expression of the path as it stands: nothing in it is escaped.
      m_path(std::make_unique<const QRegularExpression>(
          QString(u'^' + QString::fromUtf8(profile->basePath) + QStringLiteral("(.+)")))),
      m_hasBadAttributes(hasBadAttributes(*profile))
{}

SessionEndpoint::~SessionEndpoint() = default;

EndpointResponse SessionEndpoint::configurationError(const char *code, NullReason reason, const QString &evidence) const
{
    EndpointResponse response;
    response.status = 500;
    response.headers.emplace_back(contentType(), json());
    response.body = m_profile->version == AuthVersion::V4
                        ? QByteArrayLiteral(R"({"message":"There is a problem with the server configuration. )"
                                            R"(Check the server logs for more information."})")
                        : QByteArrayLiteral(R"({"message":"There was a problem with the server configuration. )"
                                            R"(Check the server logs for more information."})");
    response.outcome.reason = reason;
    response.outcome.evidence = evidence;
    response.outcome.log.push_back({LogLine::Level::Error, code, evidence});
    return response;
}

bool SessionEndpoint::readBody(const EndpointRequest &request, ActionRequest &action) const
{
    if (request.method != "POST")
        return true;
    auto body = readEndpointBody(request.body, http::headerValue(request.headers, contentType()), *m_profile);
    if (!body)
        return false;
    action.bodyCallback = std::move(body->callbackUrl);
    action.csrfToken = std::move(body->csrfToken);
    action.newSession = std::move(body->data);
    return true;
}

void SessionEndpoint::throwWhereUnwritable(EndpointResponse &response) const
{
    for (const http::SetCookie &cookie : response.setCookies) {
        // Names come from the request, of prefix sharers; all else is configuration.
        NullReason reason = NullReason::PrefixSharer;
        auto fault = http::nameFault(cookie.name);
        if (!fault) {
            reason = NullReason::CookieDropped;
            fault = m_hasBadAttributes ? http::attributeFault(cookie.attributes) : std::nullopt;
        }
        if (!fault)
            fault = http::expiresFault(cookie.expires);
        if (!fault && !cookie.isPlain)
            fault = http::valueFault(cookie.value.view());
        if (fault) {
            response.outcome.reason = reason;
            response.outcome.evidence = *fault;
            response.thrown = std::move(fault);
            return;
        }
    }
}

EndpointResponse SessionEndpoint::runAction(const ActionRequest &request, const Side &side, http::Cookies cookies,
                                            const QByteArray &callbackParameter, const QByteArray &origin,
                                            const EndpointContext &context, const base::Call &call) const
{
    EndpointResponse response;
    const bool isGet = base::isSameBytes(request.method, "GET");
    const bool isPost = !isGet && base::isSameBytes(request.method, "POST");
    const bool isSession = base::isSameBytes(request.action, "session");
    const bool isV4 = m_profile->version == AuthVersion::V4;
    const bool isPages = isV4 && m_profile->cookieParser == session::CookieParser::Pages;
    auto csrf =
        side.helpers.csrf(cookies, isPost ? std::optional(request.csrfToken.value_or(QByteArray())) : std::nullopt);
    if (csrf.line)
        response.setCookies.push_back(std::move(*csrf.line));
    if (auto line = side.helpers.callbackUrl(callbackParameter, side.helpers.callbackCookie(cookies), origin))
        response.setCookies.push_back(std::move(*line));

    const auto refuse = [&](NullReason reason, const QString &evidence) {
        response.status = 400;
        response.outcome.reason = reason;
        response.outcome.evidence = evidence;
    };
    if (!isSession || (!isPost && !isGet)) {
        refuse(isSession ? NullReason::MethodRefused : NullReason::WrongBasePath,
               QStringLiteral("no session action of this path and method"));
        response.setCookies.clear();
        response.headers.emplace_back(contentType(), plainText());
        response.body = "Error: This action with HTTP " + request.method + " is not supported by NextAuth.js";
        return response;
    }
    if (isPost && !csrf.verified) {
        refuse(NullReason::MethodRefused, QStringLiteral("a POST without a valid csrf token"));
        // In v4 an object without a content type: Pages sends it as JSON, a Response makes a text of it.
        const bool isText = isV4 && !isPages;
        response.headers.emplace_back(contentType(), isText ? plainText() : isPages ? jsonOfPages() : json());
        response.body = isText ? QByteArrayLiteral("[object Object]") : emptyBody(m_profile->version);
        if (!isV4) {
            response.setCookies.clear();
            response.outcome.log.push_back(
                {LogLine::Level::Error, QByteArrayLiteral("MissingCSRF"), response.outcome.evidence});
        }
        throwWhereUnwritable(response);
        return response;
    }

    SessionInput input;
    input.header = request.cookieHeader;
    input.cookies = http::sessionCookies(std::move(cookies), side.action.cookieName(), m_profile->version);
    input.now = context.now;
    input.adapter = context.adapter;
    input.effects = context.effects;
    input.form = request.form;
    input.isUpdate = isPost;
    input.newSession = request.newSession ? &*request.newSession : nullptr;
    input.trace = context.trace;
    side.action.run(input, response.outcome, call);
    if (response.setCookies.empty())
        response.setCookies.swap(response.outcome.cookies);
    response.setCookies.insert(response.setCookies.end(), std::make_move_iterator(response.outcome.cookies.begin()),
                               std::make_move_iterator(response.outcome.cookies.end()));
    response.outcome.cookies.clear();

    QByteArray type = json();
    switch (response.outcome.body) {
    case SessionOutcome::Body::Empty:
        response.body = emptyBody(m_profile->version);
        break;
    case SessionOutcome::Body::Undefined:
        break;
    case SessionOutcome::Body::Json:
        response.body = std::move(response.outcome.json);
        break;
    }
    // Next.js Pages ends the answer without a body for null and undefined, sends text as it is, and names the charset
    // of what it makes JSON of.
    if (isPages && response.outcome.body != SessionOutcome::Body::Undefined) {
        const auto text =
            response.body.startsWith('"') ? jose::parseJson(QString::fromUtf8(response.body)) : std::nullopt;
        if (text && text->string())
            response.body = text->string()->toUtf8();
        else if (response.body == "null")
            response.body.clear();
        else
            type = jsonOfPages();
    }
    if (request.wantsHeaders) {
        response.headers.emplace_back(contentType(), std::move(type));
        if (!isPost) {
            response.headers.emplace_back(QByteArrayLiteral("Cache-Control"),
                                          QByteArrayLiteral("private, no-cache, no-store"));
            response.headers.emplace_back(QByteArrayLiteral("Pragma"), QByteArrayLiteral("no-cache"));
            response.headers.emplace_back(QByteArrayLiteral("Expires"), QByteArrayLiteral("0"));
        }
    }
    throwWhereUnwritable(response);
    return response;
}

} // namespace rollcall::engine
