#include <QtTest>

#include <QJsonArray>
#include <QRandomGenerator>

#include <csignal>

#include "tests/ctl/PostgresShop.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/MariaDbServer.h"
#include "tests/support/SqliteDatabase.h"
#include "tests/support/TestPaths.h"

using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::MariaDbServer;
using rollcall::test::SqliteDatabase;
using rollcall::test::words;

namespace {

constexpr int rows = 6'000; ///< half of them long expired

int numberOf(const CtlResult &result, const char *member)
{
    return result.json().value(QLatin1StringView(member)).toInt(-1);
}

} // namespace

/// `sessions prune` on PostgreSQL, MariaDB and SQLite: what it deletes and what not, consent, kills.
class CtlPruneTest final : public QObject, private rollcall::test::PostgresShop
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void deletesWhatIsLongExpired_data();
    void deletesWhatIsLongExpired();
    void otherDatabases_data();
    void otherDatabases();
    void wantsConsent();
    void badRequests();
    void zonelessColumnsWantAZone();
    void aResumptionReadsTimesAsThePlanDid_data();
    void aResumptionReadsTimesAsThePlanDid();
    void whatIsRefreshedMeanwhileSurvives();
    void whoHoldsARowIsWaitedFor();
    void missingRightsAreNamed();
    void killedAtRandomMoments();
    void anOutageLeavesItUnfinished();
};

void CtlPruneTest::initTestCase()
{
    makeTables(
        QString(),
        QStringLiteral("CREATE TABLE gone (name text);"
                       "CREATE FUNCTION note_gone() RETURNS trigger LANGUAGE plpgsql AS"
                       " 'BEGIN INSERT INTO gone VALUES (OLD.\"sessionToken\"); RETURN OLD; END';"
                       "CREATE TRIGGER note_gone BEFORE DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION note_gone();"
                       "CREATE ROLE reader LOGIN PASSWORD 'pw'; GRANT SELECT ON users, accounts, sessions TO reader"));
}

void CtlPruneTest::init()
{
    // Every other row expired two days ago, so that each block holds both; one in a hundred an hour ago.
    run(QStringLiteral("TRUNCATE sessions; TRUNCATE gone;"
                       "INSERT INTO sessions (\"sessionToken\", \"userId\", expires)"
                       " SELECT '%1' || lpad(n::text, 12, '0'), 1 + n % 99, now() + CASE WHEN n % 2 = 0 THEN interval "
                       "'-2 days' WHEN n % 100 = 1 THEN interval '-1 hour' ELSE interval '20 days' END"
                       " FROM generate_series(1, %2) n;")
            .arg(QLatin1String(tokenStart))
            .arg(rows));
}

void CtlPruneTest::deletesWhatIsLongExpired_data()
{
    QTest::addColumn<QString>("flags");
    QTest::addColumn<int>("matched");
    QTest::newRow("default") << QString() << rows / 2;
    QTest::newRow("unpaced") << QStringLiteral("--unpaced") << rows / 2;
    QTest::newRow("an hour") << QStringLiteral("--unpaced --older-than 30m") << rows / 2 + rows / 100;
    QTest::newRow("tiny batches") << QStringLiteral("--unpaced --batch-size 7") << rows / 2;
    QTest::newRow("nothing that old") << QStringLiteral("--older-than 3d") << 0;
}

