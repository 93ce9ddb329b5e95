#include <QtTest>

#include <QJsonArray>

#include "core/redis/RedisChannel.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/RedisServer.h"
#include "tests/support/SqliteDatabase.h"
#include "tests/support/UpstashServer.h"

using namespace rollcall;
using test::CtlProcess;
using test::CtlResult;
using test::RedisServer;
using test::SqliteDatabase;

namespace {

const QByteArray token = "5e551000-0000-4000-8000-000000000001"; // of a live session of the fixture
const QByteArray password = "s3cret-of-the-cache";
const QByteArray readerPassword = "reader-of-the-cache";

/// What the step `cache` of a resolution came to: "miss", "hit", "error"; in a word with why.
QString cacheStep(const QJsonObject &answer)
{
    const QJsonArray trace = answer.value(QStringLiteral("trace")).toArray();
    for (const QJsonValue &step : trace) {
        if (step.toObject().value(QStringLiteral("step")) == QStringLiteral("cache"))
            return step.toObject().value(QStringLiteral("outcome")).toString();
    }
    return {};
}

QJsonObject cacheLeg(const CtlResult &result)
{
    const QJsonArray legs = result.json().value(QStringLiteral("legs")).toArray();
    for (const QJsonValue &leg : legs) {
        if (leg.toObject().value(QStringLiteral("leg")) == QStringLiteral("cache"))
            return leg.toObject();
    }
    return {};
}

} // namespace

/// Caches on the command line: `check`, `resolve --mode cached` and `sessions revoke` of several processes.
class CtlCacheTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<RedisServer> m_server;
    std::unique_ptr<test::UpstashServer> m_upstash;
    std::unique_ptr<SqliteDatabase> m_database;
    std::unique_ptr<CtlProcess> m_ctl;

    [[nodiscard]] QByteArray address(const QByteArray &userInfo = ":" + password) const
    {
        return "redis://" + userInfo + "@localhost:" + QByteArray::number(m_server->port()) + "/2";
    }
    [[nodiscard]] QByteArray addressOf(const QByteArray &kind) const
    {
        return kind == "upstash" ? m_upstash->address() : address();
    }
    CtlResult resolve(const QStringList &more = {})
    {
        return m_ctl->run(QStringList{QStringLiteral("resolve"), QStringLiteral("--mode"), QStringLiteral("cached"),
                                      QStringLiteral("--database"), m_database->url(), QStringLiteral("--cookie-file"),
                                      QStringLiteral("-")} +
                              more,
                          "authjs.session-token=" + token);
    }
    CtlResult check(const QStringList &flags) { return m_ctl->run(QStringList{QStringLiteral("check")} + flags); }
    [[nodiscard]] QByteArrayList keys() const
    {
        const auto found = redis::makeChannel(m_server->url(":" + password, "2"), {})
                               ->send({"KEYS", "*"}, base::Call::within(std::chrono::seconds(10)));
        QByteArrayList names;
        if (found) {
            for (const redis::RedisReply &name : found->elements)
                names << name.text;
        }
        return names;
    }
    static QStringList fromVariable() { return {QStringLiteral("--cache-env"), QStringLiteral("CACHE")}; }

