#include <QtTest>

#include "core/engine/NullDiagnosis.h"
#include "core/engine/SessionEndpoint.h"
#include "core/engine/betterauth/ActiveSessions.h"
#include "core/http/CookieNames.h"
#include "core/jose/TokenCodec.h"
#include "tests/support/ProcessorTime.h"

using namespace rollcall;
using engine::CallbackResult;
using engine::Callbacks;
using engine::EndpointRequest;
using engine::EndpointResponse;
using engine::SessionEndpoint;
using jose::JsonValue;
using session::AuthVersion;
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

/// The lines that are set for the session cookie.
QByteArrayList sessionLines(const EndpointResponse &response)
{
    QByteArrayList lines;
    for (const http::SetCookie &cookie : response.setCookies) {
        if (cookie.name.contains("session-token"))
            lines << http::setCookieLine(cookie).view().toByteArray();
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

    void longLivedTokens()
    {
        auto profile = profileOf(AuthVersion::V5);
        for (const qint64 maxAge : {qint64{9'007'199'254'740'991}, std::numeric_limits<qint64>::max()}) {
            profile->jwtMaxAge = std::chrono::seconds(maxAge);
            const EndpointResponse response = ask(profile, requestWith(signedIn(AuthVersion::V5)));
            const SessionEndpoint endpoint(profile, nullptr);
            const auto opened = endpoint.action(false).open(response.setCookies.back().value.view(), now);
            QVERIFY(opened.ok);
            // As numbers of JavaScript add up; beyond 9·10^18 they stay there.
            QCOMPARE(opened.claims.number("exp"), std::min(9e18, 1'760'000'000.0 + static_cast<double>(maxAge)));
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
            QCOMPARE(adapter.written, now + profile->lifetime());
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
            profile->updateAge = profile->lifetime();
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
            // A POST that is refused sets the csrf cookie too; in v4 alone.
            EndpointRequest post = requestWith("x=y");
            post.method = "POST";
            QCOMPARE(ask(profile, post).thrown.has_value(), isCsrf && version == AuthVersion::V4);
            // Where the cookie is not set nobody looks at its attributes.
            if (!isCsrf)
                QCOMPARE(ask(profile, requestWith("x=y")).status, 200);
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
            const double begun = test::processorSeconds();
            const auto diagnosis = engine::whyBrokenCookies(*profile, name, header, recognised);
            const double taken = test::processorSeconds() - begun;
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