void CtlPruneTest::deletesWhatIsLongExpired()
{
    QFETCH(QString, flags);
    QFETCH(int, matched);
    CtlProcess ctl;
    giveAddress(ctl);
    const QStringList prune =
        words("sessions prune --database-env DB") + flags.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    const CtlResult dry = ctl.run(prune + words("--dry-run"));
    QVERIFY2(dry.exitCode == 0, dry.all().constData());
    QCOMPARE(numberOf(dry, "matched"), matched);
    QCOMPARE(numberOf(dry, "revoked"), 0);
    QVERIFY(dry.json().value(QStringLiteral("auditId")).isNull());
    require(QStringLiteral("(SELECT count(*) FROM sessions) = %1").arg(rows));

    const CtlResult done = ctl.run(prune + words("--yes --reason spring"));
    QVERIFY2(done.exitCode == 0, done.all().constData());
    QCOMPARE(numberOf(done, "matched"), matched);
    QCOMPARE(numberOf(done, "revoked"), matched);
    QCOMPARE(numberOf(done, "skipped"), 0);
    require(QStringLiteral("(SELECT count(*) FROM sessions) = %1 AND (SELECT count(*) FROM gone) = %2")
                .arg(rows - matched)
                .arg(matched));
    if (flags.contains(QStringLiteral("batch-size")))
        QVERIFY(numberOf(done, "batches") >= matched / 7);
    QVERIFY(ctl.run(words("operations list")).json().value(QStringLiteral("operations")).toArray().isEmpty());
    const QJsonArray entries = ctl.run(words("audit list")).json().value(QStringLiteral("entries")).toArray();
    QCOMPARE(entries.size(), matched > 0 ? 2 : 0);
    if (matched == 0)
        return;
    const QJsonObject last = entries.last().toObject();
    QCOMPARE(last.value(QStringLiteral("action")).toString(), QStringLiteral("sessions.prune"));
    QCOMPARE(last.value(QStringLiteral("operation")), done.json().value(QStringLiteral("auditId")));
    QCOMPARE(last.value(QStringLiteral("reason")).toString(), QStringLiteral("spring"));
    QCOMPARE(last.value(QStringLiteral("counts")).toObject().value(QStringLiteral("revoked")).toInt(), matched);
    QCOMPARE(ctl.run(words("audit verify")).exitCode, 0);
    // There is no way back.
    const CtlResult restore = ctl.run(words("sessions restore --yes --database-env DB")
                                      << done.json().value(QStringLiteral("auditId")).toString());
    QCOMPARE(restore.exitCode, 4);
}

void CtlPruneTest::otherDatabases_data()
{
    QTest::addColumn<QString>("flags");
    QTest::newRow("paced") << QString();
    QTest::newRow("tiny batches") << QStringLiteral("--unpaced --batch-size 3");
}

void CtlPruneTest::otherDatabases()
{
    QFETCH(QString, flags);
    const QStringList more = flags.split(QLatin1Char(' '), Qt::SkipEmptyParts) + words("--yes");
    MariaDbServer maria;
    QString problem = maria.problem();
    if (problem.isEmpty())
        problem = maria.createDatabase(QStringLiteral("shop"));
    if (problem.isEmpty())
        problem = maria.runSqlFile(QStringLiteral("shop"),
                                   rollcall::test::dataFile(QStringLiteral("fixtures/prisma-adapter-mysql.sql")));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const SqliteDatabase sqlite(QStringLiteral("prisma-adapter-sqlite"));
    const auto url = maria.url(QStringLiteral("shop"));
    for (const QString &address : {QStringLiteral("mysql://%1:%2@localhost:%3/shop")
                                       .arg(url.user, QString::fromLatin1(url.password.view().toByteArray()))
                                       .arg(maria.port()),
                                   sqlite.url()}) {
        CtlProcess ctl;
        ctl.neverShow("5e551000-0000-4000-8000-");
        ctl.setEnvironment(QStringLiteral("DB"), address);
        const auto count = [&ctl](const char *state) {
            const CtlResult list =
                ctl.run(words("sessions list --database-env DB --state") << QString::fromLatin1(state));
            return int(list.json().value(QStringLiteral("sessions")).toArray().size());
        };
        // All ends of the fixtures lie in 2026-06 or 2026-07, so all are over; one is made to be live.
        const CtlResult pruned = ctl.run(words("sessions prune --database-env DB") + more);
        QVERIFY2(pruned.exitCode == 0, pruned.all().constData());
        QVERIFY(numberOf(pruned, "matched") > 5);
        QCOMPARE(numberOf(pruned, "revoked"), numberOf(pruned, "matched"));
        QCOMPARE(numberOf(pruned, "skipped"), 0);
        QCOMPARE(count("expired"), 0);
    }
}

void CtlPruneTest::wantsConsent()
{
    CtlProcess ctl;
    giveAddress(ctl);
    QCOMPARE(ctl.run(words("sessions prune --database-env DB")).exitCode, 4);
    QCOMPARE(ctl.run(words("sessions prune --yes --read-only --database-env DB")).exitCode, 4);
    QCOMPARE(ctl.run(words("sessions prune --dry-run --read-only --database-env DB")).exitCode, 0);
    QCOMPARE(ctl.run(words("sessions prune --yes --now 1781524800 --database-env DB")).exitCode, 2);
    QCOMPARE(ctl.run(words("sessions prune --yes --max 10 --database-env DB")).errorCode(),
             QStringLiteral("TooManyMatched"));
    QCOMPARE(ctl.run(words("connections add shop --production --database-env DB")).exitCode, 0);
    QCOMPARE(ctl.run(words("sessions prune --yes --connection shop")).errorCode(),
             QStringLiteral("ConfirmationMissing"));
    require(QStringLiteral("(SELECT count(*) FROM gone) = 0"));
    QCOMPARE(ctl.run(words("sessions prune --yes --confirm shop --connection shop")).exitCode, 0);
    require(QStringLiteral("(SELECT count(*) FROM gone) > 0"));
}

