#include "core/demo/DemoAuth.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>

#include <algorithm>
#include <array>

#include "core/base/Log.h"
#include "core/http/ChunkedCookie.h"
#include "core/http/CookieNames.h"
#include "core/jose/TokenCodec.h"

namespace rollcall::demo {

using http::CookiePurpose;
using http::HeaderList;
using http::HttpMessage;

namespace {

/// The headers of the library's JSON answers.
HeaderList jsonHeaders()
{
    return {{QByteArrayLiteral("Content-Type"), QByteArrayLiteral("application/json")},
            {QByteArrayLiteral("Cache-Control"), QByteArrayLiteral("private, no-cache, no-store")},
            {QByteArrayLiteral("Expires"), QByteArrayLiteral("0")},
            {QByteArrayLiteral("Pragma"), QByteArrayLiteral("no-cache")}};
}

DemoAnswer jsonAnswer(int status, const QByteArray &body)
{
    return {status, {{QByteArrayLiteral("Content-Type"), QByteArrayLiteral("application/json")}}, body};
}

void append(HeaderList &to, HeaderList from)
{
    std::move(from.begin(), from.end(), std::back_inserter(to));
}

/// The request's cookies as v5 reads them.
http::Cookies cookiesOf(const HttpMessage &request)
{
    return http::parseCookies(cookieHeader(request), http::CookieDialect::AuthCore);
}

QByteArray valueOf(const http::Cookies &cookies, const QByteArray &name)
{
    for (const http::Cookie &cookie : cookies) {
        if (cookie.name == name)
            return cookie.value.view().toByteArray();
    }
    return {};
}

/// A Set-Cookie line of one of the helper cookies: they end with the browser's session.
void setHelper(HeaderList &answer, const QByteArray &name, const QByteArray &value, const session::AuthProfile &profile)
{
    http::SetCookie cookie;
    cookie.name = name;
    cookie.value = base::SecretBytes(value);
    cookie.attributes = http::sessionCookieAttributes(profile);
    answer.emplace_back(QByteArrayLiteral("Set-Cookie"), http::setCookieLine(cookie).view().toByteArray());
}

QByteArray csrfHash(const QByteArray &token, const session::AuthProfile &profile)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(token);
    // An array of secrets is joined with commas, so that rotation invalidates csrf cookies.
    for (std::size_t i = 0; i < profile.secrets.size(); ++i) {
        if (i > 0)
            hash.addData(",");
        hash.addData(profile.secrets[i].view());
    }
    return hash.result().toHex();
}

QByteArray newCsrfToken()
{
    std::array<quint32, 8> words{};
    QRandomGenerator::system()->fillRange(words.data(), static_cast<qsizetype>(words.size()));
    return QByteArray::fromRawData(reinterpret_cast<const char *>(words.data()), sizeof words).toHex();
}

QByteArray signInPage()
{
    return QByteArrayLiteral(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sign in</title></head>"
        "<body><h1>Sign in</h1><p>This is Rollcall's demo deployment: its people are made up, and "
        "it signs nobody in. A session cookie of the demo visitor lies in its folder "
        "(visitor.cookie).</p></body></html>");
}

} // namespace

QByteArray cookieHeader(const HttpMessage &request)
{
    QByteArray joined;
    for (const QByteArray &value : http::headerValues(request.headers, "Cookie"))
        joined += (joined.isEmpty() ? QByteArray() : QByteArray("; ")) + value;
    return joined;
}

QByteArray requestPath(const HttpMessage &request)
{
    const qsizetype query = request.target.indexOf('?');
    return query < 0 ? request.target : request.target.left(query);
}

DemoAuth::DemoAuth(QUrl origin, std::shared_ptr<const session::AuthProfile> profile)
    : m_origin(std::move(origin)), m_profile(std::move(profile))
{}

bool DemoAuth::owns(QByteArrayView path) const
{
    return path.startsWith(m_profile->basePath) && path.sliced(m_profile->basePath.size()).startsWith('/');
}

QByteArray DemoAuth::action(const HttpMessage &request) const
{
    return requestPath(request).mid(m_profile->basePath.size() + 1);
}

bool DemoAuth::isSession(const HttpMessage &request) const
{
    return request.method == "GET" && action(request) == "session";
}

DemoAnswer DemoAuth::session(const HttpMessage &request, const session::Resolution &resolution) const
{
    DemoAnswer answer{200, jsonHeaders(), resolution.session.value_or("null")};
    static_cast<void>(csrfToken(request, answer.headers));
    if (!callbackUrl(request, answer.headers)) {
        return jsonAnswer(500, "{\"message\":\"There was a problem with the server configuration. Check the server "
                               "logs for more information.\"}");
    }
    sessionCookies(request, resolution, answer.headers);
    return answer;
}

