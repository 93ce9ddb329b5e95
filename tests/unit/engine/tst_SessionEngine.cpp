#include <QtTest>

#include "core/engine/SessionEngine.h"
#include "core/engine/betterauth/BetterAuthResolver.h"
#include "core/http/Cookie.h"
#include "core/http/CookieNames.h"
#include "core/jose/TokenCodec.h"
#include "tests/support/Vectors.h"

using namespace rollcall;
using base::SecretBytes;
using session::AuthVersion;
using session::Strategy;

class SessionEngineTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cookieHeadersRoundTrip_data()
    {
        QTest::addColumn<AuthVersion>("version");
        QTest::addColumn<Strategy>("strategy");
        QTest::addColumn<QByteArray>("token");
        QTest::addColumn<int>("cookies");
        QTest::newRow("database") << AuthVersion::V5 << Strategy::Database << QByteArray("a b;c") << 1;
        QTest::newRow("long database") << AuthVersion::V5 << Strategy::Database << QByteArray(5000, 'x') << 1;
        QTest::newRow("v4 fits") << AuthVersion::V4 << Strategy::Jwt << QByteArray(3933, 'x') << 1;
        QTest::newRow("v4 one over") << AuthVersion::V4 << Strategy::Jwt << QByteArray(3934, 'x') << 2;
        QTest::newRow("v5 fits") << AuthVersion::V5 << Strategy::Jwt << QByteArray(3936, 'x') << 1;
        QTest::newRow("v5 twelve") << AuthVersion::V5 << Strategy::Jwt << QByteArray(3936 * 11 + 1, 'x') << 12;
        QTest::newRow("none") << AuthVersion::V5 << Strategy::Jwt << QByteArray() << 0;
    }
    void cookieHeadersRoundTrip()
    {
        QFETCH(AuthVersion, version);
        QFETCH(Strategy, strategy);
        QFETCH(QByteArray, token);
        QFETCH(int, cookies);
        session::AuthProfile profile;
        profile.version = version;
        profile.strategy = strategy;
        profile.secureCookies = true;
        const SecretBytes header = engine::cookieHeaderFor(profile, SecretBytes(token));
        QCOMPARE(http::parseCookies(header.view(), http::dialectOf(profile)).size(), static_cast<std::size_t>(cookies));
        QCOMPARE(engine::assembleToken(profile, header.view()).view().toByteArray(), token);
        QVERIFY(token.isEmpty() || header.view().startsWith(engine::sessionCookieName(profile)));
    }

    void betterAuthCookiesAreSigned()
    {
        session::AuthProfile profile;
        profile.version = AuthVersion::BetterAuth;
        profile.strategy = Strategy::Database;
        const SecretBytes token(QByteArray("tok"));
        QVERIFY(engine::cookieHeaderFor(profile, token).isEmpty());
        profile.secrets.emplace_back(QByteArray("a-secret-of-thirty-two-characters!"));
        const SecretBytes header = engine::cookieHeaderFor(profile, token);
        QCOMPARE(engine::betterauth::signedToken(profile, header.view()).view().toByteArray(), QByteArray("tok"));
    }

    void canariesAreLabelledAndShortLived_data()
    {
        QTest::addColumn<AuthVersion>("version");
        QTest::newRow("v4") << AuthVersion::V4;
        QTest::newRow("v5") << AuthVersion::V5;
    }
    void canariesAreLabelledAndShortLived()
    {
        QFETCH(AuthVersion, version);
        session::AuthProfile profile;
        profile.version = version;
        profile.strategy = Strategy::Jwt;
        profile.secrets.emplace_back("secret");
        const base::Instant now{std::chrono::seconds(5000)};
        const auto token = engine::mintCanaryJwt(profile, std::chrono::minutes(10), now);
        QVERIFY(token.has_value());
        const QByteArray salt = version == AuthVersion::V4 ? QByteArray() : http::sessionCookieName(profile);
        const auto decoded = jose::decodeToken(version, token->view(), profile.secrets, salt, now);
        QVERIFY2(decoded.ok, qPrintable(decoded.detail));
        const auto claims = *jose::parseJson(QString::fromUtf8(decoded.claimsJson));
        QCOMPARE(test::textOf(claims, u"name"), QStringLiteral("Rollcall canary"));
        const QString email = test::textOf(claims, u"email");
        QVERIFY2(email.startsWith(u"canary-") && email.endsWith(u"@rollcall.invalid"), qPrintable(email));
        QCOMPARE(test::numberOf(claims, u"exp", 0), 5600.0);

        const base::FixedClock clock(now);
        const auto shared = std::make_shared<session::AuthProfile>(std::move(profile));
        const auto resolver = engine::makeLocalResolver(shared, nullptr, engine::Effects::Observe, clock);
        QVERIFY(resolver->resolve(engine::cookieHeaderFor(*shared, *token).view(), {}).session);
    }

    void noCanaryWithoutASecret()
    {
        const auto token = engine::mintCanaryJwt({}, std::chrono::minutes(1), {});
        QVERIFY(!token.has_value());
        QCOMPARE(token.error().code, base::ErrorCode::SecretMissing);
    }

    void modesHaveNames()
    {
        QCOMPARE(engine::modeName(engine::Mode::Local), QStringLiteral("local"));
        QCOMPARE(engine::modeName(engine::Mode::Proxy), QStringLiteral("proxy"));
        QCOMPARE(engine::modeName(engine::Mode::Cached), QStringLiteral("cached"));
    }
};

QTEST_GUILESS_MAIN(SessionEngineTest)
#include "tst_SessionEngine.moc"
