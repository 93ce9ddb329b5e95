#include <QUrl>

#include "core/engine/ServerHelpers.h"
#include "tests/differential/Engine.h"
#include "tests/differential/NamedCallbacks.h"
#include "tests/differential/RowsAdapter.h"

// Our engine's answers to whole requests.
namespace rollcall::differential {

namespace {

using session::AuthVersion;

session::CookieOptions cookieOptionsOf(const JsonValue &options)
{
    session::CookieOptions result;
    if (options.find(u"path"))
        result.path = bytesOf(options, u"path");
    if (options.find(u"sameSite"))
        result.sameSite = bytesOf(options, u"sameSite");
    result.httpOnly = flagOf(options, u"httpOnly");
    result.secure = flagOf(options, u"secure");
    return result;
}

std::shared_ptr<const session::AuthProfile> profileOf(const JsonValue &request)
{
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = versionOf(request);
    profile->strategy =
        textOf(request, u"strategy") == u"database" ? session::Strategy::Database : session::Strategy::Jwt;
    profile->useSecureCookies = flagOf(request, u"useSecureCookies");
    profile->cookieName = textOf(request, u"cookieName").toUtf8();
    if (const JsonValue *options = request.find(u"cookieOptions"))
        profile->cookieOptions = cookieOptionsOf(*options);
    else if (profile->version == AuthVersion::V4 && !profile->cookieName.isEmpty())
        profile->cookieOptions.emplace(); // v4 takes the entry as it is: a name alone has no attributes
    profile->maxAge = std::chrono::seconds(numberOf(request, u"maxAge", 2'592'000));
    profile->updateAge = std::chrono::seconds(numberOf(request, u"updateAge", 86'400));
    if (request.find(u"jwtMaxAge"))
        profile->jwtMaxAge = std::chrono::seconds(numberOf(request, u"jwtMaxAge", 0));
    profile->trustHost = flagOf(request, u"trustHost").value_or(true);
    const JsonValue *environment = request.find(u"env");
    profile->production = environment && textOf(*environment, u"NODE_ENV") == u"production";
    const QString parser = textOf(request, u"parser", QStringLiteral("app"));
    profile->cookieParser = parser == u"pages" ? session::CookieParser::Pages
                            : parser == u"web" ? session::CookieParser::Web
                                               : session::CookieParser::App;
    profile->secrets = secretsOf(request);
    return profile;
}

session::Environment environmentOf(const JsonValue &request)
{
    session::Environment environment;
    const JsonValue *variables = request.find(u"env");
    if (variables && variables->object()) {
        for (const JsonValue::Member &variable : *variables->object()) {
            if (const QString *value = variable.value.string())
                environment.emplace(variable.name.toUtf8(), base::SecretBytes(value->toUtf8()));
        }
    }
    return environment;
}

JsonValue linesOf(const std::vector<http::SetCookie> &cookies)
{
    JsonValue::Array lines;
    for (const http::SetCookie &cookie : cookies)
        lines.push_back(text(QString::fromUtf8(http::setCookieText(cookie))));
    return list(std::move(lines));
}

JsonValue logOf(const std::vector<engine::LogLine> &log)
{
    JsonValue::Array lines;
    for (const engine::LogLine &line : log) {
        if (line.level == engine::LogLine::Level::Error)
            lines.push_back(list({text(QStringLiteral("error")), text(QString::fromUtf8(line.code))}));
    }
    return list(std::move(lines));
}

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
          endpoint(profileOf(given), namedCallbacks(textOf(given, u"callbacks"))),
          environment(environmentOf(given)),
          baseUrl(base::fail(base::Error(base::ErrorCode::UrlInvalid)))
    {
        const QUrl url(textOf(request, u"url"));
        forwarded.host = url.authority().toLatin1();
        forwarded.forwardedProto = url.scheme().toLatin1();
        const JsonValue *headers = request.find(u"headers");
        cookie = headers ? bytesOf(*headers, u"cookie") : QByteArray();
        baseUrl = session::parseBaseUrl(session::detectOrigin(environment, forwarded));
    }

    [[nodiscard]] bool isV4() const { return versionOf(request) == AuthVersion::V4; }
};

engine::EndpointContext contextOf(const JsonValue &request, RowsAdapter *adapter)
{
    // Tracing must make no difference: every other request is traced.
    const bool traced = numberOf(request, u"now", 0) / 1000 % 2 == 0;
    return {nowOf(request), adapter, engine::Effects::Apply, traced ? engine::Trace::On : engine::Trace::Off};
}

JsonValue endpointAnswer(const Asked &asked)
{
    static const JsonValue noRows;
    const JsonValue *db = asked.request.find(u"db");
    RowsAdapter adapter(db ? *db : noRows);
    const auto context = contextOf(asked.request, db ? &adapter : nullptr);
    engine::EndpointRequest request;
    request.method = textOf(asked.request, u"method", QStringLiteral("GET")).toLatin1();
    request.url = textOf(asked.request, u"url").toLatin1();
    request.headers = {{"Host", *asked.forwarded.host}, {"X-Forwarded-Proto", *asked.forwarded.forwardedProto}};
    if (!asked.cookie.isEmpty())
        request.headers.emplace_back("Cookie", asked.cookie);
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
    const JsonValue *headers = asked.request.find(u"headers");
    const QByteArray authorization = headers ? bytesOf(*headers, u"authorization") : QByteArray();
    engine::TokenRequest request;
    request.cookieHeader = asked.cookie;
    request.authorization = authorization;
    request.cookieName = textOf(asked.request, u"cookieName").toUtf8();
    request.secureCookie = flagOf(asked.request, u"secureCookie").value_or(false);
    request.dialect = !asked.isV4()                                  ? http::CookieDialect::AuthCore
                      : textOf(asked.request, u"parser") == u"pages" ? http::CookieDialect::NextApi
                                                                     : http::CookieDialect::NextEdge;
    const engine::TokenResult result = engine::getToken(asked.endpoint, request, nowOf(asked.request));
    // v5 throws for want of a secret; the engine has a reason for it.
    if (!asked.isV4() && result.reason == session::NullReason::MissingSecret)
        return object({{"throws", JsonValue(true)}});
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
