#include <QtTest>

#include <QJsonArray>

#include <csignal>

#include "tests/support/CtlProcess.h"
#include "tests/support/PostgresServer.h"
#include "tests/support/SqliteDatabase.h"
#include "tests/support/TestPaths.h"

using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::PostgresServer;
using rollcall::test::SqliteDatabase;
using rollcall::test::words;

namespace {

const QByteArray token = "b0a7c1d2-0000-4000-8000-00000000feed";

QString inMilliseconds(qint64 fromNow)
{
    return QString::number(QDateTime::currentMSecsSinceEpoch() + fromNow);
}

QStringList eventsOf(const CtlResult &result)
{
    QStringList events;
    for (const QJsonObject &line : result.lines())
        events << line.value(QStringLiteral("event")).toString();
    return events;
}

} // namespace

/// `sessions watch`: its lines, its end, and an outage.
class CtlWatchTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsWhatHappens();
    void endsBySigterm();
    void refusesWhatItCannotDo_data();
    void refusesWhatItCannotDo();
    void goesOnAfterAnOutage();
};

void CtlWatchTest::tellsWhatHappens()
{
    const SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
    CtlProcess ctl;
    ctl.neverShow(token);
    const QString name = QString::fromLatin1(token);
    // What is done once as many lines stand there.
    const std::vector<std::function<void()>> acts{
        [&] {
            database.exec(QStringLiteral("INSERT INTO session SELECT '%1', id, %2 FROM user WHERE email LIKE 'ada@%'")
                              .arg(name, inMilliseconds(3'600'000)));
        },
        [&] {
            database.exec(QStringLiteral("UPDATE session SET expires = %2 WHERE sessionToken = '%1'")
                              .arg(name, inMilliseconds(7'200'000)));
        },
        [&] { database.exec(QStringLiteral("DELETE FROM session WHERE sessionToken = '%1'").arg(name)); },
        [&] {
            database.exec(QStringLiteral("INSERT INTO session SELECT '%1', id, %2 FROM user WHERE email LIKE 'ben@%'")
                              .arg(name, inMilliseconds(6'000)));
        },
        [] {}, // its time comes
    };
    std::size_t done = 0;
    // Asking for a table changes nothing: events are lines of JSON.
    const CtlResult result = ctl.runUntil(
        words("sessions watch --interval 50ms --format table --database") << database.url(),
        [&](const QByteArray &out) {
            if (std::size_t(out.count('\n')) > done && done < acts.size())
                acts[done++]();
            return out.count('\n') > 5;
        },
        SIGINT);
    QVERIFY2(result.exitCode == 0, result.all().constData());
    QCOMPARE(eventsOf(result), words("watching signed-in extended revoked signed-in expired"));
    const auto lines = result.lines();
    QVERIFY(lines[0].contains(QStringLiteral("at")));
    QVERIFY(lines[0].value(QStringLiteral("complete")).toBool());
    const QJsonObject session = lines[1].value(QStringLiteral("session")).toObject();
    QCOMPARE(session.value(QStringLiteral("email")).toString(), QStringLiteral("ada@example.com"));
    QCOMPARE(session.value(QStringLiteral("state")).toString(), QStringLiteral("live"));
    QCOMPARE(session.value(QStringLiteral("providers")).toArray().size(), 2);
    const CtlResult list = ctl.run(words("sessions list --state all --limit 1 --database") << database.url());
    QCOMPARE(session.keys(), list.json().value(QStringLiteral("sessions")).toArray().at(0).toObject().keys());
    QCOMPARE(lines[5].value(QStringLiteral("session")).toObject().value(QStringLiteral("state")).toString(),
             QStringLiteral("expired"));
    // No index on the expiry: said once, on stderr.
    QCOMPARE(result.err.count("no index"), 1);
}

void CtlWatchTest::endsBySigterm()
{
    const SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
    CtlProcess ctl;
    const CtlResult result = ctl.runUntil(
        words("sessions watch --interval 1h --database") << database.url(),
        [](const QByteArray &out) { return out.endsWith('\n'); }, SIGTERM);
    QVERIFY2(result.exitCode == 0, result.all().constData());
    QCOMPARE(eventsOf(result), words("watching"));
}

void CtlWatchTest::refusesWhatItCannotDo_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("code");
    QTest::newRow("no database") << QStringLiteral("--base-url http://127.0.0.1:1") << 2
                                 << QStringLiteral("PartNotGiven");
    QTest::newRow("JWT") << QStringLiteral("--strategy jwt --database sqlite:/nowhere") << 2
                         << QStringLiteral("NoSessionRows");
    QTest::newRow("too often") << QStringLiteral("--interval 1ms --database sqlite:/nowhere") << 2
                               << QStringLiteral("UsageInvalid");
    QTest::newRow("no duration") << QStringLiteral("--interval soon --database sqlite:/nowhere") << 2
                                 << QStringLiteral("UsageInvalid");
    QTest::newRow("nobody there") << QStringLiteral("--database postgresql://a@127.0.0.1:1/b") << 3
                                  << QStringLiteral("ConnectRefused");
}

void CtlWatchTest::refusesWhatItCannotDo()
{
    QFETCH(QString, arguments);
    QFETCH(int, exitCode);
    QFETCH(QString, code);
    CtlProcess ctl;
    const CtlResult result = ctl.run(words("sessions watch --format json") + arguments.split(QLatin1Char(' ')));
    QVERIFY2(result.exitCode == exitCode, result.all().constData());
    QCOMPARE(result.errorCode(), code);
}

void CtlWatchTest::goesOnAfterAnOutage()
{
    PostgresServer server;
    const QString shop = QStringLiteral("shop");
    QString problem = server.problem();
    if (problem.isEmpty())
        problem = server.createDatabase(shop);
    if (problem.isEmpty())
        problem =
            server.runSqlFile(shop, rollcall::test::dataFile(QStringLiteral("fixtures/drizzle-adapter-postgres.sql")));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    CtlProcess ctl;
    ctl.neverShow(token);
    const QByteArray password = server.url(shop).password.view().toByteArray();
    ctl.neverShow(password);
    ctl.setEnvironment(QStringLiteral("DB"), QStringLiteral("postgresql://postgres:%1@127.0.0.1:%2/shop")
                                                 .arg(QString::fromLatin1(password))
                                                 .arg(server.port()));
    bool restarted = false;
    const CtlResult result = ctl.runUntil(
        words("sessions watch --interval 50ms --database-env DB"),
        [&](const QByteArray &out) {
            if (out.contains('\n') && !std::exchange(restarted, true)) {
                problem = server.kill() && server.start()
                              ? server.runSql(shop, QStringLiteral("INSERT INTO session SELECT '%1', id, now() + "
                                                                   "interval '1 h' FROM \"user\" LIMIT 1")
                                                        .arg(QString::fromLatin1(token)))
                              : QStringLiteral("the server does not come up again");
            }
            return out.contains("signed-in") || !problem.isEmpty();
        },
        SIGINT);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    QVERIFY2(result.exitCode == 0, result.all().constData());
    QCOMPARE(eventsOf(result), words("watching signed-in"));
    QVERIFY2(result.err.contains("Trying again in "), result.all().constData());
    QVERIFY2(result.err.contains("the database answers again"), result.all().constData());
}

QTEST_GUILESS_MAIN(CtlWatchTest)
#include "tst_CtlWatch.moc"
