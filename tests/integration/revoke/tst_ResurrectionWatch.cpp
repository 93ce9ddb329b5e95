#include <QtTest>

#include <QJsonArray>
#include <QProcess>

#include <atomic>
#include <thread>

#include "core/audit/AuditLog.h"
#include "core/base/ErrorText.h"
#include "core/revoke/ResurrectionWatch.h"
#include "core/revoke/Revoker.h"
#include "core/workspace/Workspace.h"
#include "tests/integration/store/StoreFixtures.h"
#include "tests/support/CtlProcess.h"

using namespace rollcall;
using revoke::ResurrectionLook;
using revoke::ResurrectionWatch;
using std::chrono::milliseconds;

namespace {

const QString token = QStringLiteral("5e551000-0000-4000-8000-000000000001"); // ada's, of three

base::Call soon()
{
    return base::Call::within(std::chrono::seconds(30));
}

QString insertion(const QString &sessionToken)
{
    return QStringLiteral("INSERT INTO sessions (\"userId\", expires, \"sessionToken\") VALUES (1, now() + interval "
                          "'10 days', '%1')")
        .arg(sessionToken);
}

} // namespace

/// Sessions of a user that were revoked on PostgreSQL, and looked for again.
class ResurrectionWatchTest final : public QObject
{
    Q_OBJECT

private:
    test::StoreFixtures m_fixtures;
    base::SystemClock m_clock;
    QTemporaryDir m_folder;
    QString m_database, m_url;
    std::unique_ptr<base::SecretVault> m_vault;
    std::unique_ptr<audit::AuditLog> m_log;
    std::shared_ptr<deployment::Deployment> m_deployment;
    revoke::RevocationPlan m_plan;
    revoke::RevocationReport m_report;

    void sql(const QString &statement)
    {
        const QString problem = m_fixtures.server().runSql(m_database, statement);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
    }
    [[nodiscard]] ResurrectionWatch watch(ResurrectionWatch::Options options = {}) const
    {
        return {m_plan, m_report, options, *m_deployment, *m_log};
    }
    [[nodiscard]] std::vector<audit::AuditEntry> alarms() const
    {
        auto entries = m_log->list(0, 1000).value_or(std::vector<audit::AuditEntry>());
        std::erase_if(entries, [](const audit::AuditEntry &entry) { return entry.action != u"sessions.resurrected"; });
        return entries;
    }

private Q_SLOTS:
    void init();
    void aRevokedTokenThatIsBackIsTold();
    void aNewSessionIsNothingToIt();
    void itLooksUntilItsTimeIsOver();
    void anOutageIsWaitedFor();
    void whoStopsItEndsIt();
    void theCommandTells();
};

