#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/revoke/Revoker.h"
#include "core/store/sql/MariaDbConnection.h"
#include "core/workspace/Workspace.h"
#include "tests/integration/readonly/EntryPoints.h"
#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;
using base::ErrorCode;
using test::EntryPoint;
using test::ReadingWorld;

namespace {

base::Call soon()
{
    return base::Call::within(std::chrono::seconds(30));
}

/// A statement that the server says it ran for us.
struct Logged
{
    QString session; ///< which of our links
    QString text;
    bool hasXid = false; ///< PostgreSQL gave its transaction a number: it has written
};

/// Whether a statement by its words could change anything.
bool isWriting(const QString &text)
{
    static const QRegularExpression harmless(
        QStringLiteral("^\\s*(SELECT|WITH|SHOW|EXPLAIN|BEGIN|START TRANSACTION|COMMIT|ROLLBACK|SET|LISTEN|UNLISTEN|"
                       "DEALLOCATE|KILL)\\b"),
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression writes(
        QStringLiteral(
            "\\b(INSERT\\s+INTO|UPDATE\\s+\\S+\\s+SET|DELETE\\s+FROM|MERGE\\s+INTO|TRUNCATE|CREATE|ALTER|DROP|"
            "GRANT|REVOKE|LOCK\\s+TABLES?|nextval|setval|FOR\\s+(UPDATE|SHARE)|READ\\s+WRITE)\\b"),
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression literal(QStringLiteral("'[^']*'"));
    const QString words = QString(text).remove(literal);
    // A BEGIN stands with its settings in one text.
    const QStringList parts = words.split(QLatin1String("; "));
    return std::ranges::any_of(parts, [](const QString &part) { return !harmless.match(part).hasMatch(); }) ||
           (writes.match(words).hasMatch() && !text.startsWith(QStringLiteral("EXPLAIN")));
}

QString failureOf(const base::Status &status)
{
    return status ? QString() : base::oneLine(status.error());
}

} // namespace

/// Every entry point of core over connections for reading, while the server itself logs each statement: it sees no
/// write, and each statement in a session or transaction that it holds to reading. On PostgreSQL besides: a policy on
/// the tables refuses whoever reads them in a transaction that could write, and none was given a transaction's number.
class ReadOnlyTest final : public QObject
{
    Q_OBJECT

private:
    test::StoreFixtures m_fixtures;
    base::SystemClock m_clock;

    struct World
    {
        store::DatabaseUrl url;
        std::optional<deployment::ConnectionConfig> config;
        std::shared_ptr<deployment::Deployment> deployment;
        std::unique_ptr<store::SessionStore> store;
        QTemporaryDir folder;
        std::unique_ptr<base::SecretVault> vault;
        std::unique_ptr<audit::AuditLog> log;
    };
    /// Revokes one session of @p world, so that there is something to put back.
    [[nodiscard]] static QString revokeOne(const World &world);
    /// What opens @p url as the role that may do everything with its tables.
    [[nodiscard]] QString open(World &world, const QString &scheme, store::DatabaseUrl url);
    [[nodiscard]] std::vector<Logged> postgresLog(qsizetype &from);
    [[nodiscard]] std::vector<Logged> mariaDbLog(qint64 &from);

    template <typename ReadLog>
    void callAll(const World &world, const ReadLog &readLog, const std::function<bool(const QString &)> &isHeld);

private Q_SLOTS:
    void onPostgres();
    void onMariaDb();
    void writesAreSeen();
};

QString ReadOnlyTest::open(World &world, const QString &scheme, store::DatabaseUrl url)
{
    workspace::ConnectionProfile profile;
    profile.name = QStringLiteral("shop");
    const auto address = [&](const char *user) {
        return QStringLiteral("%1://%2@127.0.0.1:%3/%4")
            .arg(scheme, QLatin1StringView(user))
            .arg(url.port)
            .arg(url.database);
    };
    profile.database = address("reader");
    workspace::ConnectionSecrets secrets;
    secrets.databaseUrl = base::SecretBytes(address("reader:reads").toUtf8());
    auto config = deployment::ConnectionConfig::from(std::move(profile), std::move(secrets), std::chrono::seconds(10));
    if (!config)
        return base::oneLine(config.error());
    world.config.emplace(std::move(*config));
    auto deployment = deployment::Deployment::open(world.config->clone(), {true, false}, m_clock, soon());
    if (!deployment)
        return base::oneLine(deployment.error());
    world.deployment = std::move(*deployment);
    auto store = world.deployment->openStore(store::Access::ReadOnly, soon());
    if (!store)
        return base::oneLine(store.error());
    world.store = std::move(*store);
    world.vault = workspace::openKeyFileVault(world.folder.filePath(QStringLiteral("keys")));
    world.log =
        std::make_unique<audit::AuditLog>(world.folder.filePath(QStringLiteral("audit")), world.vault.get(), m_clock);
    world.url = std::move(url);
    return {};
}

QString ReadOnlyTest::revokeOne(const World &world)
{
    const auto store = world.deployment->openStore(store::Access::Write, soon());
    if (!store)
        return base::oneLine(store.error());
    revoke::Selection selection;
    selection.sessions = {base::Fingerprint::of("5e551000-0000-4000-8000-000000000002").text()};
    const auto plan = revoke::freezePlan(*world.deployment, **store, std::move(selection), 1, soon());
    if (!plan || plan->rows.size() != 1)
        return plan ? QStringLiteral("no such session") : base::oneLine(plan.error());
    const auto report = revoke::carryOut(*plan, {}, *world.deployment, **store, *world.log,
                                         {revoke::operationsBelow(world.folder.path()), world.vault.get()}, soon());
    if (!report || report->error)
        return base::oneLine(report ? *report->error : report.error());
    return report->undoUntil ? QString() : QStringLiteral("no undo");
}

std::vector<Logged> ReadOnlyTest::postgresLog(qsizetype &from)
{
    // "PID|user|xid|LOG:  statement: TEXT", "…execute NAME: TEXT", "…duration: …"; further lines of a text begin with a
    // tab.
    const QByteArray all = m_fixtures.server().log();
    const QString added = QString::fromUtf8(all.sliced(from)).replace(QStringLiteral("\n\t"), QStringLiteral(" "));
    from = all.size();
    static const QRegularExpression line(
        QStringLiteral("^(\\d+)\\|reader\\|(\\d+)\\|LOG:  (statement|execute [^:]*|duration): ?(.*)$"));
    std::vector<Logged> statements;
    for (const QString &text : added.split(QLatin1Char('\n'))) {
        const auto match = line.match(text);
        if (!match.hasMatch())
            continue;
        const bool hasXid = match.captured(2) != QStringLiteral("0");
        if (match.captured(3) != QStringLiteral("duration"))
            statements.push_back({match.captured(1), match.captured(4), hasXid});
        else if (!statements.empty()) // the number as it is when the statement is done
            statements.back().hasXid = statements.back().hasXid || hasXid;
    }
    return statements;
}

std::vector<Logged> ReadOnlyTest::mariaDbLog(qint64 &from)
{
    // Read as the administrator, whose own statements are left out.
    const auto connection = store::MariaDbConnection::open(m_fixtures.mariaDb().url(QStringLiteral("mysql")), {},
                                                           store::Access::ReadOnly, soon());
    std::vector<Logged> statements;
    if (!connection)
        return statements;
    qint64 row = 0;
    const auto asked =
        (*connection)
            ->read(
                {.sql = QStringLiteral("SELECT thread_id, argument FROM mysql.general_log WHERE "
                                       "user_host LIKE 'reader[%' AND command_type IN ('Query', "
                                       "'Execute')")},
                [&](const store::SqlRow &found) {
                    if (++row > from)
                        statements.push_back({found.text(0).value_or(QString()), found.text(1).value_or(QString())});
                },
                soon());
    if (!asked)
        QTest::qFail(base::oneLine(asked.error()).toUtf8().constData(), __FILE__, __LINE__);
    from = row;
    return statements;
}

template <typename ReadLog>
void ReadOnlyTest::callAll(const World &world, const ReadLog &readLog,
                           const std::function<bool(const QString &)> &isHeld)
{
    const ReadingWorld reading{*world.config,
                               world.deployment,
                               *world.store,
                               *world.log,
                               {revoke::operationsBelow(world.folder.path()), world.vault.get()},
                               m_clock};
    QSet<QString> held; // links that said that they read only
    qsizetype seen = 0;
    const auto check = [&](const EntryPoint &entry) {
        const std::vector<Logged> statements = readLog();
        for (const Logged &statement : statements) {
            if (isHeld(statement.text))
                held.insert(statement.session);
            const QByteArray what = QByteArray(entry.name) + ": " + statement.text.toUtf8();
            QVERIFY2(!isWriting(statement.text), what.constData());
            QVERIFY2(!statement.hasXid, what.constData());
            QVERIFY2(held.contains(statement.session) || statement.text.startsWith(QStringLiteral("SET ")),
                     what.constData());
        }
        seen += static_cast<qsizetype>(statements.size());
    };
    for (const EntryPoint &entry : test::readingEntryPoints()) {
        const base::Status status = entry.call(reading);
        QVERIFY2(status.has_value(), qPrintable(QLatin1String(entry.name) + QStringLiteral(": ") + failureOf(status)));
        check(entry);
        if (QTest::currentTestFailed())
            return;
    }
    QVERIFY2(seen > 60, qPrintable(QStringLiteral("the server logged only %1 statements").arg(seen)));
    for (const EntryPoint &entry : test::writingEntryPoints()) {
        const base::Status status = entry.call(reading);
        QVERIFY2(!status && status.error().code == ErrorCode::WriteRefused,
                 qPrintable(QLatin1String(entry.name) + QStringLiteral(": ") +
                            (status ? QStringLiteral("was done") : failureOf(status))));
        check(entry);
        if (QTest::currentTestFailed())
            return;
    }
}

void ReadOnlyTest::onPostgres()
{
    QString problem;
    store::DatabaseUrl url = m_fixtures.load(QStringLiteral("pg-adapter-postgres"), problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    problem = m_fixtures.server().runSql(
        url.database,
        QStringLiteral(
            "CREATE ROLE reader LOGIN PASSWORD 'reads'; GRANT ALL ON ALL TABLES IN SCHEMA public TO reader;"
            "GRANT CREATE, USAGE ON SCHEMA public TO reader; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO reader;"));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    World world;
    problem = open(world, QStringLiteral("postgresql"), std::move(url));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    problem = revokeOne(world);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));

    // The server's own word for it: in a transaction that could write, the rows cannot even be read.
    QString sql = QStringLiteral(
        "CREATE FUNCTION reads_only() RETURNS boolean STABLE LANGUAGE plpgsql AS 'BEGIN IF "
        "current_setting(''transaction_read_only'') <> ''on'' THEN RAISE EXCEPTION ''this transaction could write''; "
        "END IF; RETURN true; END';");
    for (const char *table : {"sessions", "users", "accounts"})
        sql += QStringLiteral("ALTER TABLE %1 ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON %1 USING (reads_only());")
                   .arg(QLatin1StringView(table));
    problem = m_fixtures.server().runSql(world.url.database, sql);
    for (const char *setting : {"log_line_prefix = '%p|%u|%x|'", "log_statement = 'all'", "log_duration = on"}) {
        problem += m_fixtures.server().runSql(QStringLiteral("postgres"),
                                              QStringLiteral("ALTER SYSTEM SET ") + QLatin1StringView(setting));
    }
    problem += m_fixtures.server().runSql(QStringLiteral("postgres"), QStringLiteral("SELECT pg_reload_conf()"));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    // The world's own link was opened before the log that is looked at: a new one takes its place.
    auto store = world.deployment->openStore(store::Access::ReadOnly, soon());
    QVERIFY(store.has_value());
    qsizetype from = 0;
    world.store = std::move(*store);
    callAll(
        world, [&] { return postgresLog(from); },
        // The session is held from its beginning, and asks whether it is.
        [](const QString &text) {
            return text.contains(QStringLiteral("default_transaction_read_only")) ||
                   text.contains(QStringLiteral("READ ONLY"));
        });
    if (QTest::currentTestFailed())
        return;

    // That a write would be seen, and refused by the policy.
    const auto writing = world.deployment->openStore(store::Access::Write, soon());
    QVERIFY(writing.has_value());
    const base::Status extended = (*writing)->extend("5e551000-0000-4000-8000-000000000001", m_clock.now(), soon());
    QVERIFY(!extended && extended.error().code != ErrorCode::WriteRefused);
    QVERIFY(m_fixtures.server()
                .runSql(world.url.database, QStringLiteral("ALTER TABLE sessions DISABLE ROW LEVEL SECURITY"))
                .isEmpty());
    static_cast<void>(postgresLog(from));
    QVERIFY((*writing)->extend("5e551000-0000-4000-8000-000000000001", m_clock.now(), soon()).has_value());
    const std::vector<Logged> seen = postgresLog(from);
    QVERIFY(std::ranges::any_of(seen, [](const Logged &logged) { return isWriting(logged.text); }));
    QVERIFY(std::ranges::any_of(seen, &Logged::hasXid));
}

void ReadOnlyTest::onMariaDb()
{
    QString problem;
    store::DatabaseUrl url = m_fixtures.load(QStringLiteral("prisma-adapter-mysql"), problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    test::MariaDbServer &server = m_fixtures.mariaDb();
    problem = server.runSql(url.database, QStringLiteral("CREATE USER reader IDENTIFIED BY 'reads'; GRANT ALL ON %1.* "
                                                         "TO reader; SET GLOBAL log_output = 'TABLE'; SET GLOBAL "
                                                         "general_log = ON")
                                              .arg(url.database));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    World world;
    problem = open(world, QStringLiteral("mysql"), std::move(url));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    problem = revokeOne(world);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    qint64 from = 0;
    static_cast<void>(mariaDbLog(from));
    auto store = world.deployment->openStore(store::Access::ReadOnly, soon());
    QVERIFY(store.has_value());
    world.store = std::move(*store);
    callAll(
        world, [&] { return mariaDbLog(from); },
        [](const QString &text) {
            return text.startsWith(QStringLiteral("SET SESSION TRANSACTION")) &&
                   text.contains(QStringLiteral("READ ONLY"));
        });
    if (QTest::currentTestFailed())
        return;
    const auto writing = world.deployment->openStore(store::Access::Write, soon());
    QVERIFY(writing.has_value());
    QVERIFY((*writing)->extend("5e551000-0000-4000-8000-000000000001", m_clock.now(), soon()).has_value());
    QVERIFY(std::ranges::any_of(mariaDbLog(from), [](const Logged &logged) { return isWriting(logged.text); }));
}

void ReadOnlyTest::writesAreSeen()
{
    for (const char *text :
         {"DELETE FROM sessions", "INSERT INTO a VALUES (1)", "WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x",
          "UPDATE \"a\" SET b = 1", "SELECT * FROM a FOR UPDATE", "SELECT nextval('a')", "CREATE TABLE a ()",
          "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL jit = off", "VACUUM", "CALL f()",
          "SELECT 1; DROP TABLE a"})
        QVERIFY2(isWriting(QLatin1StringView(text)), text);
    for (const char *text : {"SELECT 1", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL jit = off",
                             "SELECT \"updatedAt\" FROM a", "EXPLAIN SELECT 1", "COMMIT"})
        QVERIFY2(!isWriting(QLatin1StringView(text)), text);
}

QTEST_GUILESS_MAIN(ReadOnlyTest)
#include "tst_ReadOnly.moc"
