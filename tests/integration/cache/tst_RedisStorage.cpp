#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/engine/betterauth/BetterAuthResolver.h"
#include "core/engine/betterauth/RedisStorage.h"
#include "core/engine/betterauth/SignedCookie.h"
#include "core/http/Cookie.h"
#include "core/store/StoreFactory.h"
#include "tests/support/MemorySessionRows.h"
#include "tests/support/RedisFixtures.h"
#include "tests/support/RedisServer.h"
#include "tests/support/UpstashServer.h"

using namespace rollcall;
using namespace rollcall::engine::betterauth;
using namespace std::chrono_literals;
using session::NullReason;

namespace {

const QByteArray secret = QByteArrayLiteral("a secret of the tests, long enough for anything");
const QByteArray token = QByteArrayLiteral("secada0xxxxxxxxxxxxxxxxxxxxxxxxx");

base::Call soon()
{
    return base::Call::within(20s);
}

} // namespace

/// Better Auth's secondary storage on a real server, over both ways to it.
class RedisStorageTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::RedisServer> m_server;
    std::unique_ptr<test::UpstashServer> m_upstash;

    [[nodiscard]] QByteArray address(bool overRest) const
    {
        return overRest ? m_upstash->address() : "redis://127.0.0.1:" + QByteArray::number(m_server->port());
    }
    [[nodiscard]] std::unique_ptr<RedisStorage> open(bool overRest, const QByteArray &prefix = {}) const
    {
        auto url = redis::RedisUrl::parse(address(overRest));
        return std::make_unique<RedisStorage>(redis::makeChannel(std::move(*url), {}), prefix);
    }
    [[nodiscard]] session::Resolution resolve(bool overRest) const
    {
        Options options;
        options.baseUrl = QByteArrayLiteral("http://localhost:3000");
        options.secrets.emplace_back(QByteArrayView(secret));
        options.hasSecondaryStorage = true;
        const base::FixedClock clock(*base::parseTime(QStringLiteral("2026-11-21T12:00:00Z"), {}));
        BetterAuthResolver resolver(
            makeConfig(options),
            std::make_unique<test::MemorySessionRows>(jose::JsonValue::Array(), jose::JsonValue::Array()),
            open(overRest), engine::Effects::Observe, clock);
        const QByteArray cookie =
            "better-auth.session_token=" + http::encodeUriComponent(signCookie(secret, token).view());
        return resolver.resolve(cookie, soon());
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<test::RedisServer>();
        QVERIFY2(m_server->problem().isEmpty(), qPrintable(m_server->problem()));
        m_upstash = std::make_unique<test::UpstashServer>(m_server->url());
    }
    void init() { test::redisCommand(m_server->url(), {"FLUSHALL"}); }

    void keepsTexts_data()
    {
        QTest::addColumn<bool>("overRest");
        QTest::newRow("over a socket") << false;
        QTest::newRow("over REST") << true;
    }
    void keepsTexts()
    {
        QFETCH(bool, overRest);
        const auto storage = open(overRest, "app:");
        const QString text = QStringLiteral("{\"n\":\"Zo\u00eb \U0001F642\\n\"}");
        QCOMPARE(storage->get(QStringLiteral("k"), soon()).value(), std::optional<QString>());
        QVERIFY(storage->set(QStringLiteral("k"), text, 100s, soon()).has_value());
        QCOMPARE(storage->get(QStringLiteral("k"), soon()).value(), std::optional(text));
        QCOMPARE(test::redisKeys(m_server->url()), (test::RedisKeys{{"app:k", text.toUtf8()}}));
        const int life = test::redisCommand(m_server->url(), {"TTL", "app:k"}).toInt();
        QVERIFY2(life > 60 && life <= 100, qPrintable(QString::number(life)));
        QVERIFY(storage->set(QStringLiteral("k"), QString(), 0s, soon()).has_value());
        QCOMPARE(test::redisCommand(m_server->url(), {"TTL", "app:k"}), QByteArray("-1"));
        QCOMPARE(storage->get(QStringLiteral("k"), soon()).value(), std::optional(QString::fromLatin1("")));
        QVERIFY(storage->remove(QStringLiteral("k"), soon()).has_value());
        QVERIFY(storage->remove(QStringLiteral("k"), soon()).has_value());
        QVERIFY(test::redisKeys(m_server->url()).isEmpty());
        test::redisCommand(m_server->url(), {"HSET", "app:k", "a", "b"});
        const auto other = storage->get(QStringLiteral("k"), soon());
        QVERIFY(!other && other.error().code == base::ErrorCode::StatementFailed);
    }

    /// What is revoked in the database of the deployment is not resolved out of it.
    void aRevokedSessionIsNotResolved_data() { keepsTexts_data(); }
    void aRevokedSessionIsNotResolved()
    {
        QFETCH(bool, overRest);
        QString problem;
        test::loadRedis(m_server->url(), test::redisFixture(QStringLiteral("better-auth-secondary-storage-redis")),
                        problem);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        const auto before = resolve(overRest);
        QVERIFY2(before.session.has_value(), qPrintable(before.reason ? nullReasonName(*before.reason) : QString()));

        const auto url = test::databaseAt(address(overRest));
        const auto schema = store::detectSchema(url, {}, soon());
        QVERIFY(schema && schema->best);
        const auto sessions = store::openStore(url, *schema->best, {}, store::Access::Write, soon());
        QVERIFY(sessions.has_value());
        QStringList unmatched;
        const QString fingerprint = base::Fingerprint::of(token).text();
        const auto rows = (*sessions)->findRows({&fingerprint, 1}, unmatched, base::Instant(), soon());
        QVERIFY(rows && rows->size() == 1);
        const auto deleted = (*sessions)->deleteRows({&rows->front().key, 1}, soon());
        QVERIFY2(deleted.has_value(), deleted ? "" : qPrintable(base::oneLine(deleted.error())));
        const auto after = resolve(overRest);
        QVERIFY(!after.session.has_value());
        QCOMPARE(after.reason, std::optional(NullReason::BaStorageMiss));
    }

    void aServerThatIsGoneIsAnError()
    {
        auto url = redis::RedisUrl::parse("redis://127.0.0.1:1");
        RedisStorage storage(redis::makeChannel(std::move(*url), {}));
        const auto got = storage.get(QStringLiteral("k"), soon());
        QVERIFY(!got && got.error().code == base::ErrorCode::ConnectRefused);
    }
};

QTEST_GUILESS_MAIN(RedisStorageTest)
#include "tst_RedisStorage.moc"