void CtlPruneTest::badRequests()
{
    CtlProcess ctl;
    giveAddress(ctl);
    for (const char *flags :
         {"--older-than yesterday", "--older-than -1h", "--batch-size 0", "--batch-size x", "--all"})
        QCOMPARE(ctl.run(words("sessions prune --yes --database-env DB") + words(flags)).exitCode, 2);
    QCOMPARE(ctl.run(words("sessions prune --yes")).exitCode, 2);
    require(QStringLiteral("(SELECT count(*) FROM gone) = 0"));
}

void CtlPruneTest::zonelessColumnsWantAZone()
{
    CtlProcess ctl;
    giveAddress(ctl);
    run(QStringLiteral("ALTER TABLE sessions ALTER COLUMN expires TYPE timestamp USING expires AT TIME ZONE 'UTC'"));
    const CtlResult refused = ctl.run(words("sessions prune --yes --older-than 23h --database-env DB"));
    QCOMPARE(refused.exitCode, 4);
    QVERIFY2(refused.err.contains("--timezone"), refused.all().constData());
    QCOMPARE(ctl.run(words("sessions prune --dry-run --older-than 23h --database-env DB")).exitCode, 4);
    require(QStringLiteral("(SELECT count(*) FROM gone) = 0"));
    const CtlResult said = ctl.run(words("sessions prune --yes --older-than 30m --timezone UTC --database-env DB"));
    QVERIFY2(said.exitCode == 0, said.all().constData());
    QCOMPARE(numberOf(said, "revoked"), rows / 2 + rows / 100);
    init();
    QCOMPARE(numberOf(ctl.run(words("sessions prune --yes --older-than 24h --database-env DB")), "revoked"), rows / 2);
    run(QStringLiteral("ALTER TABLE sessions ALTER COLUMN expires TYPE timestamptz USING expires AT TIME ZONE 'UTC'"));
}

void CtlPruneTest::aResumptionReadsTimesAsThePlanDid_data()
{
    QTest::addColumn<QString>("planned");
    QTest::addColumn<QString>("resumed");
    QTest::addColumn<QString>("code");
    const QString newYork = QStringLiteral("--timezone America/New_York");
    const QString utc = QStringLiteral("--timezone UTC");
    QTest::newRow("no zone is another one") << newYork << QString() << QStringLiteral("PlanStale");
    QTest::newRow("another zone") << newYork << utc << QStringLiteral("PlanStale");
    QTest::newRow("the same, but nobody says so") << utc << QString() << QStringLiteral("WriteRefused");
}

