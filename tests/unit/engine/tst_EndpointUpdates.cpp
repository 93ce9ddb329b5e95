#include <QtTest>

#include <QCryptographicHash>

#include "core/engine/SessionEndpoint.h"
#include "core/jose/TokenCodec.h"
#include "tests/unit/engine/FakeStore.h"

using namespace rollcall;
using engine::CallbackResult;
using engine::Callbacks;
using engine::EndpointRequest;
using engine::EndpointResponse;
using jose::JsonValue;
using session::AuthVersion;
using session::CookieParser;
using session::NullReason;
using session::Strategy;

namespace {

const base::Instant now{std::chrono::seconds(1'760'000'000)};
const QByteArray secret = QByteArrayLiteral("secret");

/// What the callbacks were given.
struct Given
{
    bool jwtUpdate = false;
    QByteArray jwtSession;
    bool sessionUpdate = false;
    QByteArray sessionData;
};

QByteArray textOf(const JsonValue *value)
{
    return value ? jose::printJson(*value) : QByteArray("undefined");
}

std::shared_ptr<const Callbacks> watching(Given &given)
{
    auto callbacks = std::make_shared<Callbacks>();
    callbacks->jwt = [&given](const engine::JwtCallbackArguments &arguments) -> CallbackResult {
        given.jwtUpdate = arguments.isUpdate;
        given.jwtSession = textOf(arguments.newSession);
        return arguments.token;
    };
    callbacks->session = [&given](const engine::SessionCallbackArguments &arguments) -> CallbackResult {
        given.sessionUpdate = arguments.isUpdate;
        given.sessionData = textOf(arguments.newSession);
        return arguments.session;
    };
    return callbacks;
}

std::shared_ptr<session::AuthProfile> profileOf(AuthVersion version, Strategy strategy,
                                                CookieParser parser = CookieParser::Web)
{
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = version;
    profile->strategy = strategy;
    profile->cookieParser = parser;
    profile->secrets.emplace_back(QByteArrayView(secret));
    return profile;
}

QByteArray stem(AuthVersion version)
{
    return version == AuthVersion::V4 ? QByteArray("next-auth.") : QByteArray("authjs.");
}

QByteArray csrfToken()
{
    return QByteArray(64, 'a');
}

/// Session and csrf cookie.
QByteArray cookiesOf(AuthVersion version, Strategy strategy)
{
    std::vector<base::SecretBytes> secrets;
    secrets.emplace_back(QByteArrayView(secret));
    const QByteArray salt = version == AuthVersion::V4 ? QByteArray() : QByteArray("authjs.session-token");
    const QByteArray token = strategy == Strategy::Database ? QByteArray("t")
                                                            : jose::encodeToken(version, "{\"name\":\"Ada\"}", secrets,
                                                                                salt, std::chrono::hours(1), now)
                                                                  ->view()
                                                                  .toByteArray();
    const QByteArray hash =
        QCryptographicHash::hash(QByteArray(csrfToken() + secret), QCryptographicHash::Sha256).toHex();
    return stem(version) + "session-token=" + token + "; " + stem(version) + "csrf-token=" + csrfToken() + "%7C" + hash;
}

EndpointRequest postOf(AuthVersion version, Strategy strategy, const QByteArray &body,
                       const QByteArray &type = "application/json")
{
    EndpointRequest request;
    request.method = "POST";
    request.url = "http://localhost:3000/api/auth/session";
    request.headers = {{"Cookie", cookiesOf(version, strategy)}, {"Content-Type", type}};
    request.body = body;
    return request;
}

EndpointResponse answer(const std::shared_ptr<session::AuthProfile> &profile, const EndpointRequest &request,
                        std::shared_ptr<const Callbacks> callbacks = nullptr)
{
    test::FakeStore store;
    store::SessionRow row;
    row.userId = QStringLiteral("u1");
    row.userName = QStringLiteral("Ada");
    row.hasUser = true;
    row.expires = now + std::chrono::hours(24 * 30);
    store.rows.insert("t", row);
    const auto adapter = engine::makeStoreAdapter(store);
    const engine::SessionEndpoint endpoint(profile, std::move(callbacks));
    const engine::EndpointContext context{now, adapter.get()};
    if (profile->version == AuthVersion::V4)
        return endpoint.handleV4(request, session::parseBaseUrl(std::nullopt).value(), context, {});
    return endpoint.handleV5(request, engine::SessionForm::Endpoint, context, {});
}

QByteArray headerOf(const EndpointResponse &response, const char *name)
{
    return http::headerValue(response.headers, name);
}

} // namespace

/// POST to the session endpoint, which updates the session, and the bodies of next-auth 4 under Next.js Pages.
/// Expectations: facts/session-protocol.md §4.2; next-auth 4.24.15 core/index.js, core/routes/session.js,
/// next/index.js;
/// @auth/core 0.41.3 lib/index.js, lib/actions/session.js.
class EndpointUpdatesTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void updates_data()
    {
        QTest::addColumn<AuthVersion>("version");
        QTest::addColumn<Strategy>("strategy");
        QTest::newRow("v4 jwt") << AuthVersion::V4 << Strategy::Jwt;
        QTest::newRow("v4 database") << AuthVersion::V4 << Strategy::Database;
        QTest::newRow("v5 jwt") << AuthVersion::V5 << Strategy::Jwt;
        QTest::newRow("v5 database") << AuthVersion::V5 << Strategy::Database;
    }
    void updates()
    {
        QFETCH(AuthVersion, version);
        QFETCH(Strategy, strategy);
        const bool isJwt = strategy == Strategy::Jwt;
        const QByteArray body = "{\"csrfToken\":\"" + csrfToken() + "\",\"data\":{\"name\":\"Bea\",\"n\":[1]}}";
        Given given;
        const auto response = answer(profileOf(version, strategy), postOf(version, strategy, body), watching(given));
        QCOMPARE(response.status, 200);
        QVERIFY2(response.body.contains("\"name\":\"Ada\""), response.body.constData());
        // The body's data reaches the jwt callback, or under the database strategy the session callback.
        const QByteArray data = "{\"name\":\"Bea\",\"n\":[1]}";
        QCOMPARE(given.jwtUpdate, isJwt);
        QCOMPARE(given.jwtSession, isJwt ? data : QByteArray());
        QCOMPARE(given.sessionUpdate, !isJwt);
        QCOMPARE(given.sessionData, isJwt ? QByteArray("undefined") : data);
        // Of the headers of a GET, those against caches are missing.
        QVERIFY(headerOf(response, "Content-Type").startsWith("application/json"));
        QVERIFY(headerOf(response, "Cache-Control").isEmpty() && headerOf(response, "Expires").isEmpty());
        const QByteArray name = stem(version) + "session-token";
        const auto session = std::ranges::find(response.setCookies, name, &http::SetCookie::name);
        QVERIFY(session != response.setCookies.end());
    }

    void aGetIsNoUpdate()
    {
        Given given;
        auto request = postOf(AuthVersion::V5, Strategy::Jwt, {});
        request.method = "GET";
        request.body = "{\"data\":1}";
        const auto response = answer(profileOf(AuthVersion::V5, Strategy::Jwt), request, watching(given));
        QCOMPARE(response.status, 200);
        QVERIFY(!given.jwtUpdate);
        QCOMPARE(given.jwtSession, QByteArray("undefined"));
        QVERIFY(!headerOf(response, "Cache-Control").isEmpty());
    }

    void readsFormsToo()
    {
        Given given;
        const auto response = answer(profileOf(AuthVersion::V5, Strategy::Jwt),
                                     postOf(AuthVersion::V5, Strategy::Jwt, "data=x+y&csrfToken=" + csrfToken(),
                                            "application/x-www-form-urlencoded"),
                                     watching(given));
        QCOMPARE(response.status, 200);
        QCOMPARE(given.jwtSession, QByteArray("\"x y\""));
    }

    void pagesBodies_data()
    {
        QTest::addColumn<QByteArray>("returned"); // by the session callback; empty: undefined
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("type");
        const QByteArray json = "application/json; charset=utf-8";
        QTest::newRow("object") << QByteArray("{\"a\":1}") << QByteArray("{\"a\":1}") << json;
        QTest::newRow("null ends without a body")
            << QByteArray("null") << QByteArray() << QByteArray("application/json");
        QTest::newRow("undefined too") << QByteArray() << QByteArray() << QByteArray("application/json");
        QTest::newRow("text goes as it is")
            << QByteArray("\"plain \\\"text\\\"\"") << QByteArray("plain \"text\"") << QByteArray("application/json");
        QTest::newRow("text null") << QByteArray("\"null\"") << QByteArray("null") << QByteArray("application/json");
        QTest::newRow("array") << QByteArray("[1]") << QByteArray("[1]") << json;
    }
    void pagesBodies()
    {
        QFETCH(QByteArray, returned);
        Callbacks callbacks;
        callbacks.session = [&returned](const auto &) -> CallbackResult {
            if (returned.isEmpty())
                return engine::Undefined();
            return jose::parseJson(QString::fromUtf8(returned)).value();
        };
        auto request = postOf(AuthVersion::V4, Strategy::Jwt, {});
        request.method = "GET";
        const auto response = answer(profileOf(AuthVersion::V4, Strategy::Jwt, CookieParser::Pages), request,
                                     std::make_shared<const Callbacks>(callbacks));
        QCOMPARE(response.status, 200);
        QTEST(response.body, "body");
        QTEST(headerOf(response, "Content-Type"), "type");
    }

    void pagesWithoutASession()
    {
        EndpointRequest request;
        request.url = "http://localhost:3000/api/auth/session";
        const auto response = answer(profileOf(AuthVersion::V4, Strategy::Jwt, CookieParser::Pages), request);
        QCOMPARE(response.body, QByteArray("{}"));
        QCOMPARE(headerOf(response, "Content-Type"), QByteArray("application/json; charset=utf-8"));
    }
};

QTEST_GUILESS_MAIN(EndpointUpdatesTest)
#include "tst_EndpointUpdates.moc"
