#include <QtTest>

#include <thread>

#include "core/base/ErrorText.h"
#include "core/store/StoreInspector.h"
#include "core/store/sql/PostgresConnection.h"
#include "tests/integration/store/StoreFixtures.h"
#include "tests/support/PgBouncer.h"

using namespace rollcall;
using base::ErrorCode;
using base::ErrorParam;
using test::fixtureNow;
using test::soon;

/// What goes wrong with a PostgreSQL server, and how it is told.
class PostgresStoreTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void theServerItselfHoldsReadingSessions();
    void missingRightsAreNamed_data();
    void missingRightsAreNamed();
    void aStatementStopsWhenCancelled();
    void aStatementStopsAtItsDeadline();
    void statsAreEstimatedWhenTimeIsShort();
    void aChangedTableIsSaid();
    void anEmptyDatabaseHasNoSessions();
    void aStrangeDatabaseHasNoSessions();
    void aPartitionedTableIsOne();
    void pluginsOfBetterAuthAreRead();
    void serverTimeIsNow();
    void fewStatementsStayPrepared();
    void theDatabasesOwnSettingsDoNotMatter();
    void worksThroughAPoolerOfTransactions_data();
    void worksThroughAPoolerOfTransactions();

private:
    store::DatabaseUrl fixture(const QString &name = QStringLiteral("pg-adapter-postgres"));
    void run(const QString &database, const QString &sql);
    std::unique_ptr<store::SqlConnection> connectTo(const store::DatabaseUrl &url, store::Access access);
    test::StoreFixtures m_fixtures;
};

void PostgresStoreTest::initTestCase()
{
    QVERIFY2(m_fixtures.server().problem().isEmpty(), qPrintable(m_fixtures.server().problem()));
}

store::DatabaseUrl PostgresStoreTest::fixture(const QString &name)
{
    QString problem;
    auto url = m_fixtures.load(name, problem);
    if (!problem.isEmpty())
        qWarning("%s", qPrintable(problem));
    return url;
}