void CtlPruneTest::aResumptionReadsTimesAsThePlanDid()
{
    QFETCH(QString, planned);
    QFETCH(QString, resumed);
    QFETCH(QString, code);
    // Forty are long over; ten end in an hour or two in New York, and ended three hours ago where they are read as UTC.
    const SqliteDatabase sqlite(QStringLiteral("prisma-adapter-sqlite"));
    sqlite.exec(QStringLiteral("DELETE FROM Session; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                               "WHERE i < 50) INSERT INTO Session SELECT '%1' || printf('%012d', i), (SELECT min(id) "
                               "FROM User), datetime('now', CASE WHEN i <= 40 THEN '-20 days' ELSE '-3 hours' END), "
                               "'id' || (100 + i), datetime('now'), datetime('now') FROM n; CREATE TRIGGER stop BEFORE "
                               "DELETE ON Session WHEN OLD.id = 'id130' BEGIN SELECT RAISE(ABORT, 'stop'); END;")
                    .replace(QStringLiteral("%1"), QLatin1String(tokenStart)));
    CtlProcess ctl;
    ctl.neverShow(tokenStart);
    ctl.setEnvironment(QStringLiteral("DB"), sqlite.url());
    const CtlResult cut =
        ctl.run(words("sessions prune --yes --unpaced --older-than 1h --batch-size 8 --database-env DB") +
                planned.split(QLatin1Char(' ')));
    QCOMPARE(cut.exitCode, 5);
    const int left = sqlite.count(QStringLiteral("Session"));
    QVERIFY2(left < 50 && left > 20, cut.all().constData());
    sqlite.exec(QStringLiteral("DROP TRIGGER stop"));
    const QString id = ctl.run(words("operations list"))
                           .json()
                           .value(QStringLiteral("operations"))
                           .toArray()
                           .first()
                           .toObject()
                           .value(QStringLiteral("id"))
                           .toString();
    const QStringList resume = words("operations resume --yes --database-env DB") << id;
    const CtlResult refused = ctl.run(resume + resumed.split(QLatin1Char(' '), Qt::SkipEmptyParts));
    QVERIFY2(refused.errorCode() == code, refused.all().constData());
    QCOMPARE(refused.exitCode, 4);
    QCOMPARE(sqlite.count(QStringLiteral("Session")), left);
    const CtlResult done = ctl.run(resume + planned.split(QLatin1Char(' ')));
    QVERIFY2(done.exitCode == 0, done.all().constData());
    QCOMPARE(numberOf(done, "revoked"), numberOf(done, "matched"));
    QCOMPARE(sqlite.count(QStringLiteral("Session")), planned.contains(QStringLiteral("New_York")) ? 10 : 0);
}

void CtlPruneTest::whatIsRefreshedMeanwhileSurvives()
{
    CtlProcess ctl;
    giveAddress(ctl);
    // The first step extends sessions that the later ones would have come to, as their users do.
    run(QStringLiteral("CREATE FUNCTION refresh() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN IF (SELECT count(*) "
                       "FROM gone) < 100 THEN UPDATE sessions SET expires = now() + interval '30 days' WHERE id IN "
                       "(SELECT max(id) - 2 * g FROM sessions, generate_series(0, 9) g GROUP BY g); END IF; RETURN "
                       "NULL; END $f$; CREATE TRIGGER refresh AFTER DELETE ON sessions FOR EACH STATEMENT EXECUTE "
                       "FUNCTION refresh();"));
    const CtlResult done = ctl.run(words("sessions prune --yes --unpaced --batch-size 50 --database-env DB"));
    run(QStringLiteral("DROP TRIGGER refresh ON sessions"));
    QVERIFY2(done.exitCode == 0, done.all().constData());
    QCOMPARE(numberOf(done, "matched"), rows / 2);
    QCOMPARE(numberOf(done, "revoked"), rows / 2 - 10);
    QCOMPARE(numberOf(done, "skipped"), 10);
    require(QStringLiteral("(SELECT count(*) FROM gone) = %1").arg(rows / 2 - 10));
}