void ResurrectionWatchTest::init()
{
    QString problem;
    const store::DatabaseUrl url = m_fixtures.load(QStringLiteral("pg-adapter-postgres"), problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    m_database = url.database;
    m_url = QStringLiteral("postgresql://%1:%2@127.0.0.1:%3/%4")
                .arg(url.user, QString::fromLatin1(url.password.view().toByteArray()))
                .arg(url.port)
                .arg(url.database);
    sql(QStringLiteral("UPDATE sessions SET expires = now() + interval '20 days'"));
    QVERIFY(QDir(m_folder.path()).removeRecursively() && QDir().mkpath(m_folder.path()));
    m_vault = workspace::openKeyFileVault(m_folder.filePath(QStringLiteral("keys")));
    m_log = std::make_unique<audit::AuditLog>(m_folder.filePath(QStringLiteral("audit")), m_vault.get(), m_clock);
    workspace::ConnectionProfile profile;
    profile.name = QStringLiteral("shop");
    workspace::ConnectionSecrets secrets;
    secrets.databaseUrl = base::SecretBytes(m_url.toUtf8());
    profile.database = workspace::redactUrl(m_url.toUtf8());
    auto config = deployment::ConnectionConfig::from(std::move(profile), std::move(secrets), milliseconds(2'000));
    QVERIFY(config.has_value());
    auto opened = deployment::Deployment::open(std::move(*config), {true, false}, m_clock, soon());
    QVERIFY(opened.has_value());
    m_deployment = std::move(*opened);
    const auto store = m_deployment->openStore(store::Access::Write, soon());
    QVERIFY(store.has_value());
    revoke::Selection selection;
    selection.query.emplace();
    selection.query->user = QStringLiteral("1");
    auto plan = revoke::freezePlan(*m_deployment, **store, std::move(selection), 100, soon());
    QVERIFY(plan && plan->rows.size() == 3);
    m_plan = std::move(*plan);
    auto report = revoke::carryOut(m_plan, {}, *m_deployment, **store, *m_log,
                                   {revoke::operationsBelow(m_folder.path()), m_vault.get()}, soon());
    QVERIFY(report && report->revoked == 3);
    m_report = std::move(*report);
}

void ResurrectionWatchTest::aRevokedTokenThatIsBackIsTold()
{
    ResurrectionWatch watching = watch();
    QCOMPARE(watching.watched(), std::size_t(3));
    const auto store = m_deployment->openStore(store::Access::ReadOnly, soon());
    QVERIFY(store.has_value());
    auto look = watching.look(**store, soon());
    QVERIFY(look && look->returned.empty() && alarms().empty());

    sql(insertion(token));
    look = watching.look(**store, soon());
    QVERIFY(look && !look->unrecorded);
    QCOMPARE(look->returned.size(), std::size_t(1));
    QCOMPARE(look->returned.front().fingerprint, base::Fingerprint::of(token.toLatin1()));
    QCOMPARE(look->returned.front().userId, QStringLiteral("1"));
    QVERIFY(look->returned.front().expires > m_clock.now());
    // Told once; the others are still looked for.
    QCOMPARE(watching.watched(), std::size_t(2));
    look = watching.look(**store, soon());
    QVERIFY(look && look->returned.empty());

    const auto entries = alarms();
    QCOMPARE(entries.size(), std::size_t(1));
    QCOMPARE(entries.front().counts.value(u"revocation").toString(), m_report.auditId);
    QCOMPARE(entries.front().counts.value(u"returned").toInt(), 1);
    QCOMPARE(entries.front().counts.value(u"fingerprints").toArray().first().toString(),
             base::Fingerprint::of(token.toLatin1()).text());
    QVERIFY(!entries.front().toLine().contains(token.toLatin1()));
    QVERIFY(m_log->verify(soon())->ok);
}

void ResurrectionWatchTest::aNewSessionIsNothingToIt()
{
    ResurrectionWatch watching = watch();
    sql(insertion(QStringLiteral("5e551000-0000-4000-8000-0000000000aa")));
    const auto store = m_deployment->openStore(store::Access::ReadOnly, soon());
    QVERIFY(store.has_value());
    const auto look = watching.look(**store, soon());
    QVERIFY(look && look->returned.empty());
    QVERIFY(alarms().empty());
}

void ResurrectionWatchTest::itLooksUntilItsTimeIsOver()
{
    ResurrectionWatch watching = watch({milliseconds(10), milliseconds(300)});
    QElapsedTimer timer;
    timer.start();
    QVERIFY(watching.run([](const ResurrectionLook &) { QFAIL("nothing came back"); }, {}).has_value());
    QVERIFY2(timer.elapsed() >= 300, "it ended early");
    // All are back: nothing is left to look for.
    for (const store::PlannedRow &row : m_plan.rows)
        sql(insertion(QString::fromLatin1(row.key.token.view().toByteArray())));
    std::size_t returned = 0;
    ResurrectionWatch again = watch({milliseconds(10), std::chrono::hours(1)});
    QVERIFY(again.run([&](const ResurrectionLook &look) { returned += look.returned.size(); }, {}).has_value());
    QCOMPARE(returned, std::size_t(3));
}

void ResurrectionWatchTest::anOutageIsWaitedFor()
{
    // What was written must outlast the server's end.
    sql(insertion(token));
    sql(QStringLiteral("CHECKPOINT"));
    QVERIFY(m_fixtures.server().kill());
    // Over before it answers again: not known, and said.
    ResurrectionWatch brief = watch({milliseconds(10), milliseconds(100)});
    QVERIFY(!brief.run([](const ResurrectionLook &) {}, {}).has_value());
    std::atomic<int> returned{0};
    ResurrectionWatch watching = watch({milliseconds(50), std::chrono::hours(1)});
    const std::jthread thread([&](const std::stop_token &stop) {
        static_cast<void>(
            watching.run([&](const ResurrectionLook &look) { returned += int(look.returned.size()); }, stop));
    });
    QVERIFY(m_fixtures.server().start());
    QTRY_COMPARE_WITH_TIMEOUT(returned.load(), 1, 20'000);
}

void ResurrectionWatchTest::whoStopsItEndsIt()
{
    std::stop_source stop;
    ResurrectionWatch watching = watch({std::chrono::hours(1), std::chrono::hours(2)});
    std::jthread thread([&] { QVERIFY(watching.run([](const ResurrectionLook &) {}, stop.get_token()).has_value()); });
    stop.request_stop();
    thread.join();
}

void ResurrectionWatchTest::theCommandTells()
{
    test::CtlProcess ctl;
    ctl.neverShow(token.toLatin1().first(12));
    ctl.setEnvironment(QStringLiteral("DB"), m_url);
    sql(QStringLiteral("CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF OLD.\"userId\" = 2 THEN "
                       "INSERT INTO sessions (\"userId\", expires, \"sessionToken\") VALUES (OLD.\"userId\", "
                       "OLD.expires, OLD.\"sessionToken\" || ''-new''); END IF; RETURN OLD; END';"
                       "CREATE TRIGGER again AFTER DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION again();"));
    const auto words = [](const char *text) { return QString::fromLatin1(text).split(QLatin1Char(' ')); };
    const auto revoking = [&](const char *flags, const std::function<void()> &meanwhile) {
        std::jthread other(meanwhile);
        return ctl.run(words("sessions revoke --yes") + words(flags));
    };
    // A new session of the same user is none that came back. Here the connection says how long to look.
    QCOMPARE(ctl.run(words("connections add shop --database-env DB --watch-for 1s")).exitCode, 0);
    const test::CtlResult unwatched = revoking("--user 2 --connection shop --watch-for 0s", [] {});
    QVERIFY2(unwatched.exitCode == 0, unwatched.all().constData());
    QVERIFY(!unwatched.json().contains(QStringLiteral("returned")));
    const test::CtlResult quiet = revoking("--user 2 --connection shop", [] {});
    QVERIFY2(quiet.exitCode == 0, quiet.all().constData());
    QVERIFY(quiet.json().value(QStringLiteral("returned")).isArray());
    QVERIFY(quiet.json().value(QStringLiteral("returned")).toArray().isEmpty());
    // Another instance writes one back.
    const QString url = m_url;
    const test::CtlResult loud = revoking("--user 3 --watch-for 3s --database-env DB", [url] {
        const QString wait = QStringLiteral("DO $$ BEGIN FOR i IN 1..200 LOOP EXIT WHEN NOT EXISTS (SELECT FROM "
                                            "sessions WHERE \"userId\" = 3); PERFORM pg_sleep(0.05); END LOOP; PERFORM "
                                            "pg_sleep(1); END $$");
        QProcess::execute(
            QStringLiteral("psql"),
            {QStringLiteral("-Xq"), url, QStringLiteral("-c"), wait, QStringLiteral("-c"),
             QStringLiteral("INSERT INTO sessions (\"userId\", expires, \"sessionToken\") VALUES (3, now() "
                            "+ interval '1 day', '5e551000-0000-4000-8000-000000000006')")});
    });
    QVERIFY2(loud.exitCode == 1 && loud.err.contains("is back"), loud.all().constData());
    QCOMPARE(loud.json().value(QStringLiteral("returned")).toArray().first().toString(),
             base::Fingerprint::of("5e551000-0000-4000-8000-000000000006").text());
    QCOMPARE(loud.json().value(QStringLiteral("revoked")).toInt(), 2);
}

QTEST_GUILESS_MAIN(ResurrectionWatchTest)
#include "tst_ResurrectionWatch.moc"
