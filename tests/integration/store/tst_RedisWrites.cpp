#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/store/redis/KeyLayout.h"
#include "tests/integration/store/RedisStoreFixture.h"
#include "tests/support/UpstashServer.h"

using namespace rollcall;
using base::ErrorCode;
using rollcall::test::fixtureNow;
using rollcall::test::RedisKeys;
using rollcall::test::sessionList;
using rollcall::test::sessionValue;
using rollcall::test::userValue;
using session::SessionState;
using test::betterAuthNow;

/// What is written to those keys: deleted, extended and put in as the libraries do it, over both ways to the server.
class RedisWritesTest final : public QObject, private test::RedisStoreFixture
{
    Q_OBJECT

private:
    std::unique_ptr<test::UpstashServer> m_upstash;

private Q_SLOTS:
    void initTestCase()
    {
        const QString problem = start();
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        m_upstash = std::make_unique<test::UpstashServer>(m_server->url());
    }
    void init() { QCOMPARE(test::redisCommand(m_server->url(), {"FLUSHALL"}), QByteArray("OK")); }

    void deletesAndMends_data()
    {
        QTest::addColumn<bool>("overRest");
        QTest::newRow("over a socket") << false;
        QTest::newRow("over REST") << true;
    }

    void deletesAndMends()
    {
        QFETCH(bool, overRest);
        load(m_adapters);
        const QString zoe = QStringLiteral("6265ce66-b117-463b-b36b-d03b716b2b43");
        const QByteArray pointer = "user:session:by-user-id:" + zoe.toUtf8();
        const QByteArray last = m_adapters.value(pointer);
        const QByteArray token = last.sliced(QByteArrayView("user:session:").size());
        const QByteArray other = "5e551000-0000-4000-8000-000000000006";
        QVERIFY(token != other);
        QString problem;
        const auto sessions = test::openDetected(test::databaseAt(overRest ? m_upstash->address() : address()),
                                                 store::Access::Write, problem);
        QVERIFY2(sessions, qPrintable(problem));
        std::vector<store::RowKey> keys;
        keys.push_back(keyOf(other, zoe));
        keys.push_back(keyOf("5e551000-0000-4000-8000-000000000004", zoe)); // ben's
        keys.push_back(keyOf("never-was", zoe));
        auto outcomes = sessions->deleteRows(keys, soon());
        QVERIFY2(outcomes.has_value(), outcomes ? "" : qPrintable(base::oneLine(outcomes.error())));
        using store::DeleteOutcome;
        QCOMPARE(*outcomes, (std::vector{DeleteOutcome::Deleted, DeleteOutcome::Changed, DeleteOutcome::AlreadyGone}));
        RedisKeys expected = m_adapters;
        expected.remove("user:session:" + other);
        QCOMPARE(test::redisKeys(m_server->url()), expected);
        QCOMPARE(sessions->stillThere(keys, soon()).value_or(std::vector<bool>()), (std::vector{false, true, false}));
        // The last one written takes the pointer with it.
        keys.clear();
        keys.push_back(keyOf(token, zoe));
        outcomes = sessions->deleteRows(keys, soon());
        QCOMPARE(outcomes.value_or(std::vector<DeleteOutcome>()), std::vector{DeleteOutcome::Deleted});
        expected.remove(last);
        expected.remove(pointer);
        QCOMPARE(test::redisKeys(m_server->url()), expected);
        QVERIFY(sessions->deleteStatement().contains(QStringLiteral("DEL user:session:$1")));
    }

    void deletesFromBetterAuthsLists()
    {
        load(m_betterAuth);
        const auto sessions = open(store::Access::Write);
        QVERIFY(sessions);
        const QString ada = QStringLiteral("pMpo4mTMl7klHrRangebaE1YDwqaPtPU");
        const QByteArray list = "active-sessions-" + ada.toUtf8();
        // Entries that are over are dropped as the library does: these end when they say.
        const auto end = base::SystemClock().now() + std::chrono::hours(5);
        const QByteArray ms = QByteArray::number(qint64{end.time_since_epoch().count()});
        load({{list, sessionList({{"secada0xxxxxxxxxxxxxxxxxxxxxxxxx", ms},
                                  {"over", "1"},
                                  {"secada1xxxxxxxxxxxxxxxxxxxxxxxxx", ms}})}});
        std::vector<store::RowKey> keys;
        keys.push_back(keyOf("secada0xxxxxxxxxxxxxxxxxxxxxxxxx", ada));
        QCOMPARE(sessions->deleteRows(keys, soon()).value_or(std::vector<store::DeleteOutcome>()),
                 std::vector{store::DeleteOutcome::Deleted});
        RedisKeys expected = m_betterAuth;
        expected.remove("secada0xxxxxxxxxxxxxxxxxxxxxxxxx");
        expected.insert(list, sessionList({{"secada1xxxxxxxxxxxxxxxxxxxxxxxxx", ms}}));
        QCOMPARE(test::redisKeys(m_server->url()), expected);
        const qint64 life = test::redisCommand(m_server->url(), {"TTL", list}).toLongLong();
        QVERIFY2(life > 5 * 3600 - 60 && life <= 5 * 3600, qPrintable(QString::number(life)));
        keys.clear();
        keys.push_back(keyOf("secada1xxxxxxxxxxxxxxxxxxxxxxxxx", ada));
        QVERIFY(sessions->deleteRows(keys, soon()).has_value());
        expected.remove(list);
        expected.remove("secada1xxxxxxxxxxxxxxxxxxxxxxxxx");
        QCOMPARE(test::redisKeys(m_server->url()), expected);
    }

