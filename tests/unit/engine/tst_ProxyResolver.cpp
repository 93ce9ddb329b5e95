#include <QtTest>

#include "core/engine/ProxyResolver.h"
#include "core/engine/betterauth/SignedCookie.h"
#include "core/http/Cookie.h"
#include "tests/support/ScriptedServer.h"

using namespace rollcall;
using session::StepOutcome;
using test::Reply;
using test::ScriptedServer;

class ProxyResolverTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatACacheMustKnow_data()
    {
        QTest::addColumn<QByteArray>("session");
        QTest::addColumn<qint64>("validUntil"); // milliseconds, -1: unknown
        QTest::addColumn<QString>("userId");
        QTest::newRow("both") << QByteArray(R"({"user":{"id":"u1"},"expires":"1970-01-01T00:00:05.250Z"})")
                              << qint64{5250} << QStringLiteral("u1");
        QTest::newRow("number") << QByteArray(R"({"user":{"id":42}})") << qint64{-1} << QStringLiteral("42");
        QTest::newRow("neither") << QByteArray(R"({"user":{"name":"Ada"},"expires":7})") << qint64{-1} << QString();
        QTest::newRow("relative") << QByteArray(R"({"expires":"+1h"})") << qint64{-1} << QString();
        QTest::newRow("no time") << QByteArray(R"({"expires":"Z"})") << qint64{-1} << QString();
        QTest::newRow("user is text") << QByteArray(R"({"user":"id"})") << qint64{-1} << QString();
    }
    void readsWhatACacheMustKnow()
    {
        QFETCH(QByteArray, session);
        QFETCH(qint64, validUntil);
        QFETCH(QString, userId);
        session::Resolution resolution;
        resolution.session = session;
        engine::readSessionFacts(resolution);
        QCOMPARE(resolution.validUntil ? qint64{resolution.validUntil->time_since_epoch().count()} : qint64{-1},
                 validUntil);
        QCOMPARE(resolution.userId, userId);
    }

    void aCacheSparesTheDeployment()
    {
        const ScriptedServer server([](const auto &) {
            return Reply::http(200, R"({"user":{"name":"Ada","id":"u1"},"expires":"2999-01-01T00:00:00.000Z"})");
        });
        const auto profile = std::make_shared<const session::AuthProfile>();
        const base::SystemClock clock;
        const auto cache = engine::makeMemoryCache(1 << 20, clock);
        const auto resolver = engine::makeCachedResolver(profile, engine::makeProxyResolver(profile, server.url(), {}),
                                                         cache, std::chrono::minutes(1));
        const auto call = base::Call::within(std::chrono::seconds(20));
        const auto first = resolver->resolve("authjs.session-token=t", call);
        const auto second = resolver->resolve("authjs.session-token=t", call);
        QVERIFY(first.session && first.session == second.session);
        QCOMPARE(first.trace.front().outcome, StepOutcome::Miss);
        QCOMPARE(second.trace.front().outcome, StepOutcome::Hit);
        QCOMPARE(server.requests().size(), std::size_t{1});
        QCOMPARE(cache->eraseUser(QStringLiteral("u1"), call).value(), 1);
    }

    void whatACookieCacheMayHaveSaidIsNotKept_data()
    {
        QTest::addColumn<QByteArray>("beside");
        QTest::addColumn<bool>("kept");
        QTest::newRow("token alone") << QByteArray() << true;
        QTest::newRow("cookie cache") << QByteArray("; better-auth.session_data=d") << false;
        QTest::newRow("in chunks") << QByteArray("; better-auth.session_data.0=d; better-auth.session_data.1=e")
                                   << false;
        QTest::newRow("another cookie") << QByteArray("; better-auth.dont_remember=true") << true;
    }
    void whatACookieCacheMayHaveSaidIsNotKept()
    {
        QFETCH(QByteArray, beside);
        QFETCH(bool, kept);
        const ScriptedServer server([](const auto &) {
            return Reply::http(
                200, R"({"session":{"expiresAt":"2999-01-01T00:00:00.000Z"},"user":{"name":"Ada","id":"u1"}})");
        });
        auto profile = std::make_shared<session::AuthProfile>();
        profile->version = session::AuthVersion::BetterAuth;
        profile->secrets.emplace_back(QByteArrayView("secret"));
        const base::SystemClock clock;
        const auto resolver =
            engine::makeCachedResolver(profile, engine::makeProxyResolver(profile, server.url(), {}),
                                       engine::makeMemoryCache(1 << 20, clock), std::chrono::minutes(1));
        const auto call = base::Call::within(std::chrono::seconds(20));
        const QByteArray cookies = "better-auth.session_token=" +
                                   http::encodeUriComponent(engine::betterauth::signCookie("secret", "t").view()) +
                                   beside;
        QVERIFY(resolver->resolve(cookies, call).session);
        QVERIFY(resolver->resolve(cookies, call).session);
        QCOMPARE(server.requests().size(), kept ? std::size_t{1} : std::size_t{2});
    }
};

QTEST_GUILESS_MAIN(ProxyResolverTest)
#include "tst_ProxyResolver.moc"
