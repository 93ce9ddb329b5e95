#include "core/proxy/ProxyClient.h"

#include <QScopeGuard>

#include <algorithm>
#include <array>

#include "core/base/CallSafely.h"
#include "core/base/ErrorText.h"
#include "core/base/Secret.h"
#include "core/base/WebUrl.h"
#include "core/http/CookieNames.h"
#include "core/http/Headers.h"
#include "core/http/HttpTransport.h"
#include "core/http/SetCookieReader.h"
#include "core/jose/JsonText.h"

namespace rollcall::proxy {

using base::ErrorCode;
using session::NullReason;
using session::Resolution;
using session::StepOutcome;

namespace {

/// Whether @p cookie, a name or what begins with one, is of those that decide over the session: the libraries go by the
/// name's beginning.
bool isSessionCookie(const session::AuthProfile &profile, QByteArrayView cookie)
{
    return std::ranges::any_of(http::sessionCookieStems(profile),
                               [cookie](const QByteArray &stem) { return cookie.startsWith(stem); });
}

/// The pieces of @p header that the libraries take for (parts of) the session cookie.
QByteArray sessionCookiesOf(QByteArrayView header, const session::AuthProfile &profile, int &count)
{
    QByteArray kept;
    kept.reserve(header.size()); // what grew would leave copies
    count = 0;
    for (qsizetype from = 0; from <= header.size();) {
        const qsizetype end = header.indexOf(';', from);
        const QByteArrayView piece = http::trimmedOws(header.sliced(from, (end < 0 ? header.size() : end) - from));
        if (isSessionCookie(profile, piece)) {
            if (!kept.isEmpty())
                kept += "; ";
            kept += piece;
            ++count;
        }
        if (end < 0)
            break;
        from = end + 1;
    }
    return kept;
}

NullReason reasonFor(const base::Error &error)
{
    // Every other code means that no answer could be had over the network; the evidence says which.
    const ErrorCode code = error.code;
    // Who cannot show that it is the configured origin is another one.
    if (code == ErrorCode::TlsFailed && error.param(base::ErrorParam::Part) == QStringLiteral("certificate"))
        return NullReason::ProxyOriginMismatch;
    if (code == ErrorCode::Cancelled)
        return NullReason::CancelledOrDeadline;
    if (code == ErrorCode::Timeout || code == ErrorCode::ConnectTimeout)
        return NullReason::ProxyTimeout;
    if (code == ErrorCode::InsecureTransport || code == ErrorCode::UrlInvalid ||
        code == ErrorCode::UrlSchemeUnsupported)
        return NullReason::ProxyOriginMismatch;
    if (code == ErrorCode::HttpTooLarge)
        return NullReason::ProxyTooLarge;
    if (code == ErrorCode::UsageInvalid)
        return NullReason::CookieNotParsed;
    return NullReason::ProxyNetworkError;
}

/// What an error status of the session endpoint usually means.
QString statusEvidence(int status)
{
    const QString number = QString::number(status);
    if (status == 400)
        return number + QStringLiteral(": the base path or the method is not the deployment's");
    if (status == 401 || status == 403)
        return number + QStringLiteral(": something before the deployment, such as a gateway, refuses the request");
    if (status == 404)
        return number + QStringLiteral(": there is no session endpoint under this base path");
    if (status == 429)
        return number + QStringLiteral(": the deployment limits the rate of requests");
    if (status == 431)
        return number + QStringLiteral(": the cookies are too large for the server");
    if (status == 500)
        return number + QStringLiteral(": the deployment failed; a missing secret, an untrusted host or a bad callback "
                                       "URL show so, its log says which");
    if (status >= 502 && status <= 504)
        return number + QStringLiteral(": a gateway could not reach the deployment");
    return number;
}

/// Origin and path of a Location; its query may hold secrets.
QString redirectEvidence(const http::HttpResponse &answer, const QUrl &asked)
{
    const QUrl target = asked.resolved(QUrl(QString::fromLatin1(answer.header("Location"))));
    return QStringLiteral("%1 to %2")
        .arg(answer.status)
        .arg(target.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment));
}

void setNull(Resolution &resolution, NullReason reason, const QString &evidence)
{
    resolution.reason = reason;
    resolution.evidence = evidence;
}

/// Origin + base path + "/session" (Better Auth: "/get-session"); empty where that is no address of the configured
/// origin ("//other.test/auth").
QUrl targetOf(const ProxyOptions &options, const session::AuthProfile &profile)
{
    const bool isBetterAuth = profile.version == session::AuthVersion::BetterAuth;
    QByteArray path = options.targetBasePath.value_or(profile.basePath);
    if (!path.startsWith('/'))
        path.prepend('/');
    if (path.endsWith('/'))
        path.chop(1);
    const auto base = base::parseAnyUrl(options.baseUrl.toEncoded());
    const auto target =
        base ? base::parseAnyUrl(QByteArray(path + (isBetterAuth ? "/get-session" : "/session")), *base) : std::nullopt;
    if (!target || target->origin() != base->origin())
        return {};
    QUrl url = options.baseUrl;
    url.setPath(QString::fromUtf8(target->path), QUrl::TolerantMode);
    url.setQuery(QString::fromUtf8(target->query.mid(1)), QUrl::TolerantMode);
    url.setFragment(QString());
    return url;
}

bool isNamed(QByteArrayView name, QByteArrayView other)
{
    return name.compare(other, Qt::CaseInsensitive) == 0;
}

/// Whether the connection writes @p name by itself, or the header means it and not the request. A second one would
/// leave the deployment and what stands before it in doubt of where the request ends (request smuggling), of whose it
/// is, or bring an answer in a coding that is not read here. **Source:** RFC 9110 §7.6.1, RFC 9112 §§6, 11.2.
bool isConnectionHeader(QByteArrayView name)
{
    static constexpr std::array names{"accept-encoding",
                                      "connection",
                                      "content-length",
                                      "expect",
                                      "host",
                                      "keep-alive",
                                      "proxy-authorization",
                                      "te",
                                      "trailer",
                                      "transfer-encoding",
                                      "proxy-authenticate",
                                      "proxy-connection",
                                      "upgrade",
                                      "range",
                                      "content-encoding"};
    return std::ranges::any_of(names, [name](const char *own) { return isNamed(name, own); });
}

QString kindOf(const http::HttpResponse &answer)
{
    const QByteArray type = answer.header("Content-Type").left(80);
    return type.isEmpty() ? QStringLiteral("an answer without content type") : QString::fromLatin1(type);
}

} // namespace

