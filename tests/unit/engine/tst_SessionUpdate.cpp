#include <QtTest>

#include <QCryptographicHash>

#include "core/engine/SessionEndpoint.h"
#include "core/engine/SessionEngine.h"

using namespace rollcall;
using engine::EndpointRequest;
using engine::EndpointResponse;
using session::AuthVersion;
using session::CookieParser;
using session::NullReason;

namespace {

const base::Instant now{std::chrono::seconds(1'760'000'000)};
const QByteArray csrf(64, 'c');

std::shared_ptr<session::AuthProfile> profileOf(AuthVersion version, CookieParser parser)
{
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = version;
    profile->strategy = session::Strategy::Jwt;
    profile->cookieParser = parser;
    profile->secrets.emplace_back("secret");
    return profile;
}

/// A POST of somebody who is signed in and knows the csrf token.
EndpointRequest update(const session::AuthProfile &profile, const QByteArray &body)
{
    const auto token = engine::mintCanaryJwt(profile, std::chrono::hours(1), now);
    const QByteArray hash = QCryptographicHash::hash(QByteArray(csrf + "secret"), QCryptographicHash::Sha256).toHex();
    const QByteArray prefix = profile.version == AuthVersion::V4 ? "next-auth" : "authjs";
    const QByteArray cookie = engine::sessionCookieName(profile) + '=' + token->view().toByteArray() + "; " + prefix +
                              ".csrf-token=" + csrf + "%7C" + hash;
    EndpointRequest request;
    request.method = "POST";
    request.url = "http://localhost:3000/api/auth/session";
    request.headers = {{"Cookie", cookie}, {"Content-Type", "application/json"}};
    request.body = body;
    return request;
}

EndpointResponse answer(const std::shared_ptr<session::AuthProfile> &profile, const EndpointRequest &request,
                        const engine::Callbacks &callbacks = {})
{
    const engine::SessionEndpoint endpoint(profile, std::make_shared<const engine::Callbacks>(callbacks));
    const engine::EndpointContext context{now};
    return profile->version == AuthVersion::V4
               ? endpoint.handleV4(request, *session::parseBaseUrl(std::nullopt), context, {})
               : endpoint.handleV5(request, engine::SessionForm::Endpoint, context, {});
}

QByteArray valueOf(const EndpointResponse &response, QByteArrayView name)
{
    for (const http::SetCookie &cookie : response.setCookies) {
        if (cookie.name == name)
            return cookie.value.view().toByteArray();
    }
    return "(unchanged)";
}

} // namespace

/// POSTs to the session endpoint, each as the packages answer it (found by the differential test).
class SessionUpdateTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusesWithoutCsrf_data()
    {
        QTest::addColumn<bool>("isV4");
        QTest::addColumn<CookieParser>("parser");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("app") << true << CookieParser::App << QByteArray("[object Object]");
        QTest::newRow("web") << true << CookieParser::Web << QByteArray("[object Object]");
        QTest::newRow("pages") << true << CookieParser::Pages << QByteArray("{}");
        QTest::newRow("v5") << false << CookieParser::App << QByteArray("null");
    }
    void refusesWithoutCsrf()
    {
        QFETCH(bool, isV4);
        QFETCH(CookieParser, parser);
        const auto profile = profileOf(isV4 ? AuthVersion::V4 : AuthVersion::V5, parser);
        const auto response = answer(profile, update(*profile, "{}"));
        QCOMPARE(response.status, 400);
        QTEST(response.body, "body");
        QCOMPARE(response.outcome.reason, NullReason::MethodRefused);
    }

    void refusesUnreadableBodies()
    {
        const auto app = profileOf(AuthVersion::V4, CookieParser::App);
        QVERIFY(answer(app, update(*app, "{")).thrown);
        const auto pages = profileOf(AuthVersion::V4, CookieParser::Pages);
        const auto refused = answer(pages, update(*pages, "{"));
        QCOMPARE(refused.status, 400);
        QCOMPARE(refused.body, QByteArray("Invalid JSON"));
        QVERIFY(refused.setCookies.empty());
        const auto v5 = profileOf(AuthVersion::V5, CookieParser::App);
        QCOMPARE(answer(v5, update(*v5, "{")).outcome.log.front().code, QByteArray("SyntaxError"));
    }

    void looksAtThePathBeforeTheBody()
    {
        const auto v5 = profileOf(AuthVersion::V5, CookieParser::App);
        EndpointRequest request = update(*v5, "{");
        request.url = "http://localhost:3000/elsewhere";
        QCOMPARE(answer(v5, request).outcome.log.front().code, QByteArray("UnknownAction"));
    }

    void takesTheCallbackUrlOfTheBody_data()
    {
        QTest::addColumn<QByteArray>("member");
        QTest::addColumn<QByteArray>("cookie"); // "(throws)"
        const auto row = [](const char *name, const char *member, const char *cookie) {
            QTest::newRow(name) << QByteArray(member) << QByteArray(cookie);
        };
        row("none: the query's", "", "http://localhost:3000/query");
        row("null: the query's", ",\"callbackUrl\":null", "http://localhost:3000/query");
        row("empty hides the query's", ",\"callbackUrl\":\"\"", "http://localhost:3000");
        row("its own", ",\"callbackUrl\":\"/body\"", "http://localhost:3000/body");
        row("of another scheme", ",\"callbackUrl\":\"javascript:1\"", "http://localhost:3000");
        row("no address", ",\"callbackUrl\":\"relative\"", "(throws)");
        row("no text", ",\"callbackUrl\":5", "(throws)");
    }
    void takesTheCallbackUrlOfTheBody()
    {
        QFETCH(QByteArray, member);
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            const auto profile = profileOf(version, CookieParser::App);
            EndpointRequest request = update(*profile, "{\"csrfToken\":\"" + csrf + '"' + member + '}');
            request.url += "?callbackUrl=%2Fquery";
            const auto response = answer(profile, request);
            const bool isV4 = version == AuthVersion::V4;
            // v5 makes an answer of what was thrown.
            const bool throws = isV4 ? response.thrown.has_value() : response.status == 400;
            QTEST(throws ? QByteArray("(throws)")
                         : valueOf(response, isV4 ? "next-auth.callback-url" : "authjs.callback-url"),
                  "cookie");
        }
    }

