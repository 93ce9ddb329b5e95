#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>

#include "core/base/Fingerprint.h"
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
using test::words;

namespace {

const QByteArray token = "5e551000-0000-4000-8000-000000000001";   // ada's, live
const QByteArray strange = "70ffee00-0000-4000-8000-000000000009"; // nobody's

QString fingerprintOf(const QByteArray &of)
{
    return base::Fingerprint::of(of).text();
}

/// By pattern and fingerprint: what a listing says of @p member.
QMap<QString, QString> said(const CtlResult &result, const char *member)
{
    QMap<QString, QString> all;
    const QJsonArray keys = result.json().value(QStringLiteral("keys")).toArray();
    for (const QJsonValue &value : keys) {
        const QJsonObject key = value.toObject();
        all.insert(key.value(QStringLiteral("keys")).toString() + QLatin1Char(' ') +
                       key.value(QStringLiteral("fingerprint")).toString(),
                   key.value(QLatin1StringView(member)).toString());
    }
    return all;
}

} // namespace

/// `cache list`, `cache drift` and `cache purge`, and what a revocation takes out of the deployment's own cache, on a
/// real Redis server and through Upstash's REST.
class CtlCopiesTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<RedisServer> m_server;
    std::unique_ptr<test::UpstashServer> m_upstash;
    std::unique_ptr<SqliteDatabase> m_database;
    std::unique_ptr<CtlProcess> m_ctl;

    redis::RedisReply command(const redis::RedisCommand &words) const
    {
        const auto reply =
            redis::makeChannel(m_server->url(), {})->send(words, base::Call::within(std::chrono::seconds(10)));
        return reply ? *reply : redis::RedisReply::ofError("no answer");
    }
    qint64 keys() const { return command({"DBSIZE"}).number; }
    [[nodiscard]] QString ada() const
    {
        return m_database
            ->value(
                QStringLiteral("SELECT userId FROM Session WHERE sessionToken = '%1'").arg(QString::fromLatin1(token)))
            .value_or(QString());
    }
    /// A session as a deployment caches it, ending in @p days days.
    static QByteArray copyOf(const QString &user, int days)
    {
        const QDateTime end = QDateTime::currentDateTimeUtc().addDays(days);
        return QJsonDocument(QJsonObject{{QStringLiteral("session"),
                                          QJsonObject{{QStringLiteral("userId"), user},
                                                      {QStringLiteral("expires"), end.toString(Qt::ISODateWithMs)}}},
                                         {QStringLiteral("user"), QJsonObject{{QStringLiteral("id"), user}}}})
            .toJson(QJsonDocument::Compact);
    }
    CtlResult cache(const char *what, const QStringList &more = {}) const
    {
        return m_ctl->run(words("cache") + words(what) + more +
                          words("--cache-env CACHE --cache-keys app:s:{token} --cache-keys app:h:{sha256}"));
    }
    [[nodiscard]] QStringList rows() const { return {QStringLiteral("--database"), m_database->url()}; }
    void fill()
    {
        // Ours, of ada's session.
        const CtlResult resolved = m_ctl->run(words("resolve --mode cached --cache-env CACHE --cookie-file -") + rows(),
                                              "authjs.session-token=" + token);
        QVERIFY2(resolved.exitCode == 0, resolved.all().constData());
        const QByteArray digest = QCryptographicHash::hash(strange, QCryptographicHash::Sha256).toHex();
        QCOMPARE(command({"SET", "app:s:" + token, copyOf(ada(), 10), "EX", "600"}).text, QByteArray("OK"));
        QCOMPARE(command({"SET", "app:s:" + strange, copyOf(QStringLiteral("nobody"), 10)}).text, QByteArray("OK"));
        QCOMPARE(command({"SET", "app:h:" + digest, "opaque"}).text, QByteArray("OK"));
        QCOMPARE(command({"SET", "app:other", "1"}).text, QByteArray("OK"));
        QCOMPARE(command({"HSET", "app:s:hash", "a", "b"}).number, 1);
    }

