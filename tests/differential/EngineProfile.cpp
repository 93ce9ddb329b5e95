#include <QUrl>

#include "tests/differential/Engine.h"
#include "tests/differential/SigningKeys.h"

// The configuration of a request's deployment, as our engine takes it.
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

std::optional<session::SignedTokens> signedTokensOf(const JsonValue &request)
{
    const auto algorithm = signingAlgorithm(textOf(request, u"codec"));
    if (!algorithm)
        return std::nullopt;
    session::SignedTokens tokens{*algorithm, {}};
    for (const QString &key : signingKeys(*algorithm))
        tokens.keys.emplace_back(QByteArrayView(key.toUtf8()));
    return tokens;
}

} // namespace

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

session::ForwardedHeaders forwardedOf(const JsonValue &request)
{
    const QUrl url(textOf(request, u"url"));
    session::ForwardedHeaders forwarded{url.authority().toLatin1(), std::nullopt, url.scheme().toLatin1()};
    const JsonValue *headers = request.find(u"headers");
    if (headers && headers->find(u"x-forwarded-host"))
        forwarded.forwardedHost = bytesOf(*headers, u"x-forwarded-host");
    if (headers && headers->find(u"x-forwarded-proto"))
        forwarded.forwardedProto = bytesOf(*headers, u"x-forwarded-proto");
    return forwarded;
}

session::AuthOptions optionsOf(const JsonValue &request)
{
    session::AuthOptions options;
    if (request.find(u"basePath"))
        options.basePath = bytesOf(request, u"basePath");
    options.trustHost = flagOf(request, u"trustHost");
    if (!options.trustHost && !request.find(u"env"))
        options.trustHost = true;
    if (!listOf(request, u"secrets").empty()) {
        options.secrets = secretsOf(request);
        // A lone secret is passed as text, and an empty text is none to v5.
        if (versionOf(request) == AuthVersion::V5 && options.secrets->size() == 1 && options.secrets->front().isEmpty())
            options.secrets->clear();
    }
    return options;
}

std::vector<base::SecretBytes> secretsInForce(const JsonValue &request)
{
    const session::Environment environment = environmentOf(request);
    const session::AuthOptions options = optionsOf(request);
    if (versionOf(request) == AuthVersion::V5)
        return session::nextAuthDefaults(environment, options).secrets;
    std::vector<base::SecretBytes> secrets;
    if (auto secret = session::secretV4(environment, options))
        secrets.push_back(std::move(*secret));
    return secrets;
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
    const JsonValue *environment = request.find(u"env");
    profile->production = environment && textOf(*environment, u"NODE_ENV") == u"production";
    const QString parser = textOf(request, u"parser", QStringLiteral("app"));
    profile->cookieParser = parser == u"pages" ? session::CookieParser::Pages
                            : parser == u"web" ? session::CookieParser::Web
                                               : session::CookieParser::App;
    profile->secrets = secretsInForce(request);
    profile->signedTokens = signedTokensOf(request);
    if (profile->version == AuthVersion::V5) {
        const auto defaults = session::nextAuthDefaults(environmentOf(request), optionsOf(request));
        profile->basePath = defaults.basePath;
        profile->trustHost = defaults.trustHost;
    }
    return profile;
}

JsonValue linesOf(const std::vector<http::SetCookie> &cookies)
{
    JsonValue::Array lines;
    for (const http::SetCookie &cookie : cookies)
        lines.push_back(text(QString::fromUtf8(http::setCookieLine(cookie).view())));
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

engine::EndpointContext contextOf(const JsonValue &request, engine::Adapter *adapter)
{
    const bool traced = numberOf(request, u"now", 0) / 1000 % 2 == 0;
    return {nowOf(request), adapter, engine::Effects::Apply, traced ? engine::Trace::On : engine::Trace::Off};
}

} // namespace rollcall::differential
