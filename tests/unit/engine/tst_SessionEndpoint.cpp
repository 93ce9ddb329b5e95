#include <QCryptographicHash>
#include <QtTest>

#include <time.h>

#include "core/engine/NullDiagnosis.h"
#include "core/engine/SessionEndpoint.h"
#include "core/engine/betterauth/ActiveSessions.h"
#include "core/http/CookieNames.h"
#include "core/jose/TokenCodec.h"

using namespace rollcall;
using engine::CallbackResult;
using engine::Callbacks;
using engine::EndpointRequest;
using engine::EndpointResponse;
using engine::SessionEndpoint;
using jose::JsonValue;
using session::AuthVersion;
using session::CookieParser;
using session::NullReason;

namespace {

/// One live row of Ada's, until @ref expires; what is written is remembered.
class OneRow final : public engine::Adapter
{
public:
    base::Result<std::optional<engine::SessionAndUser>> getSessionAndUser(QByteArrayView, const base::Call &) override
    {
        engine::SessionAndUser row;
        row.expires = expires;
        row.session = JsonValue(JsonValue::Object());
        row.session.set(QStringLiteral("expires"), JsonValue(base::toIso(expires)));
        row.user = JsonValue(JsonValue::Object());
        row.user.set(QStringLiteral("name"), JsonValue(QStringLiteral("Ada")));
        return std::optional(std::move(row));
    }
    base::Result<std::vector<std::optional<engine::SessionAndUser>>>
    getSessionsAndUsers(std::span<const QByteArrayView>, const base::Call &) override
    {
        return base::fail(base::Error(base::ErrorCode::Internal));
    }
    base::Status updateSession(QByteArrayView, base::Instant until, const base::Call &) override
    {
        written = until;
        return {};
    }
    base::Status deleteSession(QByteArrayView, base::Instant, const base::Call &) override { return {}; }

