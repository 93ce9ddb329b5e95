#include <QtTest>

#include <csignal>

#include "tests/ctl/PostgresShop.h"
#include "tests/support/Patience.h"

using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::patience;
using rollcall::test::PostgresServer;
using rollcall::test::words;
using namespace std::chrono_literals;

namespace {

constexpr int rows = 1'500;

} // namespace

/// A revocation on a PostgreSQL server with a real replica, a standby that streams from it.
class CtlReplicaTest final : public QObject, private rollcall::test::PostgresShop
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void itWaitsForTheReplicaAndGoesOn();

private:
    int sessionsOn(PostgresServer &server) const;

    std::unique_ptr<PostgresServer> m_standby;
};

void CtlReplicaTest::initTestCase()
{
    // A row takes 2 ms: the run is still under way when the replica has fallen behind.
    makeTables({}, QStringLiteral("CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS"
                                  " 'BEGIN PERFORM pg_sleep(0.002); RETURN NULL; END';"
                                  "CREATE TRIGGER take_time AFTER DELETE ON sessions FOR EACH STATEMENT"
                                  " EXECUTE FUNCTION take_time();"
                                  "INSERT INTO sessions (\"sessionToken\", \"userId\", expires)"
                                  " SELECT '%1' || lpad(n::text, 12, '0'), 1 + n % 99, now() + interval '20 days'"
                                  " FROM generate_series(1, %2) n;")
                       .arg(QLatin1String(tokenStart))
                       .arg(rows));
    m_standby = PostgresServer::standbyOf(m_server);
    QVERIFY2(m_standby->problem().isEmpty(), qPrintable(m_standby->problem()));
    // Nobody else writes here, and to a quiet primary a standby says how far it is every ten seconds alone.
    for (const char *sql : {"ALTER SYSTEM SET wal_receiver_status_interval = 1", "SELECT pg_reload_conf()"})
        QCOMPARE(m_standby->runSql(QStringLiteral("shop"), QLatin1StringView(sql)), QString());
    QTRY_COMPARE_WITH_TIMEOUT(sessionsOn(*m_standby), rows, patience);
}

int CtlReplicaTest::sessionsOn(PostgresServer &server) const
{
    return server.value(QStringLiteral("shop"), QStringLiteral("SELECT count(*) FROM sessions"))
        .value_or(QStringLiteral("-1"))
        .toInt();
}

void CtlReplicaTest::itWaitsForTheReplicaAndGoesOn()
{
    CtlProcess ctl;
    giveAddress(ctl);
    const auto onStandby = [this](const char *function) {
        const QString problem =
            m_standby->runSql(QStringLiteral("shop"), QStringLiteral("SELECT %1()").arg(QLatin1StringView(function)));
        if (!problem.isEmpty())
            QTest::qFail(qPrintable(problem), __FILE__, __LINE__);
    };
    // From now on the replica falls behind with the first row.
    onStandby("pg_wal_replay_pause");
    QTRY_COMPARE_WITH_TIMEOUT(
        m_standby->value(QStringLiteral("shop"), QStringLiteral("SELECT pg_get_wal_replay_pause_state()")),
        std::optional(QStringLiteral("paused")), patience);
    int heldAt = -1;
    int last = rows;
    auto since = std::chrono::steady_clock::now();
    auto looked = since;
    const auto onceHeld = [&](const QByteArray &) {
        const auto now = std::chrono::steady_clock::now();
        if (now - looked < 200ms)
            return false;
        looked = now;
        const int left = sessionsOn(m_server);
        if (left != std::exchange(last, left))
            since = now;
        // A batch takes a tenth of a second: two seconds without one are a wait.
        if (left < rows && heldAt < 0 && now - since > 2s) {
            heldAt = left;
            if (sessionsOn(*m_standby) <= left)
                QTest::qFail("the replica was not behind", __FILE__, __LINE__);
            onStandby("pg_wal_replay_resume");
        }
        return false;
    };
    const CtlResult revoked =
        ctl.runUntil(words("sessions revoke --all --yes --batch-size 50 --database-env DB"), onceHeld, SIGKILL);
    QVERIFY2(revoked.exitCode == 0, revoked.all().constData());
    QCOMPARE(revoked.json().value(QStringLiteral("revoked")).toInt(), rows);
    QVERIFY2(heldAt > 0 && heldAt < rows, "it never waited");
    QTRY_COMPARE_WITH_TIMEOUT(sessionsOn(*m_standby), 0, patience);
}

QTEST_GUILESS_MAIN(CtlReplicaTest)
#include "tst_CtlReplica.moc"
