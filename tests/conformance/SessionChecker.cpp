#include <QCryptographicHash>
#include <QRegularExpression>

#include <algorithm>
#include <array>

#include "core/base/WebUrl.h"
#include "core/engine/ServerHelpers.h"
#include "tests/conformance/Checker.h"
#include "tests/conformance/VectorCallbacks.h"
#include "tests/support/VectorAdapter.h"

namespace rollcall::conformance {

namespace {

using engine::EndpointContext;
using engine::HelperResult;
using engine::SessionEndpoint;
using jose::JsonValue;
using session::AuthProfile;
using session::AuthVersion;

/// A case's deployment and request.
struct Case
{
    std::shared_ptr<AuthProfile> profile = std::make_shared<AuthProfile>();
    std::shared_ptr<const engine::Callbacks> callbacks;
    session::Environment environment;
    const JsonValue *db = nullptr;
    base::Instant now;
    engine::EndpointRequest request;

    [[nodiscard]] bool isV4() const { return profile->version == AuthVersion::V4; }
    [[nodiscard]] QByteArray cookie() const { return http::headerValue(request.headers, "cookie"); }
    /// The request's own address, where its headers name none.
    [[nodiscard]] session::ForwardedHeaders forwarded() const
    {
        session::ForwardedHeaders headers;
        const auto named = [this](const char *name, std::optional<QByteArray> otherwise) {
            const QByteArray value = http::headerValue(request.headers, name);
            return value.isEmpty() ? std::move(otherwise) : std::optional(value);
        };
        const auto url = base::parseWebUrl(request.url);
        headers.host = named("host", url ? std::optional(url->hostAndPort()) : std::nullopt);
        headers.forwardedHost = named("x-forwarded-host", std::nullopt);
        headers.forwardedProto = named("x-forwarded-proto", url ? std::optional(url->scheme) : std::nullopt);
        return headers;
    }
};

Case caseOf(Fields &vector, Differences &differences)
{
    Case result;
    AuthProfile &profile = *result.profile;
    profile.version = versionOf(vector, differences);
    profile.cookieParser = session::CookieParser::Web;
    profile.secrets = secretsOf(vector.texts(u"secrets"));
    result.db = vector.maybeValue(u"db");
    const auto strategy = vector.maybeText(u"strategy");
    if (strategy && *strategy != u"jwt" && *strategy != u"database")
        differences.add(QStringLiteral("field strategy: \"%1\" is not a known word").arg(*strategy));
    const auto option = !strategy
                            ? std::nullopt
                            : std::optional(*strategy == u"jwt" ? session::Strategy::Jwt : session::Strategy::Database);
    profile.strategy = session::strategyInForce(option, result.db != nullptr);
    const auto seconds = [&vector](QStringView name, std::chrono::seconds otherwise) {
        const auto value = vector.maybeNumber(name);
        return value ? std::chrono::seconds(static_cast<qint64>(*value)) : otherwise;
    };
    profile.maxAge = seconds(u"maxAge", profile.lifetime());
    profile.updateAge = seconds(u"updateAge", profile.updateAge);
    profile.useSecureCookies = vector.maybeFlag(u"useSecureCookies");
    profile.cookieName = vector.maybeText(u"cookieName").value_or(QString()).toUtf8();
    profile.trustHost = vector.maybeFlag(u"trustHost").value_or(true);
    profile.basePath = vector.maybeText(u"basePath").value_or(QStringLiteral("/api/auth")).toUtf8();
    if (const JsonValue *environment = vector.maybeValue(u"env"); environment && environment->object()) {
        for (const JsonValue::Member &member : *environment->object())
            result.environment.emplace(
                member.name.toUtf8(),
                base::SecretBytes(member.value.string() ? member.value.string()->toUtf8() : QByteArray()));
    }
    const auto node = result.environment.find("NODE_ENV");
    profile.production = node != result.environment.end() && node->second.view() == "production";
    if (const auto name = vector.maybeText(u"callbacks")) {
        if (auto callbacks = callbacksCalled(*name))
            result.callbacks = std::make_shared<const engine::Callbacks>(std::move(*callbacks));
        else
            differences.add(QStringLiteral("field callbacks: \"%1\" is not a known word").arg(*name));
    }
    result.now = vector.instant(u"now");
    Fields request = vector.object(u"request");
    result.request.method = request.text(u"method").toUtf8();
    result.request.url = request.text(u"url").toUtf8();
    if (const JsonValue *body = request.maybeValue(u"body"))
        result.request.body = body->string() ? body->string()->toUtf8() : jose::printJson(*body);
    const JsonValue &headers = request.value(u"headers");
    for (const JsonValue::Member &member : headers.object() ? *headers.object() : JsonValue::Object()) {
        result.request.headers.emplace_back(
            member.name.toUtf8(),
            wireBytes(member.value.string() ? *member.value.string() : QString()).value_or(QByteArray()));
    }
    return result;
}

/// Fresh data for one question.
struct Run
{
    explicit Run(const Case &vector)
    {
        context.now = vector.now;
        context.effects = engine::Effects::Apply;
        if (vector.db)
            context.adapter = &adapter.emplace(*vector.db);
    }
    std::optional<test::VectorAdapter> adapter;
    EndpointContext context;
};

bool isCsrfValue(const QByteArray &value, const std::vector<base::SecretBytes> &secrets)
{
    static const QRegularExpression form(QStringLiteral("^[0-9a-f]{64}\\|[0-9a-f]{64}$"));
    QByteArray message = value.first(std::min<qsizetype>(64, value.size()));
    for (const base::SecretBytes &secret : secrets) {
        message += &secret == &secrets.front() ? "" : ",";
        message += secret.view();
    }
    return form.match(QString::fromUtf8(value)).hasMatch() &&
           value.sliced(65) == QCryptographicHash::hash(message, QCryptographicHash::Sha256).toHex();
}

JsonValue withoutJti(const JsonValue &claims)
{
    JsonValue::Object kept = claims.object() ? *claims.object() : JsonValue::Object();
    std::erase_if(kept, [](const JsonValue::Member &member) { return member.name == u"jti"; });
    return JsonValue(std::move(kept));
}

/// The attributes of a Set-Cookie as text, without name and value.
QString attributesOf(const http::SetCookie &cookie)
{
    const QByteArray line = http::setCookieLine(cookie).view().toByteArray();
    const qsizetype end = line.indexOf(';');
    return end < 0 ? QString() : QString::fromUtf8(line.sliced(end + 2));
}

void compareCookies(const Case &vector, const SessionEndpoint &endpoint, const std::vector<http::SetCookie> &actual,
                    Fields &response, Differences &differences)
{
    const JsonValue::Array expected = response.array(u"setCookies");
    QStringList names;
    QStringList expectedNames;
    QByteArray token;
    for (const http::SetCookie &cookie : actual)
        names << QString::fromUtf8(cookie.name);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const JsonValue *name = expected.at(i).find(u"name");
        expectedNames << (name && name->string() ? *name->string() : QString());
        const JsonValue *value = expected.at(i).find(u"value");
        const JsonValue *kind = value ? value->find(u"kind") : nullptr;
        if (kind && kind->string() && *kind->string() == u"jwe" && i < actual.size())
            token += actual.at(i).value.view();
    }
    differences.compare(QStringLiteral("setCookies"), names.join(QLatin1Char(' ')),
                        expectedNames.join(QLatin1Char(' ')));
    for (std::size_t i = 0; i < std::min(expected.size(), actual.size()); ++i) {
        const QString what = QStringLiteral("setCookies[%1]").arg(i);
        const http::SetCookie &cookie = actual.at(i);
        Fields line(expected.at(i), what, differences);
        line.ignore({u"name"});
        differences.compare(what + u".attributes", attributesOf(cookie), line.text(u"attributes"));
        Fields value = line.object(u"value");
        const QString kind = value.text(u"kind");
        if (kind == u"empty") {
            differences.compare(what, cookie.value.view().toByteArray(), QByteArray());
        } else if (kind == u"text") {
            differences.compare(what, cookie.value.view().toByteArray(), value.text(u"text").toUtf8());
        } else if (kind == u"csrf") {
            value.ignore({u"pattern"});
            differences.compare(what, isCsrfValue(cookie.value.view().toByteArray(), vector.profile->secrets), true);
        } else if (kind == u"jwe") {
            differences.compare(what + u".length", qint64{cookie.value.size()},
                                static_cast<qint64>(value.number(u"length")));
            const bool secure = cookie.attributes.secure;
            const auto opened = endpoint.action(secure).open(token, vector.now);
            differences.compare(what + u".claims", withoutJti(opened.claims.value()), value.value(u"claims"));
            differences.compare(what + u".newJti", opened.claims.string("jti").value_or(QString()).size() == 36,
                                value.flag(u"newJti"));
        } else {
            differences.add(QStringLiteral("%1: kind \"%2\" is not a known word").arg(what, kind));
        }
    }
}

JsonValue loggedBy(const engine::SessionOutcome &outcome)
{
    JsonValue::Array lines;
    for (const engine::LogLine &line : outcome.log) {
        JsonValue entry{JsonValue::Object()};
        entry.set(
            QStringLiteral("level"),
            JsonValue(line.level == engine::LogLine::Level::Error ? QStringLiteral("error") : QStringLiteral("warn")));
        entry.set(QStringLiteral("code"), JsonValue(QString::fromUtf8(line.code)));
        lines.push_back(std::move(entry));
    }
    return JsonValue(std::move(lines));
}

/// Level and code of the expected lines. v4 warns of a missing NEXTAUTH_URL once in a process, whenever that was.
JsonValue expectedLog(const JsonValue::Array &lines)
{
    JsonValue::Array result;
    for (const JsonValue &line : lines) {
        JsonValue entry{JsonValue::Object()};
        for (const QString &name : {QStringLiteral("level"), QStringLiteral("code")})
            entry.set(name, line.find(name) ? *line.find(name) : JsonValue());
        if (entry.find(u"code")->string() && *entry.find(u"code")->string() == u"NEXTAUTH_URL")
            continue;
        result.push_back(std::move(entry));
    }
    return JsonValue(std::move(result));
}

session::BaseUrl baseUrlOf(const Case &vector, Differences &differences)
{
    auto base = session::parseBaseUrl(session::detectOrigin(vector.environment, vector.forwarded()));
    if (!base)
        differences.add(QStringLiteral("the deployment's own address cannot be read"));
    return base.value_or(session::BaseUrl());
}

void checkResponse(const Case &vector, const SessionEndpoint &endpoint, Fields &expected, Differences &differences)
{
    Run run(vector);
    const auto response = vector.isV4()
                              ? endpoint.handleV4(vector.request, baseUrlOf(vector, differences), run.context, {})
                              : endpoint.handleV5(vector.request, engine::SessionForm::Endpoint, run.context, {});
    Fields fields = expected.object(u"response");
    differences.compare(QStringLiteral("status"), qint64{response.status},
                        static_cast<qint64>(fields.number(u"status")));
    std::map<QByteArray, QByteArray> headers;
    for (const auto &[name, value] : response.headers)
        headers.emplace(name.toLower(), value);
    JsonValue::Object shown;
    for (const auto &[name, value] : headers)
        shown.push_back({QString::fromUtf8(name), JsonValue(QString::fromUtf8(value))});
    differences.compare(QStringLiteral("headers"), JsonValue(std::move(shown)), fields.value(u"headers"));
    const JsonValue &body = fields.value(u"body");
    const JsonValue *text = body.find(u"$text");
    differences.compare(QStringLiteral("body"), response.body,
                        text && text->string() ? text->string()->toUtf8() : jose::printJson(body));
    compareCookies(vector, endpoint, response.setCookies, fields, differences);
    differences.compare(QStringLiteral("adapterCalls"),
                        run.adapter ? run.adapter->calls() : JsonValue(JsonValue::Array()),
                        JsonValue(expected.array(u"adapterCalls")));
    differences.compare(QStringLiteral("log"), loggedBy(response.outcome), expectedLog(expected.array(u"log")));
}

void compareHelper(const QString &what, const HelperResult &result, const JsonValue &expected, Differences &differences)
{
    // The message is there to quote, not to match.
    const bool throws = expected.find(u"$throws") != nullptr;
    differences.compare(what + u" throws", result.thrown.has_value(), throws);
    if (!throws)
        differences.compare(what, result.session.value_or(QByteArrayLiteral("null")), jose::printJson(expected));
}

void checkHelpers(const Case &vector, const SessionEndpoint &endpoint, Fields &expected, Differences &differences)
{
    const QByteArray cookie = vector.cookie();
    if (vector.isV4()) {
        const auto base = baseUrlOf(vector, differences);
        Fields forms = expected.object(u"getServerSession");
        Run pages(vector);
        compareHelper(QStringLiteral("getServerSession.pages"),
                      engine::getServerSession(endpoint, cookie, engine::ServerForm::Pages, base, pages.context, {}),
                      forms.value(u"pages"), differences);
        Run app(vector);
        compareHelper(QStringLiteral("getServerSession.app"),
                      engine::getServerSession(endpoint, cookie, engine::ServerForm::App, base, app.context, {}),
                      forms.value(u"app"), differences);
        return;
    }
    Fields forms = expected.object(u"auth");
    const auto url = session::actionUrl("session", vector.environment, vector.forwarded(), vector.profile->basePath);
    Run run(vector);
    compareHelper(QStringLiteral("auth.app"),
                  engine::authHelper(endpoint, cookie, url ? url->href() : QByteArray(), run.context, {}),
                  forms.value(u"app"), differences);
}

void checkGetToken(const Case &vector, const SessionEndpoint &endpoint, Fields &expected, Differences &differences)
{
    const auto base = vector.isV4() ? baseUrlOf(vector, differences).base : vector.request.url;
    const bool secure = vector.profile->useSecureCookies.value_or(base.startsWith("https:"));
    engine::TokenRequest request;
    const QByteArray cookie = vector.cookie();
    const QByteArray authorization = http::headerValue(vector.request.headers, "authorization");
    request.cookieHeader = cookie;
    request.authorization = authorization;
    request.cookieName = endpoint.action(secure).cookieName();
    request.dialect = vector.isV4() ? http::CookieDialect::NextApi : http::CookieDialect::AuthCore;
    const auto result = engine::getToken(endpoint, request, vector.now);
    differences.compare(QStringLiteral("getToken"), result.claims ? result.claims->value() : JsonValue(),
                        expected.value(u"getToken"));
}

} // namespace

void checkSession(Fields &vector, const JsonValue &, Differences &differences)
{
    const Case input = caseOf(vector, differences);
    const SessionEndpoint endpoint(input.profile, input.callbacks);
    Fields expected = vector.object(u"expected");
    checkResponse(input, endpoint, expected, differences);
    checkHelpers(input, endpoint, expected, differences);
    checkGetToken(input, endpoint, expected, differences);
}

} // namespace rollcall::conformance