    base::Instant expires;
    std::optional<base::Instant> written;
};

/// Seconds of this thread's own time: other programs do not count.
double cpuTime()
{
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

const base::Instant now{std::chrono::seconds(1'760'000'000)};

std::shared_ptr<session::AuthProfile> profileOf(AuthVersion version)
{
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = version;
    profile->strategy = session::Strategy::Jwt;
    profile->cookieParser = session::CookieParser::Web;
    profile->trustHost = true;
    profile->secrets.emplace_back(QByteArrayView("s"));
    return profile;
}

QByteArray signedIn(AuthVersion version)
{
    const QByteArray name = http::defaultCookieName(version, http::CookiePurpose::Session, false);
    std::vector<base::SecretBytes> secrets;
    secrets.emplace_back(QByteArrayView("s"));
    const auto token = jose::encodeToken(version, "{\"name\":\"Ada\"}", secrets,
                                         version == AuthVersion::V4 ? QByteArray() : name, std::chrono::hours(1), now);
    return name + '=' + token->view().toByteArray();
}

EndpointResponse ask(const std::shared_ptr<session::AuthProfile> &profile, const EndpointRequest &request,
                     const Callbacks &callbacks = {}, engine::Adapter *adapter = nullptr)
{
    const SessionEndpoint endpoint(profile, std::make_shared<const Callbacks>(callbacks));
    engine::EndpointContext context;
    context.now = now;
    context.adapter = adapter;
    context.effects = engine::Effects::Apply;
    if (profile->version == AuthVersion::V5)
        return endpoint.handleV5(request, engine::SessionForm::Endpoint, context, {});
    return endpoint.handleV4(request, *session::parseBaseUrl(QByteArray("http://localhost:3000")), context, {});
}

EndpointRequest requestWith(const QByteArray &cookie)
{
    EndpointRequest request;
    request.url = "http://localhost:3000/api/auth/session";
    request.headers.emplace_back("Cookie", cookie);
    return request;
}

/// A POST with a csrf cookie that the token below fits.
const QByteArray csrfToken(64, 'a');
EndpointRequest postOf(AuthVersion version, const QByteArray &type, const QByteArray &body)
{
    const QByteArray hash = QCryptographicHash::hash(QByteArray(csrfToken + "s"), QCryptographicHash::Sha256).toHex();
    const QByteArray name = http::defaultCookieName(version, http::CookiePurpose::Csrf, false);
    EndpointRequest request = requestWith(signedIn(version) + "; " + name + '=' + csrfToken + "%7C" + hash);
    request.method = "POST";
    request.headers.emplace_back("Content-Type", type);
    request.body = body;
    return request;
}

/// The lines that are set for the session cookie.
QByteArrayList sessionLines(const EndpointResponse &response)
{
    QByteArrayList lines;
    for (const http::SetCookie &cookie : response.setCookies) {
        if (cookie.name.contains("session-token"))
            lines << http::setCookieText(cookie);
    }
    return lines;
}

QByteArray codesOf(const EndpointResponse &response)
{
    QByteArrayList codes;
    for (const engine::LogLine &line : response.outcome.log)
        codes << line.code;
    return codes.join(' ');
}

} // namespace

Q_DECLARE_METATYPE(rollcall::jose::JsonValue)

/// The session endpoint beyond the vectors. Expectations: next-auth 4.24.15, @auth/core 0.41.3, Node 20.
class SessionEndpointTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void severalCookieLines()
    {
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            EndpointRequest request = requestWith("theme=dark");
            request.headers.emplace_back("cookie", signedIn(version));
            QVERIFY(ask(profileOf(version), request).body.contains("Ada"));
        }
    }

    void bodies_data()
    {
        QTest::addColumn<AuthVersion>("version");
        QTest::addColumn<CookieParser>("parser");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("answer"); // status, body's beginning, log; or "throws"
        const auto row = [](AuthVersion version, CookieParser parser, const char *type, const QByteArray &body,
                            const char *answer) {
            const char *who = version == AuthVersion::V5      ? "v5"
                              : parser == CookieParser::Web   ? "v4 web"
                              : parser == CookieParser::Pages ? "v4 pages"
                                                              : "v4 app";
            QTest::addRow("%s, %s, %s", who, type, body.isNull() ? "no body" : body.left(12).constData())
                << version << parser << QByteArray(type) << body << QByteArray(answer);
        };
        const QByteArray json = "{\"csrfToken\":\"" + csrfToken + "\"}";
        const QByteArray form = "csrfToken=" + csrfToken;
        const char *jsonType = "application/json";
        const char *formType = "application/x-www-form-urlencoded";
        const AuthVersion v4 = AuthVersion::V4;
        const AuthVersion v5 = AuthVersion::V5;
        row(v5, CookieParser::Web, jsonType, "{", "400 \"Bad request.\" SyntaxError");
        row(v5, CookieParser::Web, jsonType, "", "400 \"Bad request.\" SyntaxError");
        row(v5, CookieParser::Web, jsonType, QByteArray(), "400 null MissingCSRF");
        row(v5, CookieParser::Web, jsonType, json, "200 {\"user\": ");
        row(v5, CookieParser::Web, "text/plain", json, "400 null MissingCSRF");
        row(v5, CookieParser::Web, formType, form, "200 {\"user\": ");
        row(v4, CookieParser::Web, jsonType, "{", "400 [object Object] ");
        row(v4, CookieParser::Web, "text/plain", json, "200 {\"user\": ");
        row(v4, CookieParser::Web, formType, form, "400 [object Object] ");
        row(v4, CookieParser::App, jsonType, "{", "throws");
        row(v4, CookieParser::App, jsonType, "", "throws");
        row(v4, CookieParser::App, jsonType, QByteArray(), "400 [object Object] ");
        row(v4, CookieParser::App, "text/plain", json, "400 [object Object] ");
        row(v4, CookieParser::App, formType, form, "200 {\"user\": ");
        row(v4, CookieParser::Pages, jsonType, "{", "400 Invalid JSON ");
        row(v4, CookieParser::Pages, "Application/JSON; charset=utf-8", json, "200 {\"user\": ");
        row(v4, CookieParser::Pages, "application/jsonx", json, "400 [object Object] ");
        row(v4, CookieParser::Pages, formType, form, "200 {\"user\": ");
    }
    void bodies()
    {
        QFETCH(AuthVersion, version);
        QFETCH(CookieParser, parser);
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, body);
        auto profile = profileOf(version);
        profile->cookieParser = parser;
        const EndpointResponse response = ask(profile, postOf(version, type, body));
        const QByteArray start = response.body.startsWith("{\"user\":") ? QByteArray("{\"user\":") : response.body;
        QTEST(response.thrown ? QByteArray("throws")
                              : QByteArray(QByteArray::number(response.status) + ' ' + start + ' ' + codesOf(response)),
              "answer");
        QVERIFY(response.status == 200 || response.outcome.reason.has_value());
    }

