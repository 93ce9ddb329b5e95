#include <QtTest>

#include <QJsonArray>

#include "tests/support/CtlProcess.h"
#include "tests/support/RedisFixtures.h"
#include "tests/support/RedisServer.h"
#include "tests/support/TestPaths.h"
#include "tests/support/UpstashServer.h"

using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::words;

namespace test = rollcall::test;

namespace {

const QByteArray password = QByteArrayLiteral("pass/word-of-redis");

QJsonArray sessionsIn(const CtlResult &result)
{
    return result.json().value(QStringLiteral("sessions")).toArray();
}

} // namespace

/// The command line on a Redis server that holds the adapter's keys: over a socket and over Upstash's REST.
class CtlRedisTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::RedisServer> m_server;
    std::unique_ptr<test::UpstashServer> m_upstash;
    const test::RedisKeys m_keys = test::redisFixture(QStringLiteral("upstash-redis-adapter-redis"));

    [[nodiscard]] rollcall::redis::RedisUrl at(const QByteArray &database = "0") const
    {
        return m_server->url(":" + password.toPercentEncoding(), database);
    }
    void load(const test::RedisKeys &keys, const QByteArray &database = "0") const
    {
        QString problem;
        test::loadRedis(at(database), keys, problem);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
    }
    /// Puts the address into the variable DB; neither password nor token of a session may be shown.
    void give(CtlProcess &ctl, bool overRest = false, const QByteArray &database = "0") const
    {
        const QByteArray socket = "redis://:" + password.toPercentEncoding() +
                                  "@127.0.0.1:" + QByteArray::number(m_server->port()) + '/' + database;
        ctl.setEnvironment(QStringLiteral("DB"), QString::fromLatin1(overRest ? m_upstash->address() : socket));
        ctl.neverShow(password);
        ctl.neverShow(password.toPercentEncoding());
        for (auto key = m_keys.begin(); key != m_keys.end(); ++key) {
            if (key.key().startsWith("user:session:5e55"))
                ctl.neverShow(key.key().sliced(QByteArrayView("user:session:").size()));
        }
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<test::RedisServer>(
            QStringList{QStringLiteral("--requirepass"), QString::fromLatin1(password)});
        QVERIFY2(m_server->problem().isEmpty(), qPrintable(m_server->problem()));
        m_upstash = std::make_unique<test::UpstashServer>(at());
    }
    void init()
    {
        test::redisCommand(at(), {"FLUSHALL"});
        load(m_keys);
    }

    void reads_data()
    {
        QTest::addColumn<bool>("overRest");
        QTest::newRow("over a socket") << false;
        QTest::newRow("over REST") << true;
    }
    void reads()
    {
        QFETCH(bool, overRest);
        CtlProcess ctl;
        give(ctl, overRest);
        const CtlResult schema = ctl.run(words("schema detect --database-env DB"));
        QVERIFY2(schema.exitCode == 0, schema.all().constData());
        QCOMPARE(schema.json().value(QStringLiteral("profile")), QStringLiteral("upstash-redis"));
        QCOMPARE(schema.json().value(QStringLiteral("database")).toObject().value(QStringLiteral("kind")),
                 QStringLiteral("Redis"));
        for (const auto &[part, pattern] : {std::pair{"sessions", "user:session:*"}, std::pair{"users", "user:*"},
                                            std::pair{"accounts", "user:account:*"}}) {
            const QJsonObject object = schema.json().value(QLatin1StringView(part)).toObject();
            QCOMPARE(object.value(QStringLiteral("keyPattern")), QLatin1StringView(pattern));
            QVERIFY(!object.contains(QStringLiteral("table")) && !object.contains(QStringLiteral("columns")));
        }
        const QString map = ctl.writeFile(QStringLiteral("map.json"), schema.out);
        const CtlResult list = ctl.run(words("sessions list --database-env DB --now 1781524800 --map") << map);
        QVERIFY2(list.exitCode == 0, list.all().constData());
        QCOMPARE(sessionsIn(list).size(), 7);
        QVERIFY2(list.err.contains("looked through"), list.all().constData());
        const CtlResult stats = ctl.run(words("sessions stats --database-env DB --now 1781524800"));
        QVERIFY2(stats.exitCode == 0, stats.all().constData());
        QCOMPARE(stats.json().value(QStringLiteral("live")).toInt(), 7);
        QCOMPARE(stats.json().value(QStringLiteral("orphan")).toInt(), 1);
        const CtlResult checked = ctl.run(words("check --database-env DB"));
        QVERIFY2(checked.exitCode == 0, checked.all().constData());
        QVERIFY2(checked.out.contains("Sessions in user:session:*"), checked.all().constData());
    }

    void pagesGoOnInAnotherProcess()
    {
        CtlProcess ctl;
        give(ctl);
        const QStringList list = words("sessions list --state all --limit 5 --format ndjson --database-env DB");
        QStringList seen;
        QString cursor;
        int pages = 0;
        do {
            const CtlResult page =
                ctl.run(cursor.isEmpty() ? list : list + QStringList{QStringLiteral("--after=") + cursor});
            QVERIFY2(page.exitCode == 0, page.all().constData());
            auto lines = page.lines();
            cursor = lines.back().value(QStringLiteral("next")).toString();
            lines.pop_back();
            for (const QJsonObject &line : lines)
                seen << line.value(QStringLiteral("fingerprint")).toString();
        } while (!cursor.isEmpty() && ++pages < 10);
        QCOMPARE(seen.size(), 12);
        seen.removeDuplicates();
        QCOMPARE(seen.size(), 12);
        const CtlResult foreign = ctl.run(list + words("--desc --after=nonsense"));
        QCOMPARE(foreign.exitCode, 2);
        QCOMPARE(foreign.errorCode(), QStringLiteral("CursorInvalid"));
    }

    void revokes_data() { reads_data(); }
    void revokes()
    {
        QFETCH(bool, overRest);
        CtlProcess ctl;
        give(ctl, overRest);
        const QStringList revoke = words("sessions revoke --state all --user zoe@example.com --database-env DB");
        const CtlResult dry = ctl.run(revoke + words("--dry-run"));
        QVERIFY2(dry.exitCode == 0, dry.all().constData());
        QCOMPARE(dry.json().value(QStringLiteral("matched")).toInt(), 2);
        QCOMPARE(ctl.run(revoke).exitCode, 4);
        QCOMPARE(ctl.run(revoke + words("--yes --read-only")).exitCode, 4);
        QCOMPARE(test::redisKeys(at()), m_keys);

        const CtlResult done = ctl.run(revoke + words("--yes --reason lost-laptop"));
        QVERIFY2(done.exitCode == 0, done.all().constData());
        QCOMPARE(done.json().value(QStringLiteral("revoked")).toInt(), 2);
        test::RedisKeys left = m_keys;
        for (const char *gone :
             {"user:session:5e551000-0000-4000-8000-000000000006", "user:session:5e551000-0000-4000-8000-000000000007",
              "user:session:by-user-id:6265ce66-b117-463b-b36b-d03b716b2b43"})
            QVERIFY(left.remove(gone));
        QCOMPARE(test::redisKeys(at()), left);

        const CtlResult list = ctl.run(words("sessions list --now 1781524800 --database-env DB"));
        const QString name = sessionsIn(list).at(0).toObject().value(QStringLiteral("fingerprint")).toString();
        const CtlResult one = ctl.run(words("sessions revoke --yes --database-env DB --session") << name);
        QVERIFY2(one.exitCode == 0 && one.json().value(QStringLiteral("revoked")).toInt() == 1, one.all().constData());
        QCOMPARE(ctl.run(words("sessions revoke --yes --database-env DB --session") << name).exitCode, 1);
    }

    void resolvesLikeTheAdapter()
    {
        CtlProcess ctl;
        give(ctl);
        const QStringList resolve =
            words("resolve --mode local --auth-version v5 --strategy database --database-env DB "
                  "--now 1781524800 --cookie-file");
        const QByteArray name = "authjs.session-token=5e551000-0000-4000-8000-0000000000";
        const CtlResult live = ctl.run(resolve + QStringList(ctl.writeFile(QStringLiteral("live"), name + "01\n")));
        QVERIFY2(live.exitCode == 0, live.all().constData());
        QCOMPARE(live.json()
                     .value(QStringLiteral("session"))
                     .toObject()
                     .value(QStringLiteral("user"))
                     .toObject()
                     .value(QStringLiteral("email")),
                 QStringLiteral("ada@example.com"));
        for (const auto &[token, reason] :
             {std::pair{"03", "row-expired"}, std::pair{"12", "user-missing"}, std::pair{"99", "row-missing"}}) {
            const QString cookie = ctl.writeFile(QString::fromLatin1(token), name + token + "\n");
            const CtlResult null = ctl.run(resolve + QStringList(cookie));
            QVERIFY2(null.exitCode == 1, null.all().constData());
            QVERIFY2(null.json().value(QStringLiteral("reason")) == QLatin1StringView(reason), null.all().constData());
        }
        QCOMPARE(test::redisKeys(at()), m_keys);
    }

    void betterAuth()
    {
        load(test::redisFixture(QStringLiteral("better-auth-secondary-storage-redis")), "1");
        CtlProcess ctl;
        give(ctl, false, "1");
        ctl.neverShow("secada0xxxxxxxxxxxxxxxxxxxxxxxxx");
        const QStringList at = words("--database-env DB --now 1795262400");
        const CtlResult list = ctl.run(words("sessions list --sort created") + at);
        QVERIFY2(list.exitCode == 0, list.all().constData());
        QCOMPARE(sessionsIn(list).size(), 6);
        const QJsonObject first = sessionsIn(list).at(0).toObject();
        QCOMPARE(first.value(QStringLiteral("id")), QStringLiteral("BLtMCk0W6388cZDHuZnmMP7EiGhhoRW1"));
        QCOMPARE(first.value(QStringLiteral("ipAddress")), QStringLiteral("192.0.2.10"));
        const CtlResult revoked =
            ctl.run(words("sessions revoke --yes --database-env DB --session BLtMCk0W6388cZDHuZnmMP7EiGhhoRW1"));
        QVERIFY2(revoked.exitCode == 0, revoked.all().constData());
        const test::RedisKeys left = test::redisKeys(this->at("1"));
        QVERIFY(!left.contains("secada0xxxxxxxxxxxxxxxxxxxxxxxxx"));
        QVERIFY(!left.value("active-sessions-pMpo4mTMl7klHrRangebaE1YDwqaPtPU").contains("secada0"));
    }

    void verifiesTls()
    {
        const test::RedisServer server({}, test::RedisServer::Tls::Only);
        QVERIFY2(server.problem().isEmpty(), qPrintable(server.problem()));
        const QStringList list = words("sessions list --now 1781524800 --database")
                                 << QStringLiteral("rediss://0.0.0.0:%1/0").arg(server.port()); // not loopback by name
        CtlProcess ctl;
        const CtlResult refused = ctl.run(list);
        QCOMPARE(refused.exitCode, 3);
        QCOMPARE(refused.errorCode(), QStringLiteral("TlsFailed"));
        // No sessions are in it, but it is reached.
        const CtlResult reached =
            ctl.run(list + QStringList{QStringLiteral("--ca-file"), test::dataFile(QStringLiteral("tls/cert.pem"))});
        QVERIFY2(reached.errorCode() == QStringLiteral("SchemaNotFound"), reached.all().constData());
        const QStringList check = words("check --database")
                                  << QStringLiteral("rediss://localhost:%1/0").arg(server.port());
        QVERIFY2(ctl.run(check).out.contains("certificate not verified"), "towards loopback without a CA");
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("code");
        const auto row = [](const char *address, int exitCode, const char *code) {
            QTest::newRow(address) << QString::fromLatin1(address) << exitCode << QString::fromLatin1(code);
        };
        row("redis://:pw@127.0.0.1:%1/0", 3, "AuthenticationFailed");
        row("redis://127.0.0.1:%1/0", 3, "AuthenticationFailed");
        row("redis://127.0.0.1:1/0", 3, "ConnectRefused");
        row("redis://db.example.com/0", 4, "InsecureTransport");
        row("redis://127.0.0.1:%1/zero", 2, "UrlInvalid");
        row("upstash:https://db.example.com", 2, "UrlInvalid");
    }
    void refuses()
    {
        QFETCH(QString, address);
        QFETCH(int, exitCode);
        CtlProcess ctl;
        ctl.setEnvironment(QStringLiteral("DB"),
                           address.contains(QStringLiteral("%1")) ? address.arg(m_server->port()) : address);
        const CtlResult refused = ctl.run(words("sessions list --database-env DB"));
        QVERIFY2(refused.exitCode == exitCode, refused.all().constData());
        QTEST(refused.errorCode(), "code");
    }

    void withoutSessionsItSaysSo()
    {
        load({{"user:1", "not JSON"}, {"sess:abc", "{\"cookie\":{}}"}}, "3");
        CtlProcess ctl;
        give(ctl, false, "3");
        const CtlResult none = ctl.run(words("schema detect --database-env DB"));
        QVERIFY2(none.exitCode == 1, none.all().constData());
        QVERIFY(none.json().contains(QStringLiteral("sessions")) &&
                none.json().value(QStringLiteral("sessions")).isNull());
        load(m_keys, "3");
        test::RedisKeys second;
        for (auto key = m_keys.begin(); key != m_keys.end(); ++key)
            second.insert("other:" + key.key(), key.value());
        load(second, "3");
        const CtlResult unsure = ctl.run(words("schema detect --database-env DB"));
        QVERIFY2(unsure.exitCode == 1, unsure.all().constData());
        QCOMPARE(unsure.json().value(QStringLiteral("candidates")).toArray().size(), 2);
    }
};

QTEST_GUILESS_MAIN(CtlRedisTest)
#include "tst_CtlRedis.moc"