private Q_SLOTS:
    void init()
    {
        m_server = std::make_unique<RedisServer>();
        QVERIFY2(m_server->problem().isEmpty(), qPrintable(m_server->problem()));
        m_upstash = std::make_unique<test::UpstashServer>(m_server->url());
        m_database = std::make_unique<SqliteDatabase>(QStringLiteral("prisma-adapter-sqlite"));
        m_database->exec(
            QStringLiteral("UPDATE Session SET expires = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '+20 days')"));
        m_ctl = std::make_unique<CtlProcess>();
        m_ctl->setEnvironment(QStringLiteral("CACHE"), QStringLiteral("redis://localhost:%1/0").arg(m_server->port()));
        m_ctl->neverShow(token);
        m_ctl->neverShow(strange);
        m_ctl->neverShow("rest-token-of-tests");
    }

    void listsAndCompares_data()
    {
        QTest::addColumn<bool>("overRest");
        QTest::newRow("over a socket") << false;
        QTest::newRow("over REST") << true;
    }
    void listsAndCompares()
    {
        QFETCH(bool, overRest);
        if (overRest)
            m_ctl->setEnvironment(QStringLiteral("CACHE"), QString::fromLatin1(m_upstash->address()));
        fill();
        const qint64 before = keys();
        const CtlResult list = cache("list");
        QVERIFY2(list.exitCode == 0 && list.json().value(QStringLiteral("complete")).toBool(), list.all().constData());
        const QString adas = fingerprintOf(token);
        const QString nobodys = fingerprintOf(strange);
        const QMap<QString, QString> states = said(list, "state");
        const QMap<QString, QString> expected{
            {QStringLiteral("rollcall ") + adas, QStringLiteral("live")},
            {QStringLiteral("app:s:{token} ") + adas, QStringLiteral("live")},
            {QStringLiteral("app:s:{token} ") + nobodys, QStringLiteral("live")},
            {QStringLiteral("app:s:{token} ") + fingerprintOf("hash"), QStringLiteral("unknown")},
            {QStringLiteral("app:h:{sha256} ") + nobodys, QStringLiteral("unknown")}};
        QVERIFY2(states == expected, list.all().constData());
        const QJsonArray listed = list.json().value(QStringLiteral("keys")).toArray();
        for (const QJsonValue &value : listed) {
            const QJsonObject key = value.toObject();
            const bool isAdas = key.value(QStringLiteral("fingerprint")) == adas;
            QCOMPARE(key.value(QStringLiteral("ttlSeconds")).isNull(), !isAdas);
            QVERIFY2(!isAdas || key.value(QStringLiteral("bytes")).toInt() > 20, list.all().constData());
        }

        const CtlResult drift = cache("drift", rows());
        QVERIFY2(drift.exitCode == 0, drift.all().constData());
        QVERIFY2(drift.err.contains("whole table"), drift.all().constData());
        const QMap<QString, QString> drifted{
            {QStringLiteral("app:s:{token} ") + nobodys, QStringLiteral("gone")},
            {QStringLiteral("app:s:{token} ") + fingerprintOf("hash"), QStringLiteral("gone")},
            {QStringLiteral("app:h:{sha256} ") + nobodys, QStringLiteral("gone")}};
        QVERIFY2(said(drift, "drift") == drifted, drift.all().constData());
        QCOMPARE(keys(), before);
    }

    void rowsThatMovedOn_data()
    {
        QTest::addColumn<QString>("sql");
        QTest::addColumn<QString>("drift");
        QTest::newRow("the row has expired")
            << QStringLiteral("UPDATE Session SET expires = '2020-01-01T00:00:00.000+00:00'")
            << QStringLiteral("expired");
        QTest::newRow("the row ends sooner")
            << QStringLiteral("UPDATE Session SET expires = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '+1 days')")
            << QStringLiteral("differs");
        QTest::newRow("the row is another user's")
            << QStringLiteral("UPDATE Session SET userId = (SELECT id FROM User WHERE id <> userId LIMIT 1) WHERE "
                              "sessionToken = '%1'")
                   .arg(QString::fromLatin1(token))
            << QStringLiteral("differs");
        QTest::newRow("the row is gone") << QStringLiteral("DELETE FROM Session") << QStringLiteral("gone");
    }
    void rowsThatMovedOn()
    {
        QFETCH(QString, sql);
        QFETCH(QString, drift);
        fill();
        m_database->exec(sql);
        const QMap<QString, QString> found = said(cache("drift", rows()), "drift");
        QCOMPARE(found.value(QStringLiteral("rollcall ") + fingerprintOf(token)), drift);
        QCOMPARE(found.value(QStringLiteral("app:s:{token} ") + fingerprintOf(token)), drift);
    }

    void purgesWhatIsNamedAndNothingElse_data()
    {
        QTest::addColumn<QStringList>("flags");
        QTest::addColumn<int>("purged");
        QTest::newRow("a session") << QStringList{QStringLiteral("--fingerprint"), fingerprintOf(strange)} << 2;
        QTest::newRow("a user") << QStringList{QStringLiteral("--user"), QStringLiteral("ada@example.com")} << 2;
        QTest::newRow("drifted") << words("--drifted") << 3;
        QTest::newRow("all") << words("--all") << 5;
        QTest::newRow("nobody's") << QStringList{QStringLiteral("--fingerprint"), QStringLiteral("0123456789abcdef")}
                                  << 0;
    }
    void purgesWhatIsNamedAndNothingElse()
    {
        QFETCH(QStringList, flags);
        QFETCH(int, purged);
        fill();
        const qint64 before = keys();
        const CtlResult refused = cache("purge", flags + rows());
        QVERIFY2(refused.exitCode == 4, refused.all().constData());
        const CtlResult readOnly = cache("purge --yes --read-only", flags + rows());
        QVERIFY2(readOnly.exitCode == 4, readOnly.all().constData());
        QCOMPARE(keys(), before);
        const CtlResult done = cache("purge --yes --reason drill", flags + rows());
        QVERIFY2(done.exitCode == 0, done.all().constData());
        QCOMPARE(done.json().value(QStringLiteral("purged")).toInt(), purged);
        QCOMPARE(keys(), before - purged);
        QCOMPARE(command({"GET", "app:other"}).text, QByteArray("1"));
        const QJsonArray entries = m_ctl->run(words("audit list")).json().value(QStringLiteral("entries")).toArray();
        QCOMPARE(entries.size(), purged > 0 ? 2 : 0);
        if (purged == 0)
            return;
        const QJsonObject outcome = entries.last().toObject();
        QCOMPARE(outcome.value(QStringLiteral("action")).toString(), QStringLiteral("cache.purge"));
        QCOMPARE(outcome.value(QStringLiteral("operation")), done.json().value(QStringLiteral("auditId")));
        QCOMPARE(outcome.value(QStringLiteral("counts")).toObject().value(QStringLiteral("purged")).toInt(), purged);
    }

    void aRevocationTakesTheDeploymentsCopies()
    {
        fill();
        const CtlResult revoked = m_ctl->run(words("sessions revoke --yes --cache-env CACHE --cache-keys app:s:{token} "
                                                   "--session")
                                             << fingerprintOf(token) << rows());
        QVERIFY2(revoked.exitCode == 0, revoked.all().constData());
        QCOMPARE(revoked.json().value(QStringLiteral("cachePurged")).toInt(), 1);
        QCOMPARE(command({"EXISTS", "app:s:" + token}).number, 0);
        QCOMPARE(command({"EXISTS", "app:s:" + strange}).number, 1);
    }

    void aPurgeThatFailedIsGoneOnWith()
    {
        fill();
        m_ctl->setEnvironment(QStringLiteral("AWAY"), QStringLiteral("redis://localhost:1/0"));
        const CtlResult cut = m_ctl->run(words("sessions revoke --yes --cache-env AWAY --cache-keys app:s:{token} "
                                               "--reason drill --session")
                                         << fingerprintOf(token) << rows());
        QVERIFY2(cut.exitCode == 5 && cut.err.contains("operations resume"), cut.all().constData());
        QCOMPARE(cut.json().value(QStringLiteral("revoked")).toInt(), 1);
        QCOMPARE(command({"EXISTS", "app:s:" + token}).number, 1);
        const QJsonObject operation = m_ctl->run(words("operations list"))
                                          .json()
                                          .value(QStringLiteral("operations"))
                                          .toArray()
                                          .first()
                                          .toObject();
        QCOMPARE(operation.value(QStringLiteral("id")), cut.json().value(QStringLiteral("auditId")));
        QCOMPARE(operation.value(QStringLiteral("done")).toInt(), 1);
        const CtlResult resumed =
            m_ctl->run(words("operations resume --yes --cache-env CACHE --cache-keys app:s:{token}")
                       << operation.value(QStringLiteral("id")).toString() << rows());
        QVERIFY2(resumed.exitCode == 0, resumed.all().constData());
        QCOMPARE(resumed.json().value(QStringLiteral("revoked")).toInt(), 1);
        QCOMPARE(resumed.json().value(QStringLiteral("cachePurged")).toInt(), 1);
        QCOMPARE(command({"EXISTS", "app:s:" + token}).number, 0);
        QCOMPARE(command({"EXISTS", "app:s:" + strange}).number, 1);
        QVERIFY(m_ctl->run(words("operations list")).json().value(QStringLiteral("operations")).toArray().isEmpty());
    }

    void aPurgeThatIsRefusedIsSaid()
    {
        fill();
        QCOMPARE(command({"ACL", "SETUSER", "looker", "on", ">looks", "~*", "+@all", "-del", "-unlink"}).text,
                 QByteArray("OK"));
        m_ctl->setEnvironment(QStringLiteral("LOOKER"),
                              QStringLiteral("redis://looker:looks@localhost:%1/0").arg(m_server->port()));
        const qint64 before = keys();
        const CtlResult refused =
            m_ctl->run(words("cache purge --all --yes --cache-env LOOKER --cache-keys app:s:{token}"));
        QVERIFY2(refused.exitCode != 0 && !refused.errorCode().isEmpty(), refused.all().constData());
        QCOMPARE(keys(), before);
        const QJsonObject outcome =
            m_ctl->run(words("audit list")).json().value(QStringLiteral("entries")).toArray().last().toObject();
        QCOMPARE(outcome.value(QStringLiteral("action")).toString(), QStringLiteral("cache.purge"));
        QCOMPARE(outcome.value(QStringLiteral("phase")).toString(), QStringLiteral("outcome"));
        const QJsonObject counts = outcome.value(QStringLiteral("counts")).toObject();
        QVERIFY(counts.value(QStringLiteral("keys")).toInt() > 0);
        QCOMPARE(counts.value(QStringLiteral("purged")).toInt(-1), 0);
        QCOMPARE(counts.value(QStringLiteral("complete")), QJsonValue(false));
    }

    void whatALibraryKeeps()
    {
        // Better Auth's secondary storage beside a database: bare tokens, among keys of everything else.
        const QByteArray value =
            "{\"session\":{\"token\":\"" + token +
            "\",\"userId\":\"u1\",\"expiresAt\":\"2099-01-01T00:00:00.000Z\"},\"user\":{\"id\":\"u1\"}}";
        command({"SET", token, value});
        command({"SET", "active-sessions-u1", "[]"});
        command({"SET", "user:session:" + token,
                 "{\"sessionToken\":\"" + token + "\",\"userId\":\"u1\",\"expires\":\"2099-01-01T00:00:00.000Z\"}"});
        command({"SET", "user:session:by-user-id:u1", "user:session:" + token});
        const QStringList base = words("cache list --cache-env CACHE --cache-keys better-auth --cache-keys upstash");
        const CtlResult list = m_ctl->run(base);
        const QMap<QString, QString> expected{
            {QStringLiteral("better-auth ") + fingerprintOf(token), QStringLiteral("live")},
            {QStringLiteral("upstash ") + fingerprintOf(token), QStringLiteral("live")}};
        QVERIFY2(said(list, "state") == expected, list.all().constData());
        // With each goes what points to it.
        const CtlResult purged = m_ctl->run(words("cache purge --yes --cache-env CACHE --cache-keys better-auth "
                                                  "--cache-keys upstash --fingerprint")
                                            << fingerprintOf(token));
        QVERIFY2(purged.exitCode == 0 && purged.json().value(QStringLiteral("purged")).toInt() == 2,
                 purged.all().constData());
        QCOMPARE(command({"EXISTS", "user:session:by-user-id:u1"}).number, 0);
        QCOMPARE(command({"GET", "active-sessions-u1"}).text, QByteArray("[]")); // it was not in there
        QCOMPARE(keys(), 1);
    }

    void aRevocationTakesCopiesThatNobodyHereCanRead_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("encrypted") << QByteArray("\xc3\x28 no JSON");
        QTest::newRow("JSON of something else") << QByteArray("{\"v\":1,\"iv\":\"x\"}");
        QTest::newRow("larger than any session") << QByteArray(300 << 10, 'x');
    }
    void aRevocationTakesCopiesThatNobodyHereCanRead()
    {
        QFETCH(QByteArray, value);
        const QByteArray list = "active-sessions-" + ada().toUtf8();
        QCOMPARE(command({"SET", token, value}).text, QByteArray("OK"));
        QCOMPARE(command({"SET", list, "no JSON"}).text, QByteArray("OK"));
        const CtlResult revoked = m_ctl->run(words("sessions revoke --yes --cache-env CACHE --cache-keys better-auth "
                                                   "--session")
                                             << fingerprintOf(token) << rows());
        QVERIFY2(revoked.exitCode == 0, revoked.all().constData());
        QCOMPARE(revoked.json().value(QStringLiteral("cachePurged")).toInt(), 1);
        QCOMPARE(command({"EXISTS", token}).number, 0);
        QCOMPARE(command({"GET", list}).text, QByteArray("no JSON"));
        QVERIFY2(revoked.all().contains("1 lists of a user's sessions"), revoked.all().constData());
    }

    void aPurgeWithoutEvalCountsWhatItRemoved()
    {
        const QByteArray value = "{\"session\":{\"token\":\"" + token +
                                 "\",\"userId\":\"u1\",\"expiresAt\":\"2099-01-01T00:00:00.000Z\"},\"user\":{}}";
        command({"SET", token, value});
        command({"SET", "active-sessions-u1", "[{\"token\":\"" + token + "\",\"expiresAt\":4070908800000}]"});
        QCOMPARE(command({"ACL", "SETUSER", "looker", "on", ">looks", "~*", "+@all", "-eval"}).text, QByteArray("OK"));
        m_ctl->setEnvironment(QStringLiteral("LOOKER"),
                              QStringLiteral("redis://looker:looks@localhost:%1/0").arg(m_server->port()));
        const CtlResult cut = m_ctl->run(words("cache purge --yes --cache-env LOOKER --cache-keys better-auth "
                                               "--fingerprint")
                                         << fingerprintOf(token));
        QVERIFY2(cut.exitCode == 5 && cut.all().contains("eval"), cut.all().constData());
        QCOMPARE(cut.json().value(QStringLiteral("purged")).toInt(), 1);
        QCOMPARE(command({"EXISTS", token}).number, 0);
    }

    void sessionsThatLiveThereAreNotCopies()
    {
        fill();
        const qint64 before = keys();
        const CtlResult result =
            cache("purge --all --yes",
                  {QStringLiteral("--database"), QStringLiteral("redis://localhost:%1/0").arg(m_server->port())});
        QVERIFY2(result.exitCode == 4 && result.err.contains("not copies"), result.all().constData());
        // Another database number, as if it were another name of the same: all of them are too many to be wrong about.
        const CtlResult other =
            cache("purge --drifted --yes",
                  {QStringLiteral("--database"), QStringLiteral("redis://localhost:%1/3").arg(m_server->port())});
        QVERIFY2(other.exitCode == 4 && other.err.contains("another name"), other.all().constData());
        const CtlResult storage =
            m_ctl->run(words("cache purge --cache-env CACHE --cache-keys better-auth --all --yes"));
        QVERIFY2(storage.exitCode == 4 && storage.err.contains("secondary storage"), storage.all().constData());
        QCOMPARE(keys(), before);
    }

    void whatIsCutShortSaysSo()
    {
        for (int i = 0; i < 400; ++i) {
            redis::RedisCommand many{"MSET"};
            for (int j = 0; j < 1'000; ++j)
                many.insert(many.end(), {"noise:" + QByteArray::number(i * 1'000 + j), "x"});
            QCOMPARE(command(many).text, QByteArray("OK"));
        }
        // 400,000 keys at 250,000 a second, for each of three patterns, are more than three seconds.
        const CtlResult list = cache("list --timeout 3");
        QVERIFY2(list.exitCode == 0 && !list.json().value(QStringLiteral("complete")).toBool(true),
                 list.all().constData());
        QVERIFY2(list.err.contains("--timeout"), list.all().constData());
    }

    void whatCannotBeMeant_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode");
        const auto row = [](const char *text, int code) { QTest::newRow(text) << words(text) << code; };
        row("cache list", 2);
        row("cache list --cache-env CACHE --cache-keys app:session", 2);
        row("cache list --cache-env CACHE --cache-keys {token}", 2);
        row("cache list --cache-env CACHE --cache-keys a{token}b{sha256}", 2);
        row("cache drift --cache-env CACHE", 2);
        row("cache purge --cache-env CACHE --yes", 2);
        row("cache purge --cache-env CACHE --yes --all --drifted", 2);
        row("cache purge --cache-env CACHE --yes --fingerprint 12", 2);
        row("cache list --cache redis://localhost:1", 3);
        row("cache list --cache redis://cache.example.test", 4);
    }
    void whatCannotBeMeant()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, exitCode);
        const CtlResult result = m_ctl->run(arguments);
        QVERIFY2(result.exitCode == exitCode && !result.errorCode().isEmpty(), result.all().constData());
    }
};

QTEST_GUILESS_MAIN(CtlCopiesTest)
#include "tst_CtlCopies.moc"