bool holdsCookieCache(const session::AuthProfile &profile, QByteArrayView cookieHeader)
{
    // Whole or in chunks, with whatever prefix. Where a value says so, a look-up is not spared, no more.
    return profile.version == session::AuthVersion::BetterAuth && cookieHeader.indexOf("session_data") >= 0;
}

ProxyClient::ProxyClient(ProxyOptions options, std::shared_ptr<const session::AuthProfile> profile)
    : m_options(std::move(options)),
      m_profile(std::move(profile)),
      m_url(targetOf(m_options, *m_profile)),
      m_usable(check(m_options)),
      m_client(m_options.fetch ? nullptr : std::make_unique<http::HttpClient>(m_options.http))
{}

ProxyClient::ProxyClient(QUrl baseUrl, std::shared_ptr<const session::AuthProfile> profile, http::HttpOptions options)
    : ProxyClient(ProxyOptions{std::move(baseUrl), std::nullopt, {}, {}, std::move(options), {}}, std::move(profile))
{}

base::Status ProxyClient::check(const ProxyOptions &options)
{
    if (auto origin = http::originOf(options.baseUrl); !origin)
        return base::fail(std::move(origin.error()));
    const auto refuse = [](QByteArrayView name, const QString &why) {
        return base::fail(base::Error(ErrorCode::UsageInvalid)
                              .with(base::ErrorParam::Flag, QString::fromLatin1(name))
                              .with(base::ErrorParam::Detail, why));
    };
    const QString notText = QStringLiteral("the name or the value of this header would break its line");
    const QString ours = QStringLiteral("this header belongs to the connection and can be neither set nor forwarded");
    for (const auto &[name, value] : options.headers) {
        if (!http::isHeaderName(name) || !http::isHeaderValue(value))
            return refuse(http::isHeaderName(name) ? QByteArrayView(name) : QByteArrayView("headers"), notText);
        if (isConnectionHeader(name))
            return refuse(name, ours);
    }
    for (const QByteArray &name : options.forwardedHeaders) {
        if (!http::isHeaderName(name))
            return refuse("forwardedHeaders", notText);
        if (isConnectionHeader(name))
            return refuse(name, ours);
    }
    return {};
}

http::HttpRequest ProxyClient::requestFor(QByteArrayView cookieHeader, const RequestHeader &header, int &cookies) const
{
    http::HttpRequest request;
    request.url = m_url;
    request.headers = m_options.headers;
    for (const QByteArray &name : m_options.forwardedHeaders) {
        const QByteArrayView value = header ? header(name) : QByteArrayView();
        const bool configured = !http::headerValues(m_options.headers, name).empty();
        if (!value.isEmpty() && !configured && !isNamed(name, "cookie"))
            request.headers.emplace_back(name, value.toByteArray());
    }
    const auto replaced = http::headerValues(m_options.headers, "cookie");
    if (!replaced.empty())
        cookieHeader = replaced.front();
    QByteArray forwarded = sessionCookiesOf(cookieHeader, *m_profile, cookies);
    if (!forwarded.isEmpty() && replaced.empty())
        request.headers.emplace_back(QByteArrayLiteral("Cookie"), std::move(forwarded));
    else
        base::wipe(forwarded);
    return request;
}

Resolution ProxyClient::resolve(QByteArrayView cookieHeader, const base::Call &call)
{
    return resolve(cookieHeader, {}, call);
}

