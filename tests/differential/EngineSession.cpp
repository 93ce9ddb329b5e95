#include "core/engine/EndpointBody.h"
#include "core/engine/ServerHelpers.h"
#include "core/routes/NextUrl.h"
#include "tests/differential/Engine.h"
#include "tests/differential/NamedCallbacks.h"
#include "tests/differential/RowsAdapter.h"

// Our engine's answers to whole requests.
namespace rollcall::differential {

namespace {

using session::AuthVersion;

JsonValue jsonText(const std::optional<QByteArray> &json)
{
    return text(json ? QString::fromUtf8(*json) : QStringLiteral("null"));
}

/// One request and what is made once for all its questions.
struct Asked
{
    const JsonValue &request;
    engine::SessionEndpoint endpoint;
    session::Environment environment;
    session::ForwardedHeaders forwarded;
    QByteArray cookie;
    base::Result<session::BaseUrl> baseUrl; ///< v4's

    explicit Asked(const JsonValue &given)
        : request(given),
          endpoint(profileOf(given), callbacksOf(given)),
          environment(environmentOf(given)),
          forwarded(forwardedOf(given)),
          cookie(headerOf("cookie")),
          baseUrl(session::parseBaseUrl(session::detectOrigin(environment, forwarded)))
    {}

    [[nodiscard]] QByteArray headerOf(const char *name) const
    {
        const JsonValue *headers = request.find(u"headers");
        return headers ? bytesOf(*headers, QString::fromLatin1(name)) : QByteArray();
    }
    [[nodiscard]] bool isV4() const { return versionOf(request) == AuthVersion::V4; }
    /// Whether v4 comes as far as to its address, and throws for it.
    [[nodiscard]] bool throwsForAddress() const
    {
        const auto &secrets = endpoint.profile().secrets;
        const bool hasSecret = !secrets.empty() && !secrets.front().isEmpty();
        return isV4() && !baseUrl && (hasSecret || !endpoint.profile().production);
    }
};

/// What v5 is asked: the environment's origin in place of the request's. nullopt where that throws.
std::optional<QByteArray> urlOf(const Asked &asked)
{
    const QByteArray url = textOf(asked.request, u"url").toUtf8();
    if (asked.isV4())
        return url;
    const auto seen = routes::NextUrl::parse(url, {});
    const auto origin = session::environmentOrigin(asked.environment);
    if (!seen || !origin)
        return std::nullopt;
    if (!*origin)
        return seen->href();
    QByteArray href = seen->href();
    const auto replaced = routes::NextUrl::parse(href.replace(0, seen->origin().size(), **origin), {});
    return replaced ? std::optional(replaced->href()) : std::nullopt;
}

/// Whether Next.js Pages answers by itself, before v4 looks for its address: it reads the body first.
bool isRefusedByPages(const Asked &asked, const engine::EndpointRequest &request)
{
    return textOf(asked.request, u"parser") == u"pages" && request.method == "POST" &&
           !engine::readEndpointBody(request.body, asked.headerOf("content-type"), asked.endpoint.profile());
}

JsonValue endpointAnswer(const Asked &asked)
{
    static const JsonValue noRows;
    const JsonValue *db = asked.request.find(u"db");
    RowsAdapter adapter(db ? *db : noRows);
    const auto context = contextOf(asked.request, db ? &adapter : nullptr);
    engine::EndpointRequest request;
    request.method = textOf(asked.request, u"method", QStringLiteral("GET")).toLatin1();
    request.body = bytesOf(asked.request, u"body");
    const auto url = urlOf(asked);
    if (!url || (asked.throwsForAddress() && !isRefusedByPages(asked, request)))
        return object({{"throws", JsonValue(true)}});
    request.url = *url;
    for (const char *name : {"cookie", "content-type"}) {
        if (const QByteArray value = asked.headerOf(name); !value.isEmpty())
            request.headers.emplace_back(name, value);
    }
    const engine::EndpointResponse response =
        asked.isV4() ? asked.endpoint.handleV4(request, asked.baseUrl.value_or(session::BaseUrl()), context, {})
                     : asked.endpoint.handleV5(request, engine::SessionForm::Endpoint, context, {});
    if (response.thrown)
        return object({{"throws", text(*response.thrown)}});
    return object({{"calls", list(adapter.calls())},
                   {"log", logOf(response.outcome.log)},
                   {"status", number(response.status)},
                   {"body", text(QString::fromUtf8(response.body))},
                   {"setCookies", linesOf(response.setCookies)}});
}

JsonValue helperAnswer(const Asked &asked)
{
    static const JsonValue noRows;
    const JsonValue *db = asked.request.find(u"db");
    RowsAdapter adapter(db ? *db : noRows);
    const auto context = contextOf(asked.request, db ? &adapter : nullptr);
    const bool isPages = textOf(asked.request, u"parser") == u"pages";
    engine::HelperResult result;
    if (asked.throwsForAddress())
        return object({{"throws", JsonValue(true)}});
    if (asked.isV4()) {
        result = engine::getServerSession(asked.endpoint, asked.cookie,
                                          isPages ? engine::ServerForm::Pages : engine::ServerForm::App,
                                          asked.baseUrl.value_or(session::BaseUrl()), context, {});
    } else {
        const auto url =
            session::actionUrl("session", asked.environment, asked.forwarded, asked.endpoint.profile().basePath);
        if (!url)
            return object({{"throws", text(QStringLiteral("Invalid URL"))}});
        result = engine::authHelper(asked.endpoint, asked.cookie, url->href(), context, {});
    }
    JsonValue answer =
        result.thrown ? object({{"throws", text(*result.thrown)}}) : object({{"returns", jsonText(result.session)}});
    answer.set(QStringLiteral("calls"), list(adapter.calls()));
    if (asked.isV4() && isPages)
        answer.set(QStringLiteral("setCookies"), linesOf(result.setCookies));
    return answer;
}

JsonValue tokenAnswer(const Asked &asked)
{
    const QByteArray authorization = asked.headerOf("authorization");
    engine::TokenRequest request;
    request.cookieHeader = asked.cookie;
    request.authorization = authorization;
    request.cookieName = textOf(asked.request, u"cookieName").toUtf8();
    request.secureCookie =
        flagOf(asked.request, u"secureCookie").value_or(asked.isV4() && session::getTokenIsSecure(asked.environment));
    request.raw = flagOf(asked.request, u"raw").value_or(false);
    request.dialect = !asked.isV4()                                  ? http::CookieDialect::AuthCore
                      : textOf(asked.request, u"parser") == u"pages" ? http::CookieDialect::NextApi
                                                                     : http::CookieDialect::NextEdge;
    const engine::TokenResult result = engine::getToken(asked.endpoint, request, nowOf(asked.request));
    // v5 throws for want of a secret; the engine has a reason for it.
    if (!asked.isV4() && result.reason == session::NullReason::MissingSecret)
        return object({{"throws", JsonValue(true)}});
    if (result.raw)
        return object(
            {{"returns", text(QString::fromUtf8(jose::printJson(text(QString::fromUtf8(result.raw->view())))))}});
    return object(
        {{"returns", jsonText(result.claims ? std::optional(result.claims->text().toByteArray()) : std::nullopt)}});
}

} // namespace

JsonValue sessionAnswer(const JsonValue &request)
{
    const Asked asked(request);
    return object(
        {{"endpoint", endpointAnswer(asked)}, {"helper", helperAnswer(asked)}, {"token", tokenAnswer(asked)}});
}

} // namespace rollcall::differential