    void refusesARepeatedParameterInPages()
    {
        const QByteArray twice = "http://localhost:3000/api/auth/session?callbackUrl=%2Fa&callbackUrl=%2Fb";
        const auto pages = profileOf(AuthVersion::V4, CookieParser::Pages);
        const auto app = profileOf(AuthVersion::V4, CookieParser::App);
        EndpointRequest request;
        request.url = twice;
        QCOMPARE(answer(pages, request).outcome.reason, NullReason::InvalidCallbackUrl);
        QCOMPARE(valueOf(answer(app, request), "next-auth.callback-url"), QByteArray("http://localhost:3000/b"));
    }

    void tellsTheJwtCallbackAlone()
    {
        for (const AuthVersion version : {AuthVersion::V4, AuthVersion::V5}) {
            const auto profile = profileOf(version, CookieParser::App);
            bool jwtHeard = false;
            bool sessionHeard = false;
            engine::Callbacks callbacks;
            callbacks.jwt = [&](const engine::JwtCallbackArguments &given) -> engine::CallbackResult {
                jwtHeard = given.isUpdate && given.newSession && *given.newSession->number() == 7;
                return given.token;
            };
            callbacks.session = [&](const engine::SessionCallbackArguments &given) -> engine::CallbackResult {
                sessionHeard = given.isUpdate || given.newSession;
                return given.session;
            };
            const QByteArray body = "{\"csrfToken\":\"" + csrf + "\",\"data\":7}";
            QCOMPARE(answer(profile, update(*profile, body), callbacks).status, 200);
            QVERIFY(jwtHeard);
            QVERIFY(!sessionHeard);
        }
    }

    /// Next.js Pages sends texts as they are and nothing for null.
    void pagesSendsTextAsItIs()
    {
        const auto pages = profileOf(AuthVersion::V4, CookieParser::Pages);
        const auto app = profileOf(AuthVersion::V4, CookieParser::App);
        EndpointRequest request = update(*pages, {});
        request.method = "GET";
        engine::Callbacks callbacks;
        callbacks.session = [](const auto &) -> engine::CallbackResult {
            return jose::JsonValue(QStringLiteral("a \"text\""));
        };
        QCOMPARE(answer(pages, request, callbacks).body, QByteArray("a \"text\""));
        QCOMPARE(answer(app, request, callbacks).body, QByteArray("\"a \\\"text\\\"\""));
        callbacks.session = [](const auto &) -> engine::CallbackResult { return jose::JsonValue(); };
        QCOMPARE(answer(pages, request, callbacks).body, QByteArray());
        QCOMPARE(answer(app, request, callbacks).body, QByteArray("null"));
    }
};

QTEST_GUILESS_MAIN(SessionUpdateTest)
#include "tst_SessionUpdate.moc"