Resolution ProxyClient::resolve(QByteArrayView cookieHeader, const RequestHeader &header, const base::Call &call)
{
    const auto begun = base::Call::Clock::now();
    Resolution resolution;
    if (!m_usable) {
        setNull(resolution, NullReason::ProxyOriginMismatch, base::describe(m_usable.error()).message);
        return resolution;
    }
    if (m_url.isEmpty()) {
        setNull(resolution, NullReason::ProxyOriginMismatch,
                QStringLiteral("the base path leads away from the configured address"));
        return resolution;
    }
    int cookies = 0;
    http::HttpRequest request = requestFor(cookieHeader, header, cookies);
    const auto wiping = qScopeGuard([&request] {
        for (auto &[name, value] : request.headers)
            base::wipe(value); // the configured ones are shared, and stay
    });
    base::Result<http::HttpResponse> answer = m_client ? m_client->send(request, call) : fetched(request, call);
    const auto wipingAnswer = qScopeGuard([&answer] { // of which fingerprints and the session are kept
        if (answer) {
            http::wipeHeaders(answer->headers);
            base::wipe(answer->body);
        }
    });
    // Whoever waits for this answer with more time than this caller has not had his own.
    const bool isCutShort = !answer && (call.expired() || call.cancelled());
    resolution.isShareable = !isCutShort && !holdsCookieCache(*m_profile, http::headerValue(request.headers, "cookie"));
    const auto elapsed = [begun] { return base::Call::Clock::now() - begun; };
    const QString shown = request.url.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery);
    const QString asked = QStringLiteral("GET %1, session cookies: %2").arg(shown).arg(cookies);
    if (!answer) {
        resolution.trace.push_back({QStringLiteral("request"), StepOutcome::Error, asked, elapsed()});
        setNull(resolution, reasonFor(answer.error()), base::describe(answer.error()).message);
    } else {
        // Looking the name up and connecting is the request's part, from the first byte sent on it is the answer's.
        resolution.trace.push_back({QStringLiteral("request"), StepOutcome::Ok, asked, elapsed() - answer->took});
        judge(resolution, *answer);
        for (const QByteArray &line : answer->headerValues("Set-Cookie")) {
            if (auto effect = http::readSetCookie(line, m_clock.now());
                effect && isSessionCookie(*m_profile, effect->name))
                resolution.setCookies.push_back(std::move(*effect));
        }
        const QString detail = QStringLiteral("%1, %2, %3 bytes, session cookies set: %4")
                                   .arg(answer->status)
                                   .arg(kindOf(*answer))
                                   .arg(answer->body.size())
                                   .arg(resolution.setCookies.size());
        resolution.trace.push_back({QStringLiteral("response"),
                                    resolution.hasSession() ? StepOutcome::Ok : StepOutcome::Fail, detail,
                                    answer->took});
    }
    resolution.took = elapsed();
    return resolution;
}

base::Result<http::HttpResponse> ProxyClient::fetched(const http::HttpRequest &request, const base::Call &call) const
{
    // Whoever carries it: what the client of our own checks, holds.
    const auto origin = http::originOf(request.url);
    if (!origin)
        return base::fail(origin.error());
    if (base::Status status = http::checkRequest(request, *origin, m_options.http); !status)
        return base::fail(std::move(status.error()));
    const auto lost = [&request](const QString &message) -> base::Result<http::HttpResponse> {
        return base::fail(base::Error(ErrorCode::ConnectionLost)
                              .with(base::ErrorParam::Host, request.url.host())
                              .with(base::ErrorParam::Detail, message));
    };
    auto answer = base::callSafely(lost, m_options.fetch, request, call);
    const http::MessageLimits limits{.maxBody = m_options.http.maxBody};
    if (answer && answer->body.size() > limits.maxBody)
        return base::fail(http::faultError(*origin, http::MessageFault::BodyTooLarge, true, limits));
    return answer;
}

void ProxyClient::judge(Resolution &resolution, const http::HttpResponse &answer) const
{
    if (answer.status >= 500)
        return setNull(resolution, NullReason::Proxy5xx, statusEvidence(answer.status));
    if (answer.status >= 400)
        return setNull(resolution, NullReason::Proxy4xx, statusEvidence(answer.status));
    if (answer.status >= 300)
        return setNull(resolution, NullReason::ProxyRedirect, redirectEvidence(answer, m_url));

    if (answer.body.trimmed().isEmpty())
        return setNull(resolution, NullReason::ProxyNotJson, QStringLiteral("the answer is empty"));
    const std::optional<jose::JsonValue> json = jose::parseJson(QString::fromUtf8(answer.body));
    if (!json) {
        return setNull(resolution, NullReason::ProxyNotJson,
                       QStringLiteral("%1 came instead of JSON").arg(kindOf(answer)));
    }
    if (json->isNull())
        return setNull(resolution, NullReason::ProxyNull, QStringLiteral("the deployment answered null"));
    if (json->object() == nullptr)
        return setNull(resolution, NullReason::ProxyNotJson, QStringLiteral("JSON, but no object: not a session"));
    if (json->object()->empty())
        return setNull(resolution, NullReason::ProxyEmptyObject, QStringLiteral("the deployment answered {}"));
    resolution.session = jose::printJson(*json);
}

} // namespace rollcall::proxy