private Q_SLOTS:
    void init()
    {
        m_server =
            std::make_unique<RedisServer>(QString::fromLatin1("--requirepass " + password + " --user reader on >" +
                                                              readerPassword + " ~* +@read +ping +select")
                                              .split(QLatin1Char(' ')));
        QVERIFY2(m_server->problem().isEmpty(), qPrintable(m_server->problem()));
        m_upstash = std::make_unique<test::UpstashServer>(m_server->url(":" + password, "2"));
        m_database = std::make_unique<SqliteDatabase>(QStringLiteral("prisma-adapter-sqlite"));
        m_database->exec(
            QStringLiteral("UPDATE Session SET expires = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '+20 days')"));
        m_ctl = std::make_unique<CtlProcess>();
        m_ctl->neverShow(password);
        m_ctl->neverShow(readerPassword);
        m_ctl->neverShow("rest-token-of-tests");
        m_ctl->neverShow(token);
    }

    void answersAreSharedUntilTheyAreRevoked_data()
    {
        QTest::addColumn<QByteArray>("kind");
        QTest::newRow("redis") << QByteArray("redis");
        QTest::newRow("upstash") << QByteArray("upstash");
    }
    void answersAreSharedUntilTheyAreRevoked()
    {
        QFETCH(QByteArray, kind);
        m_ctl->setEnvironment(QStringLiteral("CACHE"), QString::fromLatin1(addressOf(kind)));
        const CtlResult first = resolve(fromVariable());
        QVERIFY2(first.exitCode == 0, first.all().constData());
        QCOMPARE(cacheStep(first.json()), QStringLiteral("miss"));
        const CtlResult second = resolve(fromVariable());
        QVERIFY2(second.exitCode == 0, second.all().constData());
        QCOMPARE(cacheStep(second.json()), QStringLiteral("hit"));
        QCOMPARE(second.json().value(QStringLiteral("session")), first.json().value(QStringLiteral("session")));
        QCOMPARE(keys().size(), 4); // entry, index, two tags
        for (const QByteArray &key : keys())
            QVERIFY2(!key.contains(token), "a key names a token");
        // Revoked by another process, which knows the version where the others did not.
        const QStringList revoke{
            QStringLiteral("sessions"),
            QStringLiteral("revoke"),
            QStringLiteral("--database"),
            m_database->url(),
            QStringLiteral("--auth-version"),
            QStringLiteral("v4"),
            QStringLiteral("--session"),
            QString::fromLatin1(QCryptographicHash::hash(token, QCryptographicHash::Sha256).toHex().first(16)),
            QStringLiteral("--yes")};
        const CtlResult revoked = m_ctl->run(revoke + fromVariable());
        QVERIFY2(revoked.exitCode == 0, revoked.all().constData());
        QCOMPARE(revoked.json().value(QStringLiteral("revoked")).toInt(), 1);
        QCOMPARE(revoked.json().value(QStringLiteral("cachePurged")).toInt(), 1);
        const CtlResult after = resolve(fromVariable());
        QVERIFY2(after.exitCode == 1, after.all().constData());
        QCOMPARE(cacheStep(after.json()), QStringLiteral("miss"));
        QCOMPARE(after.json().value(QStringLiteral("reason")).toString(), QStringLiteral("row-missing"));
    }

    void aRevocationByAnotherNameReachesTheCache()
    {
        m_ctl->setEnvironment(QStringLiteral("CACHE"), QString::fromLatin1(address()));
        QCOMPARE(cacheStep(resolve(fromVariable()).json()), QStringLiteral("miss"));
        QCOMPARE(cacheStep(resolve(fromVariable()).json()), QStringLiteral("hit"));
        // The same database by another name, as a pooler's address would be.
        const QString alias = m_ctl->folder() + QStringLiteral("/alias.db");
        QVERIFY(QFile::link(m_database->path(), alias));
        const CtlResult revoked = m_ctl->run(
            QStringList{QStringLiteral("sessions"), QStringLiteral("revoke"), QStringLiteral("--database"),
                        QStringLiteral("sqlite:") + alias, QStringLiteral("--all"), QStringLiteral("--yes")} +
            fromVariable());
        QVERIFY2(revoked.exitCode == 0, revoked.all().constData());
        QCOMPARE(revoked.json().value(QStringLiteral("cachePurged")).toInt(), 1);
        const CtlResult after = resolve(fromVariable());
        QVERIFY2(after.exitCode == 1, after.all().constData());
    }

    void aSessionOfAnotherDatabaseIsNotAnswered()
    {
        m_ctl->setEnvironment(QStringLiteral("CACHE"), QString::fromLatin1(address()));
        QCOMPARE(cacheStep(resolve(fromVariable()).json()), QStringLiteral("miss"));
        // Another deployment with the same cache, where nobody is signed in.
        const SqliteDatabase other(QStringLiteral("prisma-adapter-sqlite"));
        other.exec(QStringLiteral("DELETE FROM Session"));
        const CtlResult foreign =
            m_ctl->run({QStringLiteral("resolve"), QStringLiteral("--mode"), QStringLiteral("cached"),
                        QStringLiteral("--database"), other.url(), QStringLiteral("--cookie-file"), QStringLiteral("-"),
                        QStringLiteral("--cache-env"), QStringLiteral("CACHE")},
                       "authjs.session-token=" + token);
        QVERIFY2(foreign.exitCode == 1, foreign.all().constData());
        QCOMPARE(foreign.json().value(QStringLiteral("reason")).toString(), QStringLiteral("row-missing"));
    }

    void aCacheThatIsDownIsPassedAndNamed()
    {
        m_ctl->setEnvironment(QStringLiteral("CACHE"), QString::fromLatin1(address()));
        m_server->kill();
        const CtlResult resolved = resolve(fromVariable());
        QVERIFY2(resolved.exitCode == 0, resolved.all().constData());
        QCOMPARE(cacheStep(resolved.json()), QStringLiteral("error"));
        QVERIFY2(resolved.out.contains("cache-unavailable"), resolved.all().constData());
        const CtlResult revoked =
            m_ctl->run(QStringList{QStringLiteral("sessions"), QStringLiteral("revoke"), QStringLiteral("--database"),
                                   m_database->url(), QStringLiteral("--all"), QStringLiteral("--yes")} +
                       fromVariable());
        // The rows are gone, and yet it is no success: that is said by the exit code as well.
        QVERIFY2(revoked.exitCode == 5 && revoked.errorCode() == QStringLiteral("ConnectRefused"),
                 revoked.all().constData());
        QVERIFY(revoked.json().value(QStringLiteral("revoked")).toInt() > 0);
        QCOMPARE(revoked.json().value(QStringLiteral("cachePurged")).toInt(), 0);
        QVERIFY2(revoked.err.contains("may stay in the cache"), revoked.all().constData());
    }

    void checksTheCacheLeg_data()
    {
        QTest::addColumn<QByteArray>("userInfo");
        QTest::addColumn<QString>("status");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("good") << ":" + password << QStringLiteral("ok") << 0;
        QTest::newRow("wrong password") << QByteArray(":wrong") << QStringLiteral("fail") << 3;
        QTest::newRow("may only read") << "reader:" + readerPassword << QStringLiteral("fail") << 3;
    }
    void checksTheCacheLeg()
    {
        QFETCH(QByteArray, userInfo);
        QFETCH(QString, status);
        QFETCH(int, exitCode);
        m_ctl->setEnvironment(QStringLiteral("CACHE"), QString::fromLatin1(address(userInfo)));
        const CtlResult result = check(fromVariable());
        QVERIFY2(result.exitCode == exitCode, result.all().constData());
        const QJsonObject leg = cacheLeg(result);
        QVERIFY2(leg.value(QStringLiteral("status")) == status, result.all().constData());
        QVERIFY(!leg.value(QStringLiteral("detail")).toString().isEmpty());
        QCOMPARE(leg.value(QStringLiteral("remedy")).toString().isEmpty(), status == QStringLiteral("ok"));
        QVERIFY2(keys().isEmpty(), "a check wrote something");
    }

    void checksUpstash_data()
    {
        QTest::addColumn<bool>("right");
        QTest::newRow("its token") << true;
        QTest::newRow("another token") << false;
    }
    void checksUpstash()
    {
        QFETCH(bool, right);
        // As a deployment's env file has it.
        const QByteArray parts = m_upstash->address().sliced(QByteArray("upstash:").size());
        const QByteArray rest = "http://" + parts.sliced(parts.indexOf('@') + 1);
        const QString file =
            m_ctl->writeFile(QStringLiteral("env"), "UPSTASH_REDIS_REST_URL=" + rest + "\nUPSTASH_REDIS_REST_TOKEN=" +
                                                        (right ? "rest-token-of-tests" : "another") + "\n");
        const CtlResult result = check({QStringLiteral("--env-file"), file});
        QVERIFY2(result.exitCode == (right ? 0 : 3), result.all().constData());
        QVERIFY2(cacheLeg(result).value(QStringLiteral("status")) ==
                     (right ? QStringLiteral("ok") : QStringLiteral("fail")),
                 result.all().constData());
    }

    void aCacheInClearTextElsewhereIsRefused()
    {
        const QStringList elsewhere{QStringLiteral("--cache"), QStringLiteral("redis://cache.example.test")};
        const CtlResult resolved = resolve(elsewhere);
        QVERIFY2(resolved.exitCode == 4, resolved.all().constData());
        QVERIFY(resolved.err.contains("--allow-insecure"));
        const CtlResult checked = check(elsewhere);
        QVERIFY2(cacheLeg(checked).value(QStringLiteral("status")) == QStringLiteral("fail"),
                 checked.all().constData());
    }

    void aPasswordOnTheCommandLineIsWarnedOf()
    {
        CtlProcess ctl; // what is on a command line is no secret any more, so nothing is forbidden here
        const CtlResult result =
            ctl.run({QStringLiteral("check"), QStringLiteral("--cache"), QString::fromLatin1(address())});
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QVERIFY(result.err.contains("--cache-env"));
        QVERIFY2(!result.all().contains(password), result.all().constData());
    }
};

QTEST_GUILESS_MAIN(CtlCacheTest)
#include "tst_CtlCache.moc"