    void canariesLeaveNothing_data()
    {
        QTest::addColumn<RedisKeys>("keys");
        QTest::newRow("auth-js") << m_adapters;
        QTest::newRow("better-auth") << m_betterAuth;
    }

    void canariesLeaveNothing()
    {
        QFETCH(RedisKeys, keys);
        load(keys);
        const auto sessions = open(store::Access::Write);
        QVERIFY(sessions);
        const QByteArray token("canary-token-000000000000000");
        const auto now = base::SystemClock().now();
        const auto canary = sessions->insertCanary({base::SecretBytes(token), now + std::chrono::minutes(10)}, soon());
        QVERIFY2(canary.has_value(), canary ? "" : qPrintable(base::oneLine(canary.error())));
        const auto row = sessions->lookup(token, soon());
        QVERIFY(row && *row && (*row)->hasUser);
        QCOMPARE((*row)->userName, std::optional(QString::fromLatin1(store::canaryUserName)));
        QVERIFY((*row)->userEmail && (*row)->userEmail->endsWith(QLatin1StringView(store::canaryEmailDomain)));
        // Should it be forgotten, it ends by itself.
        for (const QByteArray &key : test::redisKeys(m_server->url()).keys()) {
            if (!keys.contains(key))
                QVERIFY(test::redisCommand(m_server->url(), {"TTL", key}).toInt() > 0);
        }
        QVERIFY(sessions->removeCanary(*canary, soon()).has_value());
        QCOMPARE(test::redisKeys(m_server->url()), keys);
        QVERIFY(sessions->removeCanary(*canary, soon()).has_value());
    }

    void aCanaryIsNotTakenForSomebodyElse()
    {
        load(m_adapters);
        const auto sessions = open(store::Access::Write);
        QVERIFY(sessions);
        const store::CanaryKey another{base::SecretBytes("5e551000-0000-4000-8000-000000000004"),
                                       QStringLiteral("f9aed7af-5b25-4009-8d8c-c690c5d7ab08")};
        QVERIFY(sessions->removeCanary(another, soon()).has_value());
        QCOMPARE(test::redisKeys(m_server->url()), m_adapters);
    }

    void extendsAsTheLibrariesDo()
    {
        load(m_adapters);
        const auto sessions = open(store::Access::Write);
        const auto end = *base::parseTime(QStringLiteral("2026-12-24T18:00:00.000Z"), {});
        const QByteArray token = "5e551000-0000-4000-8000-000000000001";
        QVERIFY(sessions->extend(token, end, soon()).has_value());
        RedisKeys expected = m_adapters;
        expected["user:session:" + token].replace("2026-07-15T12:00:00.000Z", "2026-12-24T18:00:00.000Z");
        expected["user:session:by-user-id:f9aed7af-5b25-4009-8d8c-c690c5d7ab08"] = "user:session:" + token;
        QCOMPARE(test::redisKeys(m_server->url()), expected);
        // A live one is not deleted as expired; one that is over is.
        QVERIFY(sessions->deleteExpired(token, fixtureNow(), soon()).has_value());
        QCOMPARE(test::redisKeys(m_server->url()), expected);
        QVERIFY(sessions->deleteExpired("5e551000-0000-4000-8000-000000000005", fixtureNow(), soon()).has_value());
        QVERIFY(sessions->extend("never-was", end, soon()).has_value());
        expected.remove("user:session:5e551000-0000-4000-8000-000000000005");
        expected.remove("user:session:by-user-id:f1fac257-5851-4189-a89f-bf3585c5f717"); // named it
        QCOMPARE(test::redisKeys(m_server->url()), expected);
    }

    void extendsBetterAuthsLists()
    {
        load(m_betterAuth);
        const auto sessions = open(store::Access::Write);
        const auto end =
            std::chrono::floor<std::chrono::seconds>(base::SystemClock().now()) + std::chrono::hours(100'000);
        const QByteArray token = "secben0xxxxxxxxxxxxxxxxxxxxxxxxx";
        QVERIFY(sessions->extend(token, end, soon()).has_value());
        const auto row = sessions->lookup(token, soon());
        QVERIFY(row && *row);
        QCOMPARE((*row)->expires, std::optional(base::Instant(end)));
        const RedisKeys keys = test::redisKeys(m_server->url());
        const QByteArray list = keys.value("active-sessions-wo293UywXyaf2LuEcLkWDgcD5vfufk9q");
        const QByteArray ms = QByteArray::number(qint64{base::Instant(end).time_since_epoch().count()});
        QVERIFY2(list.endsWith(sessionList({{token, ms}}).sliced(1)), list.constData());
        QVERIFY(test::redisCommand(m_server->url(), {"TTL", token}).toLongLong() > 99'999LL * 3600);
    }

    void readersCannotWrite()
    {
        load(m_adapters);
        const auto sessions = open(store::Access::ReadOnly);
        std::vector<store::RowKey> keys;
        keys.push_back(
            keyOf("5e551000-0000-4000-8000-000000000001", QStringLiteral("f9aed7af-5b25-4009-8d8c-c690c5d7ab08")));
        QCOMPARE(sessions->deleteRows(keys, soon()).error().code, ErrorCode::WriteRefused);
        QCOMPARE(sessions->extend("5e551000-0000-4000-8000-000000000001", fixtureNow(), soon()).error().code,
                 ErrorCode::WriteRefused);
        QCOMPARE(sessions->insertCanary({base::SecretBytes("x"), fixtureNow()}, soon()).error().code,
                 ErrorCode::WriteRefused);
        QCOMPARE(test::redisKeys(m_server->url()), m_adapters);
    }
};

QTEST_GUILESS_MAIN(RedisWritesTest)
#include "tst_RedisWrites.moc"