void CtlPruneTest::whoHoldsARowIsWaitedFor()
{
    CtlProcess ctl;
    giveAddress(ctl);
    // For five seconds somebody holds a row: longer than a lock is waited for at once.
    QThread *holder = QThread::create([this] {
        static_cast<void>(m_server.runSql(QStringLiteral("shop"),
                                          QStringLiteral("BEGIN; SELECT 1 FROM sessions WHERE id = (SELECT max(id) "
                                                         "FROM sessions WHERE expires < now() - interval '1 day') FOR "
                                                         "UPDATE; SELECT pg_sleep(5); COMMIT")));
    });
    holder->start();
    QTRY_COMPARE_WITH_TIMEOUT(m_server.value(QStringLiteral("shop"), QStringLiteral("SELECT count(*) FROM "
                                                                                    "pg_stat_activity WHERE "
                                                                                    "wait_event = 'PgSleep'")),
                              std::optional(QStringLiteral("1")), 30'000);
    const CtlResult done = ctl.run(words("sessions prune --yes --unpaced --database-env DB"));
    holder->wait();
    delete holder;
    QVERIFY2(done.exitCode == 0, done.all().constData());
    QCOMPARE(numberOf(done, "revoked"), rows / 2);
}

void CtlPruneTest::missingRightsAreNamed()
{
    CtlProcess ctl;
    giveAddress(ctl, QStringLiteral("reader"));
    const CtlResult denied = ctl.run(words("sessions prune --yes --database-env DB"));
    QCOMPARE(denied.exitCode, 3);
    QCOMPARE(denied.errorCode(), QStringLiteral("PermissionDenied"));
    QVERIFY2(denied.all().contains("GRANT DELETE ON"), denied.all().constData());
    QVERIFY(ctl.run(words("operations list")).json().value(QStringLiteral("operations")).toArray().isEmpty());
}

void CtlPruneTest::killedAtRandomMoments()
{
    CtlProcess ctl;
    giveAddress(ctl);
    QRandomGenerator random(20'261'123);
    constexpr int wanted = 6;
    const QStringList prune = words("sessions prune --yes --unpaced --batch-size 20 --database-env DB");
    const auto begun = std::chrono::steady_clock::now();
    QVERIFY(ctl.run(prune).exitCode == 0);
    const int longest =
        int(std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun).count());
    int kills = 0;
    for (int round = 0; kills < wanted && round < 10 * wanted; ++round) {
        init();
        QStringList arguments = prune;
        CtlResult last;
        for (;;) {
            const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(random.bounded(longest));
            last = kills < wanted
                       ? ctl.runUntil(
                             arguments, [end](const QByteArray &) { return std::chrono::steady_clock::now() >= end; },
                             SIGKILL)
                       : ctl.run(arguments);
            if (last.exitCode >= 0)
                break;
            ++kills;
            const QJsonArray open =
                ctl.run(words("operations list")).json().value(QStringLiteral("operations")).toArray();
            QVERIFY(open.size() <= 1);
            if (open.isEmpty())
                break; // before it had begun, or when all was done and on record
            const QJsonObject operation = open.first().toObject();
            QCOMPARE(operation.value(QStringLiteral("kind")).toString(), QStringLiteral("prune"));
            QCOMPARE(operation.value(QStringLiteral("planned")).toInt(), rows / 2);
            arguments = words("operations resume --yes --database-env DB")
                        << operation.value(QStringLiteral("id")).toString();
        }
        if (last.exitCode < 0) {
            require(QStringLiteral("(SELECT count(*) FROM gone) IN (0, %1)").arg(rows / 2));
            continue;
        }
        QVERIFY2(last.exitCode == 0, last.all().constData());
        QCOMPARE(numberOf(last, "matched"), rows / 2);
        QCOMPARE(numberOf(last, "revoked"), rows / 2);
        QCOMPARE(numberOf(last, "skipped"), 0);
        require(QStringLiteral("(SELECT count(*) FROM sessions) = %1 AND (SELECT count(DISTINCT name) FROM gone) = %2")
                    .arg(rows / 2)
                    .arg(rows / 2));
    }
    QVERIFY(kills >= wanted);
    QCOMPARE(ctl.run(words("audit verify")).exitCode, 0);
}

void CtlPruneTest::anOutageLeavesItUnfinished()
{
    CtlProcess ctl;
    giveAddress(ctl);
    run(QStringLiteral("CREATE FUNCTION stop_midway() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF (SELECT count(*) "
                       "FROM gone) >= 1000 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; "
                       "END'; CREATE TRIGGER stop_midway BEFORE DELETE ON sessions FOR EACH STATEMENT EXECUTE FUNCTION "
                       "stop_midway();"));
    const CtlResult cut = ctl.run(words("sessions prune --yes --unpaced --batch-size 100 --database-env DB"));
    run(QStringLiteral("DROP TRIGGER stop_midway ON sessions"));
    QVERIFY2(cut.exitCode == 5, cut.all().constData());
    const int before = numberOf(cut, "revoked");
    QVERIFY(before >= 1'000 && before < rows / 2);
    require(QStringLiteral("(SELECT count(*) FROM gone) = %1").arg(before));
    const QJsonObject operation =
        ctl.run(words("operations list")).json().value(QStringLiteral("operations")).toArray().first().toObject();
    QCOMPARE(operation.value(QStringLiteral("done")).toInt(), before);
    QCOMPARE(operation.value(QStringLiteral("state")).toString(), QStringLiteral("interrupted"));
    const CtlResult rest =
        ctl.run(words("operations resume --yes --database-env DB") << operation.value(QStringLiteral("id")).toString());
    QVERIFY2(rest.exitCode == 0, rest.all().constData());
    QCOMPARE(numberOf(rest, "revoked"), rows / 2);
}

QTEST_GUILESS_MAIN(CtlPruneTest)
#include "tst_CtlPrune.moc"