    void aTokensSessionCallbackIsToldOfNoUpdate()
    {
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            bool jwtUpdates = false;
            bool sessionUpdates = true;
            Callbacks callbacks;
            callbacks.jwt = [&](const engine::JwtCallbackArguments &given) -> CallbackResult {
                jwtUpdates = given.isUpdate && given.newSession != nullptr;
                return given.token;
            };
            callbacks.session = [&](const engine::SessionCallbackArguments &given) -> CallbackResult {
                sessionUpdates = given.isUpdate || given.newSession != nullptr;
                return given.session;
            };
            const QByteArray body = "{\"data\":1,\"csrfToken\":\"" + csrfToken + "\"}";
            QCOMPARE(ask(profileOf(version), postOf(version, "application/json", body), callbacks).status, 200);
            QVERIFY(jwtUpdates);
            QVERIFY(!sessionUpdates);
        }
    }

    void longLifetimes_data()
    {
        QTest::addColumn<qint64>("maxAge");
        QTest::addColumn<QByteArray>("iso"); // empty: an Invalid Date
        QTest::addColumn<QByteArray>("expires");
        QTest::newRow("10^12") << qint64{1'000'000'000'000} << QByteArray("+033714-07-06T10:40:00.000Z")
                               << QByteArray("Fri, 06 Jul 33714 10:40:00 GMT");
        QTest::newRow("the last date") << qint64{8'638'240'000'000} << QByteArray("+275760-09-13T00:00:00.000Z")
                                       << QByteArray("Sat, 13 Sep 275760 00:00:00 GMT");
        QTest::newRow("a second more") << qint64{8'638'240'000'001} << QByteArray() << QByteArray();
        QTest::newRow("MAX_SAFE_INTEGER") << qint64{9'007'199'254'740'991} << QByteArray() << QByteArray();
        QTest::newRow("all there is") << std::numeric_limits<qint64>::max() << QByteArray() << QByteArray();
        QTest::newRow("before all") << std::numeric_limits<qint64>::min() << QByteArray() << QByteArray();
        QTest::newRow("long ago") << qint64{-901'760'000'000} << QByteArray("-026550-02-19T08:00:00.000Z")
                                  << QByteArray("Tue, 19 Feb -26550 08:00:00 GMT");
    }
    void longLifetimes()
    {
        QFETCH(qint64, maxAge);
        QFETCH(QByteArray, iso);
        QFETCH(QByteArray, expires);
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            auto profile = profileOf(version);
            profile->maxAge = std::chrono::seconds(maxAge);
            const EndpointResponse response = ask(profile, requestWith(signedIn(version)));
            const QByteArray line = sessionLines(response).join('\n');
            if (iso.isEmpty()) {
                QCOMPARE(response.body, QByteArray(version == AuthVersion::V4 ? "{}" : "null"));
                QVERIFY2(line.contains("=; Max-Age=0;"), line.constData());
                QCOMPARE(codesOf(response),
                         QByteArray(version == AuthVersion::V4 ? "JWT_SESSION_ERROR" : "JWTSessionError"));
                QVERIFY(response.outcome.reason.has_value());
            } else {
                QCOMPARE(response.body, QByteArray("{\"user\":{\"name\":\"Ada\"},\"expires\":\"" + iso + "\"}"));
                QVERIFY2(line.contains(QByteArray("; Expires=" + expires + ';')), line.constData());
            }
        }
    }

    void longLivedRows()
    {
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            auto profile = profileOf(version);
            profile->strategy = session::Strategy::Database;
            const EndpointRequest request =
                requestWith(http::defaultCookieName(version, http::CookiePurpose::Session, false) + "=t");
            OneRow adapter;
            adapter.expires = now + std::chrono::hours(1);
            profile->maxAge = std::chrono::seconds(1'000'000'000'000);
            const QByteArray line = sessionLines(ask(profile, request, {}, &adapter)).join('\n');
            QVERIFY2(line.contains("; Expires=Fri, 06 Jul 33714 10:40:00 GMT;"), line.constData());
            QCOMPARE(adapter.written, now + profile->maxAge);
            // No adapter writes an Invalid Date.
            adapter.written.reset();
            profile->maxAge = std::chrono::seconds(9'000'000'000'000'000);
            const EndpointResponse refused = ask(profile, request, {}, &adapter);
            QCOMPARE(refused.body, QByteArray(version == AuthVersion::V4 ? "{}" : "null"));
            QVERIFY(sessionLines(refused).isEmpty());
            QCOMPARE(refused.outcome.reason, NullReason::AdapterWriteError);
            QCOMPARE(codesOf(refused),
                     QByteArray(version == AuthVersion::V4 ? "adapter_error_updateSession SESSION_ERROR"
                                                           : "AdapterError SessionTokenError"));
            QVERIFY(!adapter.written);
            // Not due, nothing is written; the cookie cannot be either.
            profile->updateAge = profile->maxAge;
            const EndpointResponse thrown = ask(profile, request, {}, &adapter);
            QVERIFY(version == AuthVersion::V4 ? thrown.thrown == QStringLiteral("option expires is invalid")
                                               : thrown.status == 302);
        }
    }

    void badCookieAttributes_data()
    {
        QTest::addColumn<QByteArray>("attribute");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<bool>("isBad");
        const auto row = [](const char *attribute, const QByteArray &value, bool isBad) {
            QTest::addRow("%s %s", attribute, value.constData()) << QByteArray(attribute) << value << isBad;
        };
        row("path", "/a;b", true);
        row("path", "/a<b", true);
        row("path", "/\xc3\xa4", true);
        row("path", "/a\r\nX: y", true);
        row("path", "/a,b=c d", false);
        row("domain", "a b", true);
        row("domain", "x-.test", true);
        row("domain", "..x.test", true);
        row("domain", "x.test.", true);
        row("domain", QByteArray(64, 'a'), true);
        row("domain", QByteArray(63, 'a') + ".Test", false);
        row("domain", ".x-y.test", false);
        row("priority", "urgent", true);
        row("priority", "High", false);
        row("sameSite", "some", true);
        row("sameSite", "LAX", false);
        row("csrf path", "/;", true);
    }
    void badCookieAttributes()
    {
        QFETCH(QByteArray, attribute);
        QFETCH(QByteArray, value);
        QFETCH(bool, isBad);
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            auto profile = profileOf(version);
            session::CookieOptions options;
            (attribute.endsWith("path") ? options.path
             : attribute == "domain"    ? options.domain
             : attribute == "priority"  ? options.priority
                                        : options.sameSite) = value;
            const bool isCsrf = attribute.startsWith("csrf");
            (isCsrf ? profile->csrfCookie.options : profile->cookieOptions) = options;
            const EndpointResponse response = ask(profile, requestWith(signedIn(version)));
            if (!isBad) {
                QCOMPARE(response.thrown, std::nullopt);
                QCOMPARE(response.status, 200);
                continue;
            }
            QCOMPARE(response.outcome.reason, NullReason::CookieDropped);
            if (version == AuthVersion::V4) {
                QCOMPARE(response.thrown,
                         QString(u"option " + QString::fromLatin1(attribute.split(' ').last()) + u" is invalid"));
            } else {
                QCOMPARE(response.status, 302);
                QVERIFY(response.setCookies.empty());
                QCOMPARE(codesOf(response), QByteArray("TypeError"));
            }
            // Where the cookie is not set nobody looks at its attributes.
            if (!isCsrf)
                QCOMPARE(ask(profile, requestWith("x=y")).status, 200);
        }
    }

    void decodedToNoObject_data()
    {
        QTest::addColumn<JsonValue>("decoded");
        QTest::newRow("text") << JsonValue(QStringLiteral("x"));
        QTest::newRow("number") << JsonValue(5.0);
        QTest::newRow("array") << JsonValue(JsonValue::Array{JsonValue(1.0)});
        QTest::newRow("true") << JsonValue(true);
    }
    void decodedToNoObject()
    {
        QFETCH(JsonValue, decoded);
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            Callbacks callbacks;
            callbacks.decode = [&decoded](QByteArrayView) -> CallbackResult { return decoded; };
            const EndpointRequest request = requestWith(signedIn(version));
            const EndpointResponse cleared = ask(profileOf(version), request, callbacks);
            QVERIFY(cleared.body.startsWith("{\"user\":{},\"expires\":"));
            QVERIFY(sessionLines(cleared).join('\n').contains("=; Max-Age=0;"));
            QCOMPARE(codesOf(cleared),
                     QByteArray(version == AuthVersion::V4 ? "JWT_SESSION_ERROR" : "JWTSessionError"));
            // An encode of the deployment's own is handed it as it is.
            callbacks.encode = [](const JsonValue &token) -> CallbackResult {
                return JsonValue(QString(u"E" + QString::fromUtf8(jose::printJson(token))));
            };
            const EndpointResponse renewed = ask(profileOf(version), request, callbacks);
            QCOMPARE(renewed.setCookies.back().value.view().toByteArray(), QByteArray("E" + jose::printJson(decoded)));
            QVERIFY(codesOf(renewed).isEmpty());
        }
    }

    void numbersBeyondIntegers()
    {
        Callbacks callbacks;
        callbacks.decode = [](QByteArrayView) -> CallbackResult {
            JsonValue claims{JsonValue::Object()};
            claims.set(QStringLiteral("exp"), JsonValue(-1e300));
            return claims;
        };
        const EndpointResponse response =
            ask(profileOf(AuthVersion::V5), requestWith("authjs.session-token=t"), callbacks);
        QVERIFY(response.outcome.validUntil.has_value());
        QVERIFY(*response.outcome.validUntil < now);
        const auto left = [](double expiresAt) { return engine::betterauth::timeToLive(expiresAt, now).count(); };
        QCOMPARE(left(1e300), 8'640'000'000'000);
        QCOMPARE(left(-1e300), 0);
        QCOMPARE(left(std::numeric_limits<double>::quiet_NaN()), 0);
        QCOMPARE(left(1'760'000'001'999.0), 1);
    }

    void manyCookiesTakeLinearTime()
    {
        const auto profile = profileOf(AuthVersion::V5);
        const QByteArray name = "authjs.session-token";
        const auto seconds = [&](int count) {
            QByteArray header;
            for (int i = 0; i < count; ++i)
                header += name + '.' + QByteArray::number(i) + "=a; ";
            const auto recognised =
                http::sessionCookies(http::parseCookies(header, http::CookieDialect::AuthCore), name, AuthVersion::V5);
            const double begun = cpuTime();
            const auto diagnosis = engine::whyBrokenCookies(*profile, name, header, recognised);
            const double taken = cpuTime() - begun;
            return diagnosis && diagnosis->reason == NullReason::ChunkMissing ? taken : 1e9;
        };
        // Ten times as many: about ten times as long, not a hundred times.
        const double few = std::max({seconds(2000), seconds(2000), seconds(2000)});
        const double many = std::min({seconds(20'000), seconds(20'000), seconds(20'000)});
        QVERIFY2(many < 35 * few, qPrintable(QStringLiteral("%1 s, %2 s").arg(few).arg(many)));
    }

    void duplicatesAreCounted()
    {
        const QByteArray name = "authjs.session-token";
        const QByteArray header =
            name + ".0=a; x=1; " + name + ".1=b; " + name + ".1=c; " + name + ".1=b; " + name + ".0=a";
        const auto recognised =
            http::sessionCookies(http::parseCookies(header, http::CookieDialect::AuthCore), name, AuthVersion::V5);
        const auto diagnosis = engine::whyBrokenCookies(*profileOf(AuthVersion::V5), name, header, recognised);
        QVERIFY(diagnosis);
        QCOMPARE(diagnosis->reason, NullReason::DuplicateCookie);
        QVERIFY(diagnosis->evidence.contains(QStringLiteral("authjs.session-token.1 occurs 3 times")));
    }
};

QTEST_GUILESS_MAIN(SessionEndpointTest)
#include "tst_SessionEndpoint.moc"