void PostgresStoreTest::run(const QString &database, const QString &sql)
{
    const QString problem = m_fixtures.server().runSql(database, sql);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

std::unique_ptr<store::SqlConnection> PostgresStoreTest::connectTo(const store::DatabaseUrl &url, store::Access access)
{
    auto connection = store::PostgresConnection::open(url, {}, access, soon());
    if (!connection)
        qWarning("%s", qPrintable(base::oneLine(connection.error())));
    return connection ? std::move(*connection) : nullptr;
}

void PostgresStoreTest::theServerItselfHoldsReadingSessions()
{
    const auto url = fixture();
    const auto connection = connectTo(url, store::Access::ReadOnly);
    QVERIFY(connection);
    const auto written = connection->execute({.sql = QStringLiteral("DELETE FROM sessions")}, {}, soon());
    QVERIFY(!written);
    QCOMPARE(written.error().code, ErrorCode::WriteRefused);
    // And so are the reads of a connection that may write.
    const auto writer = connectTo(url, store::Access::Write);
    QVERIFY(writer);
    const auto sneaked = writer->read({.sql = QStringLiteral("DELETE FROM sessions")}, {}, soon());
    QVERIFY(!sneaked);
    QCOMPARE(sneaked.error().code, ErrorCode::WriteRefused);
    QString settings;
    const auto asked = connection->read(
        {.sql = QStringLiteral(
             "SELECT current_setting('application_name') || '|' || current_setting('TimeZone') || '|' || "
             "current_setting('lock_timeout') || '|' || current_setting('statement_timeout')")},
        [&settings](const store::SqlRow &row) { settings = *row.text(0); }, soon());
    QVERIFY(asked.has_value());
    QCOMPARE(settings, QStringLiteral("rollcall|UTC|2s|10s"));
}

void PostgresStoreTest::missingRightsAreNamed_data()
{
    QTest::addColumn<QString>("grants");
    QTest::addColumn<QString>("table");
    QTest::addColumn<QString>("right");
    const QString all = QStringLiteral("GRANT SELECT ON users, accounts, sessions TO %1");
    QTest::newRow("delete") << all << QStringLiteral("\"public\".\"sessions\"") << QStringLiteral("DELETE");
    QTest::newRow("accounts") << QStringLiteral("GRANT SELECT ON users, sessions TO %1")
                              << QStringLiteral("\"public\".\"accounts\"") << QStringLiteral("SELECT");
    QTest::newRow("users") << QStringLiteral("GRANT SELECT ON accounts, sessions TO %1")
                           << QStringLiteral("\"public\".\"users\"") << QStringLiteral("SELECT");
    QTest::newRow("schema") << QStringLiteral("REVOKE USAGE ON SCHEMA public FROM PUBLIC, %1")
                            << QStringLiteral("SCHEMA public") << QStringLiteral("USAGE");
}

void PostgresStoreTest::missingRightsAreNamed()
{
    QFETCH(QString, grants);
    const auto owner = fixture();
    const QString role = QStringLiteral("role_%1").arg(QString::fromUtf8(QTest::currentDataTag()));
    run(owner.database, QStringLiteral("CREATE ROLE %1 LOGIN PASSWORD 'p'; ").arg(role) + grants.arg(role));
    QString problem;
    const auto detected = store::detectSchema(owner, {}, soon());
    QVERIFY(detected && detected->best);
    const auto url = m_fixtures.server().url(owner.database, role, QStringLiteral("p"));
    const auto opened = store::openStore(url, *detected->best, {}, store::Access::Write, soon());
    QVERIFY2(opened.has_value(), opened ? "" : qPrintable(base::oneLine(opened.error())));
    const auto rows = (*opened)->planRows({}, 10, fixtureNow(), soon());
    std::optional<base::Error> error;
    if (rows) {
        const auto deleted = (*opened)->deleteRows(std::span(&rows->front().key, 1), soon());
        if (!deleted)
            error = deleted.error();
    } else {
        error = rows.error();
    }
    QVERIFY(error);
    QCOMPARE(error->code, ErrorCode::PermissionDenied);
    QTEST(error->param(ErrorParam::Table), "table");
    QTEST(error->param(ErrorParam::Right), "right");
    // The connection is fit for use afterwards.
    QVERIFY((*opened)->serverTime(soon()).has_value());
}

void PostgresStoreTest::aStatementStopsWhenCancelled()
{
    const auto url = fixture();
    const auto connection = connectTo(url, store::Access::ReadOnly);
    QVERIFY(connection);
    const auto runningSeenBy = [](store::SqlConnection &by) {
        qint64 running = -1;
        const auto asked = by.read(
            {.sql = QStringLiteral("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE "
                                   "'SELECT pg_sleep(600), ''rollcall%'")},
            [&running](const store::SqlRow &row) { running = row.integer(0); }, soon());
        return asked ? running : -1;
    };
    const auto other = connectTo(url, store::Access::ReadOnly);
    QVERIFY(other);
    std::stop_source stop;
    std::jthread canceller([&](const std::stop_token &atEnd) {
        while (!atEnd.stop_requested() && runningSeenBy(*other) != 1)
            std::this_thread::yield();
        stop.request_stop();
    });
    const auto slept = connection->read({.sql = QStringLiteral("SELECT pg_sleep(600), 'rollcall-cancel-probe'")}, {},
                                        base::Call::within(std::chrono::hours(1), stop.get_token()));
    QVERIFY(!slept);
    QVERIFY2(slept.error().code == ErrorCode::Cancelled, qPrintable(base::oneLine(slept.error())));
    // The server has stopped it too, and the connection goes on.
    QCOMPARE(runningSeenBy(*connection), 0);
}

void PostgresStoreTest::aStatementStopsAtItsDeadline()
{
    const auto connection = connectTo(fixture(), store::Access::ReadOnly);
    QVERIFY(connection);
    // Nothing else ends it.
    QVERIFY(connection->execute({.sql = QStringLiteral("SET statement_timeout = 0")}, {}, soon()).has_value());
    const auto slept = connection->read({.sql = QStringLiteral("SELECT pg_sleep(600)")}, {},
                                        base::Call::within(std::chrono::milliseconds(300)));
    QVERIFY(!slept);
    QCOMPARE(slept.error().code, ErrorCode::Timeout);
    QVERIFY(connection->read({.sql = QStringLiteral("SELECT 1")}, {}, soon()).has_value());
}

void PostgresStoreTest::statsAreEstimatedWhenTimeIsShort()
{
    const auto url = fixture();
    // Work enough that one millisecond is not.
    run(url.database,
        QStringLiteral("INSERT INTO sessions (id, \"userId\", expires, \"sessionToken\") SELECT g, g % 7, "
                       "now() + g * interval '1 second', md5(g::text) FROM generate_series(1000, 60000) g; "
                       "ANALYZE sessions"));
    QString problem;
    const auto sessions = test::openDetected(url, store::Access::ReadOnly, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    const auto cut = sessions->stats(base::SystemClock().now(), base::Call::within(std::chrono::milliseconds(5)));
    QVERIFY2(cut.has_value(), cut ? "" : qPrintable(base::oneLine(cut.error())));
    QVERIFY(cut->estimated);
    QVERIFY(cut->live > 1000);
    const auto whole = sessions->stats(base::SystemClock().now(), soon());
    QVERIFY(whole && !whole->estimated);
}

void PostgresStoreTest::aChangedTableIsSaid()
{
    const auto url = fixture();
    const auto detected = store::detectSchema(url, {}, soon());
    QVERIFY(detected && detected->best);
    const auto opened = store::openStore(url, *detected->best, {}, store::Access::ReadOnly, soon());
    QVERIFY(opened.has_value());
    run(url.database, QStringLiteral("ALTER TABLE sessions RENAME COLUMN expires TO ends"));
    const auto page = (*opened)->page({}, std::nullopt, fixtureNow(), soon());
    QVERIFY(!page);
    QCOMPARE(page.error().code, ErrorCode::SchemaChanged);
    const auto reopened = store::openStore(url, *detected->best, {}, store::Access::ReadOnly, soon());
    QVERIFY(!reopened);
    QCOMPARE(reopened.error().code, ErrorCode::SchemaChanged);
    QCOMPARE(reopened.error().param(ErrorParam::Table), QStringLiteral("public.sessions"));
}

void PostgresStoreTest::anEmptyDatabaseHasNoSessions()
{
    const QString problem = m_fixtures.server().createDatabase(QStringLiteral("empty"));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const auto detected = store::detectSchema(m_fixtures.server().url(QStringLiteral("empty")), {}, soon());
    QVERIFY(detected.has_value());
    QVERIFY(!detected->best && detected->candidates.empty());
    QCOMPARE(detected->tablesSeen, 0);
}

void PostgresStoreTest::aStrangeDatabaseHasNoSessions()
{
    const QString name = QStringLiteral("strange");
    QString problem = m_fixtures.server().createDatabase(name);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    run(name,
        QStringLiteral("CREATE TABLE orders (id int PRIMARY KEY, customer_id int, total numeric); "
                       "CREATE TABLE password_resets (id int PRIMARY KEY, user_id int, token text UNIQUE, expires_at "
                       "timestamptz); CREATE VIEW sessions AS SELECT 1 AS \"sessionToken\""));
    const auto detected = store::detectSchema(m_fixtures.server().url(name), {}, soon());
    QVERIFY2(detected.has_value(), detected ? "" : qPrintable(base::oneLine(detected.error())));
    QVERIFY(!detected->best);
    QCOMPARE(detected->tablesSeen, 2);
}

void PostgresStoreTest::aPartitionedTableIsOne()
{
    const QString name = QStringLiteral("partitioned");
    const QString problem = m_fixtures.server().createDatabase(name);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    run(name, QStringLiteral("CREATE TABLE users (id int PRIMARY KEY, name text, email text); "
                             "CREATE TABLE sessions (id int, \"sessionToken\" text, \"userId\" int NOT NULL REFERENCES "
                             "users, expires timestamptz NOT NULL, PRIMARY KEY (id)) PARTITION BY HASH (id); "
                             "CREATE TABLE sessions_0 PARTITION OF sessions FOR VALUES WITH (MODULUS 2, REMAINDER 0); "
                             "CREATE TABLE sessions_1 PARTITION OF sessions FOR VALUES WITH (MODULUS 2, REMAINDER 1); "
                             "INSERT INTO users VALUES (1, 'Ann', 'ann@example.com'); "
                             "INSERT INTO sessions SELECT n, 'abcdefghijklmnop' || n, 1, now() + interval '1 day' "
                             "FROM generate_series(1, 9) n"));
    const auto detected = store::detectSchema(m_fixtures.server().url(name), {}, soon());
    QVERIFY2(detected.has_value(), detected ? "" : qPrintable(base::oneLine(detected.error())));
    QVERIFY(detected->best);
    QCOMPARE(detected->best->sessions.table, QStringLiteral("sessions"));
    QString opened;
    const auto sessions = test::openDetected(m_fixtures.server().url(name), store::Access::ReadOnly, opened);
    QVERIFY2(sessions, qPrintable(opened));
    const auto page = sessions->page({}, std::nullopt, base::SystemClock().now(), soon());
    QVERIFY(page.has_value());
    QCOMPARE(page->sessions.size(), std::size_t{9});
    // The statements that make its indexes are ones that the server takes.
    for (const auto column : {store::LookupColumn::Token, store::LookupColumn::User, store::LookupColumn::Expires})
        run(name, sessions->inspector()->createIndex(column, false));
    QCOMPARE(sessions->inspector()->createIndex(store::LookupColumn::Token, true), QString()); // it would be refused
}

void PostgresStoreTest::pluginsOfBetterAuthAreRead()
{
    QString problem;
    const auto url = m_fixtures.load(QStringLiteral("better-auth-plugins-postgres"), problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    run(url.database, QStringLiteral("UPDATE \"session\" SET \"impersonatedBy\" = 'the-admin', "
                                     "\"activeOrganizationId\" = 'org-7'"));
    const auto sessions = test::openDetected(url, store::Access::ReadOnly, problem);
    QVERIFY2(sessions, qPrintable(problem));
    store::SessionQuery all;
    all.state = store::StateFilter::All;
    const auto page = sessions->page(all, std::nullopt, test::fixtureNow(), soon());
    QVERIFY(page.has_value() && !page->sessions.empty());
    for (const auto &session : page->sessions) {
        QCOMPARE(session.impersonatedBy, QStringLiteral("the-admin"));
        QCOMPARE(session.organization, QStringLiteral("org-7"));
    }
}

void PostgresStoreTest::serverTimeIsNow()
{
    QString problem;
    const auto sessions = test::openDetected(fixture(), store::Access::ReadOnly, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    const auto time = sessions->serverTime(soon());
    QVERIFY(time.has_value());
    QVERIFY(std::chrono::abs(*time - base::SystemClock().now()) < std::chrono::seconds(5));
}

void PostgresStoreTest::fewStatementsStayPrepared()
{
    // Each takes memory of the server; who looks for one provider after the other makes a statement with each.
    const auto connection = connectTo(fixture(), store::Access::ReadOnly);
    QVERIFY(connection);
    for (int round = 0; round < 2; ++round) { // what was forgotten is prepared anew
        for (int i = 0; i < 150; ++i) {
            store::SqlStatement statement{.sql = QStringLiteral("SELECT %1").arg(i)};
            statement.keep();
            QString answer;
            const auto read = connection->read(
                statement, [&answer](const store::SqlRow &row) { answer = *row.text(0); }, soon());
            QVERIFY2(read.has_value(), read ? "" : qPrintable(base::oneLine(read.error())));
            QCOMPARE(answer, QString::number(i));
        }
    }
    qint64 kept = 0;
    QVERIFY(connection->read(
        {.sql = QStringLiteral("SELECT count(*) FROM pg_prepared_statements")},
        [&kept](const store::SqlRow &row) { kept = row.integer(0); }, soon()));
    QVERIFY2(kept > 0 && kept <= 100, qPrintable(QString::number(kept)));
}

void PostgresStoreTest::theDatabasesOwnSettingsDoNotMatter()
{
    // Ids, texts and times that each look another way, or are read another way, under one of the settings below.
    const QString name = QStringLiteral("settings");
    const QString problem = m_fixtures.server().createDatabase(name);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    run(name,
        QStringLiteral("CREATE TABLE users (id bytea PRIMARY KEY, name text, email text); "
                       "CREATE TABLE sessions (id double precision PRIMARY KEY, \"sessionToken\" text NOT NULL "
                       "UNIQUE, \"userId\" bytea NOT NULL REFERENCES users, expires text NOT NULL, \"createdAt\" "
                       "timestamptz NOT NULL); "
                       "INSERT INTO users SELECT decode(md5(n::text), 'hex'), E'a\\\\n' || n, n || "
                       "'@example.com' FROM generate_series(1, 5) n; "
                       "INSERT INTO sessions SELECT 1 + n / 1e15, 'abcdefghijklmnop-' || n, "
                       "decode(md5(n::text), 'hex'), CASE n WHEN 1 THEN '2026-07-01T00:00:00.123Z' WHEN 2 THEN "
                       "'2026-07-01 00:00:00.123+00:00' WHEN 3 THEN '1782864000123' WHEN 4 THEN '1782864000' ELSE "
                       "'2026-07-01' END, now() + n * interval '1 ms' FROM generate_series(1, 5) n"));
    const auto listed = [&](const store::DatabaseUrl &url, store::Access access) {
        std::vector<session::ListedSession> all;
        QString trouble;
        const auto sessions = test::openDetected(url, access, trouble);
        if (!sessions) {
            QTest::qFail(qPrintable(trouble), __FILE__, __LINE__);
            return all;
        }
        store::SessionQuery query;
        query.limit = 1;
        std::optional<QByteArray> cursor;
        do {
            auto page = sessions->page(query, cursor, fixtureNow(), soon());
            if (!page) {
                QTest::qFail(qPrintable(base::oneLine(page.error())), __FILE__, __LINE__);
                return all;
            }
            std::ranges::move(page->sessions, std::back_inserter(all));
            cursor = page->next;
        } while (cursor && all.size() < 9);
        return all;
    };
    const auto url = m_fixtures.server().url(name);
    const auto before = listed(url, store::Access::ReadOnly);
    QCOMPARE(before.size(), std::size_t{5});
    for (const char *setting :
         {"standard_conforming_strings = off", "backslash_quote = off", "bytea_output = escape",
          "extra_float_digits = -5", "DateStyle = 'German, DMY'", "TimeZone = 'America/New_York'",
          "IntervalStyle = sql_standard", "search_path = nowhere", "client_encoding = LATIN1", "array_nulls = off",
          "transform_null_equals = on", "default_transaction_isolation = serializable"})
        run(QStringLiteral("postgres"), QStringLiteral("ALTER DATABASE settings SET ") + QString::fromLatin1(setting));
    QVERIFY(listed(url, store::Access::ReadOnly) == before);
    QVERIFY(listed(url, store::Access::Write) == before);
    const test::PgBouncer pooler(m_fixtures.server(), name, "ignore_startup_parameters = options");
    QVERIFY2(pooler.problem().isEmpty(), qPrintable(pooler.problem()));
    QVERIFY(listed(pooler.url(), store::Access::ReadOnly) == before);
}

void PostgresStoreTest::worksThroughAPoolerOfTransactions_data()
{
    QTest::addColumn<QByteArray>("settings");
    QTest::newRow("refuses our startup settings") << QByteArray();
    QTest::newRow("drops our startup settings") << QByteArray("ignore_startup_parameters = options");
    QTest::newRow("resets sessions between transactions")
        << QByteArray("ignore_startup_parameters = options\nserver_reset_query = DISCARD ALL\n"
                      "server_reset_query_always = 1");
}

void PostgresStoreTest::worksThroughAPoolerOfTransactions()
{
    QFETCH(QByteArray, settings);
    const auto direct = fixture();
    const test::PgBouncer pooler(m_fixtures.server(), direct.database, settings);
    QVERIFY2(pooler.problem().isEmpty(), qPrintable(pooler.problem()));
    QString problem;
    const auto reader = test::openDetected(pooler.url(), store::Access::ReadOnly, problem);
    QVERIFY2(reader != nullptr, qPrintable(problem));
    const auto writer = test::openDetected(pooler.url(), store::Access::Write, problem);
    QVERIFY2(writer != nullptr, qPrintable(problem));
    for (int round = 0; round < 3; ++round) { // prepared statements would be missed by the second server session
        const auto rows = writer->planRows({}, 1, fixtureNow(), soon());
        QVERIFY2(rows.has_value(), rows ? "" : qPrintable(base::oneLine(rows.error())));
        const auto token = rows->front().key.token.view();
        QVERIFY(reader->lookup(token, soon())->has_value());
        QVERIFY(writer->lookup(token, soon())->has_value());
        QVERIFY(writer->deleteRows(std::span(&rows->front().key, 1), soon()).has_value());
        QVERIFY(!reader->lookup(token, soon())->has_value());
    }
    // Reading is held by the server here too, and nothing of ours stays behind in sessions that others will get.
    const auto connection = connectTo(pooler.url(), store::Access::ReadOnly);
    QVERIFY(connection);
    const auto sneaked = connection->read({.sql = QStringLiteral("DELETE FROM sessions")}, {}, soon());
    QVERIFY(!sneaked);
    QCOMPARE(sneaked.error().code, ErrorCode::WriteRefused);
    QString left;
    const auto asked = connection->execute(
        {.sql = QStringLiteral(
             "SELECT current_setting('default_transaction_read_only') || current_setting('statement_timeout') "
             "|| current_setting('lock_timeout')")},
        [&left](const store::SqlRow &row) { left = *row.text(0); }, soon());
    QVERIFY(asked.has_value());
    QCOMPARE(left, QStringLiteral("off00"));
}

QTEST_GUILESS_MAIN(PostgresStoreTest)
#include "tst_PostgresStore.moc"