DemoAnswer DemoAuth::other(const HttpMessage &request) const
{
    if (request.method == "POST")
        return jsonAnswer(400, "null"); // as without a valid csrf token
    const QByteArray name = action(request);
    if (request.method != "GET" || (name != "csrf" && name != "providers" && name != "signin"))
        return jsonAnswer(400, "\"Bad request.\"");
    DemoAnswer answer{200, jsonHeaders(), {}};
    const QByteArray token = csrfToken(request, answer.headers);
    static_cast<void>(callbackUrl(request, answer.headers));
    if (name == "csrf") {
        answer.body = "{\"csrfToken\":\"" + token + "\"}";
    } else if (name == "providers") {
        const QString base = m_origin.toString() + QString::fromUtf8(m_profile->basePath);
        QJsonObject providers;
        for (const auto &[id, title, type] : {std::tuple{"discord", "Discord", "oauth"},
                                              {"github", "GitHub", "oauth"},
                                              {"google", "Google", "oidc"},
                                              {"microsoft-entra-id", "Microsoft Entra ID", "oidc"}}) {
            const QString key = QString::fromLatin1(id);
            providers[key] =
                QJsonObject{{QStringLiteral("id"), key},
                            {QStringLiteral("name"), QString::fromLatin1(title)},
                            {QStringLiteral("type"), QString::fromLatin1(type)},
                            {QStringLiteral("signinUrl"), QString(base + QStringLiteral("/signin/") + key)},
                            {QStringLiteral("callbackUrl"), QString(base + QStringLiteral("/callback/") + key)}};
        }
        answer.body = QJsonDocument(providers).toJson(QJsonDocument::Compact);
    } else {
        answer.headers.front().second = QByteArrayLiteral("text/html; charset=utf-8");
        answer.body = signInPage();
    }
    return answer;
}

DemoAnswer DemoAuth::toSignIn(const HttpMessage &request, const session::Resolution &resolution) const
{
    const QByteArray wanted = m_origin.toEncoded() + request.target;
    DemoAnswer answer;
    answer.status = 307;
    answer.headers.emplace_back("Location", m_origin.toEncoded() + m_profile->basePath +
                                                "/signin?callbackUrl=" + http::encodeUriComponent(wanted));
    append(answer.headers, cookies(request, resolution));
    return answer;
}

HeaderList DemoAuth::cookies(const HttpMessage &request, const session::Resolution &resolution) const
{
    HeaderList lines;
    static_cast<void>(csrfToken(request, lines));
    static_cast<void>(callbackUrl(request, lines));
    sessionCookies(request, resolution, lines);
    return lines;
}

QByteArray DemoAuth::csrfToken(const HttpMessage &request, HeaderList &answer) const
{
    const QByteArray name = http::defaultCookieName(m_profile->version, CookiePurpose::Csrf, m_profile->secureCookies);
    const QList<QByteArray> sent = valueOf(cookiesOf(request), name).split('|');
    if (sent.size() == 2 && !sent.front().isEmpty() && sent.back() == csrfHash(sent.front(), *m_profile))
        return sent.front();
    const QByteArray token = newCsrfToken();
    setHelper(answer, name, token + '|' + csrfHash(token, *m_profile), *m_profile);
    return token;
}

bool DemoAuth::callbackUrl(const HttpMessage &request, HeaderList &answer) const
{
    const QByteArray name =
        http::defaultCookieName(m_profile->version, CookiePurpose::CallbackUrl, m_profile->secureCookies);
    const QByteArray origin = m_origin.toEncoded();
    const QByteArray sent = valueOf(cookiesOf(request), name);
    QByteArray wanted = origin;
    if (sent.startsWith('/')) {
        wanted = origin + sent;
    } else if (!sent.isEmpty()) {
        const QUrl url = QUrl::fromEncoded(sent, QUrl::StrictMode);
        if (!url.isValid() || (url.scheme() != QStringLiteral("http") && url.scheme() != QStringLiteral("https")))
            return false;
        if (url.scheme() == m_origin.scheme() && url.authority() == m_origin.authority())
            wanted = sent;
    }
    if (wanted != sent)
        setHelper(answer, name, wanted, *m_profile);
    return true;
}

void DemoAuth::sessionCookies(const HttpMessage &request, const session::Resolution &resolution,
                              HeaderList &answer) const
{
    const QByteArray name = http::sessionCookieName(*m_profile);
    const http::Cookies recognised = http::sessionCookies(cookiesOf(request), name, m_profile->version);
    const http::CookieAttributes attributes = http::sessionCookieAttributes(*m_profile);
    const base::Instant now = base::SystemClock().now();
    std::vector<http::SetCookie> lines;
    if (resolution.hasSession() && m_profile->strategy == session::Strategy::Database) {
        // The same token under the plain name; no cleaning of chunks.
        http::SetCookie cookie;
        cookie.name = name;
        cookie.value = http::assembleChunks(recognised, m_profile->version);
        cookie.attributes = attributes;
        cookie.expires = now + m_profile->lifetime();
        lines.push_back(std::move(cookie));
    } else if (resolution.hasSession()) {
        const base::SecretBytes token = http::assembleChunks(recognised, m_profile->version);
        const jose::Decoded decoded =
            jose::decodeToken(m_profile->version, token.view(), m_profile->secrets, name, now);
        auto renewed = jose::encodeToken(m_profile->version, decoded.claimsJson, m_profile->secrets, name,
                                         m_profile->lifetime(), now);
        if (!renewed) {
            qCWarning(base::log, "the demo cannot renew a token: %s",
                      qPrintable(base::errorName(renewed.error().code)));
            return;
        }
        lines = http::renewedCookies(recognised, name, std::move(*renewed), now + m_profile->lifetime(), attributes,
                                     m_profile->version);
    } else if (std::any_of(resolution.setCookies.begin(), resolution.setCookies.end(),
                           [](const session::CookieEffect &effect) { return effect.cleared; })) {
        lines = http::clearedCookies(recognised, attributes);
    }
    for (const http::SetCookie &line : lines)
        answer.emplace_back(QByteArrayLiteral("Set-Cookie"), http::setCookieLine(line).view().toByteArray());
}

} // namespace rollcall::demo
