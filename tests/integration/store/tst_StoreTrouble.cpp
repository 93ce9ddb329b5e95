#include <QtTest>

#include <csignal>
#include <future>

#include <sys/resource.h>

#include "core/base/ErrorText.h"
#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;
using base::ErrorCode;
using test::failureOf;
using test::fixtureNow;
using test::soon;

namespace {

std::vector<store::RowKey> keysOf(const std::vector<store::PlannedRow> &rows)
{
    std::vector<store::RowKey> keys;
    for (const auto &row : rows)
        keys.push_back(row.key.clone());
    return keys;
}

/// No file of this process grows beyond @p bytes for as long as it lives: a write that goes too far comes back short,
/// as on a full disk.
class FileLimit final
{
public:
    explicit FileLimit(rlim_t bytes)
    {
        getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit limit{bytes, m_before.rlim_max};
        m_handler = std::signal(SIGXFSZ, SIG_IGN); // else the first such write ends the process
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileLimit()
    {
        setrlimit(RLIMIT_FSIZE, &m_before);
        std::signal(SIGXFSZ, m_handler);
    }
    FileLimit(const FileLimit &) = delete;
    FileLimit &operator=(const FileLimit &) = delete;

private:
    rlimit m_before{};
    void (*m_handler)(int) = SIG_DFL;
};

constexpr int fileLimitKib = 16'388; // half a page of PostgreSQL's beyond a file of its log

} // namespace

/// What happens to a server in the middle of things: it is restarted, its disk is full. Nothing is lost, and it is said
/// what is the matter.
class StoreTroubleTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRestartInTheMiddleOfAListing_data() { servers(); }
    void aRestartInTheMiddleOfAListing();
    void aRestartInTheMiddleOfABatch_data() { servers(); }
    void aRestartInTheMiddleOfABatch();
    void aFullDiskOfAServer_data() { servers(); }
    void aFullDiskOfAServer();
    void aFullDiskUnderSqlite();

private:
    static void servers()
    {
        QTest::addColumn<bool>("postgres");
        QTest::newRow("PostgreSQL") << true;
        QTest::newRow("MariaDB") << false;
    }
    /// A fixture's database on a server that can be restarted without losing what was committed.
    store::DatabaseUrl loaded(bool postgres);
    QString run(const store::DatabaseUrl &url, const QString &sql)
    {
        return url.kind == store::DatabaseKind::PostgreSql ? m_fixtures.server().runSql(url.database, sql)
                                                           : m_fixtures.mariaDb().runSql(url.database, sql);
    }
    bool restart(bool postgres)
    {
        return postgres ? m_fixtures.server().kill() && m_fixtures.server().start()
                        : m_fixtures.mariaDb().kill() && m_fixtures.mariaDb().start();
    }
    test::StoreFixtures m_fixtures;
};

store::DatabaseUrl StoreTroubleTest::loaded(bool postgres)
{
    QString problem;
    auto url = m_fixtures.load(
        postgres ? QStringLiteral("pg-adapter-postgres") : QStringLiteral("typeorm-adapter-mysql"), problem);
    // The test servers do not wait for the disk at each commit.
    if (problem.isEmpty())
        problem = run(url, postgres ? QStringLiteral("CHECKPOINT")
                                    : QStringLiteral("SET GLOBAL innodb_flush_log_at_trx_commit = 1"));
    if (!problem.isEmpty())
        QTest::qFail(qPrintable(problem), __FILE__, __LINE__);
    return url;
}

void StoreTroubleTest::aRestartInTheMiddleOfAListing()
{
    QFETCH(bool, postgres);
    const auto url = loaded(postgres);
    QString problem;
    auto sessions = test::openDetected(url, store::Access::ReadOnly, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    store::SessionQuery query;
    query.state = store::StateFilter::All;
    query.limit = 10'000;
    const auto whole = sessions->page(query, std::nullopt, fixtureNow(), soon());
    QVERIFY2(whole.has_value(), failureOf(whole).constData());
    query.limit = 5;
    const auto first = sessions->page(query, std::nullopt, fixtureNow(), soon());
    QVERIFY(first && first->next);

    // Somebody holds the table, so that the next page is still being read when the server ends. It waits two seconds
    // for that: where the server ended later, once more.
    base::Result<store::SessionPage> cut = base::fail(base::Error(ErrorCode::Timeout));
    for (int attempt = 0; attempt < 5 && !cut && cut.error().code == ErrorCode::Timeout; ++attempt) {
        const auto holding = std::async(std::launch::async, [&] {
            return run(url, postgres ? QStringLiteral("BEGIN; LOCK TABLE sessions; SELECT pg_sleep(50)")
                                     : QStringLiteral("LOCK TABLES sessions WRITE; SELECT SLEEP(50)"));
        });
        const QString impatiently = postgres
                                        ? QStringLiteral("SET lock_timeout = 1; SELECT 1 FROM sessions LIMIT 1")
                                        : QStringLiteral("SET lock_wait_timeout = 0; SELECT 1 FROM sessions LIMIT 1");
        for (int i = 0; run(url, impatiently).isEmpty(); ++i)
            QVERIFY2(i < 100, "nobody holds the table");
        auto waiting =
            std::async(std::launch::async, [&] { return sessions->page(query, first->next, fixtureNow(), soon()); });
        QVERIFY(waiting.wait_for(std::chrono::milliseconds(300)) == std::future_status::timeout);
        QVERIFY(restart(postgres));
        cut = waiting.get();
        // A new link goes on where the old one stopped.
        sessions = test::openDetected(url, store::Access::ReadOnly, problem);
        QVERIFY2(sessions != nullptr, qPrintable(problem));
    }
    QVERIFY(!cut);
    QVERIFY2(cut.error().code == ErrorCode::ConnectionLost || cut.error().code == ErrorCode::DatabaseUnavailable,
             failureOf(cut).constData());
    QVERIFY(!base::describe(cut.error()).remedy.isEmpty());
    std::vector<session::ListedSession> joined = first->sessions;
    for (std::optional<QByteArray> cursor = first->next; cursor;) {
        const auto page = sessions->page(query, cursor, fixtureNow(), soon());
        QVERIFY2(page.has_value(), failureOf(page).constData());
        joined.insert(joined.end(), page->sessions.begin(), page->sessions.end());
        cursor = page->next;
    }
    QVERIFY(joined == whole->sessions);
}

void StoreTroubleTest::aRestartInTheMiddleOfABatch()
{
    QFETCH(bool, postgres);
    const auto url = loaded(postgres);
    QString problem;
    auto sessions = test::openDetected(url, store::Access::Write, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    const auto rows = sessions->planRows({}, 100, fixtureNow(), soon());
    QVERIFY2(rows && rows->size() >= 3, failureOf(rows).constData());
    const auto keys = keysOf(*rows);
    // The first row goes, the next takes its time.
    problem = run(url, postgres ? QStringLiteral("CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS "
                                                 "'BEGIN PERFORM pg_sleep(3); RETURN OLD; END'; CREATE TRIGGER slow "
                                                 "AFTER DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION slowly()")
                                : QStringLiteral("CREATE TRIGGER slow AFTER DELETE ON sessions FOR EACH ROW DO "
                                                 "SLEEP(3)"));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    auto deleting = std::async(std::launch::async, [&] { return sessions->deleteRows(keys, soon()); });
    QVERIFY(deleting.wait_for(std::chrono::milliseconds(500)) == std::future_status::timeout);
    QVERIFY(restart(postgres));
    const auto cut = deleting.get();
    QVERIFY(!cut);
    QVERIFY2(cut.error().code == ErrorCode::ConnectionLost || cut.error().code == ErrorCode::DatabaseUnavailable,
             failureOf(cut).constData());

    // The batch is undone as a whole, and can be done over a new link.
    sessions = test::openDetected(url, store::Access::Write, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    const auto there = sessions->stillThere(keys, soon());
    QVERIFY2(there.has_value(), failureOf(there).constData());
    QCOMPARE(*there, std::vector<bool>(keys.size(), true));
    problem =
        run(url, postgres ? QStringLiteral("DROP TRIGGER slow ON sessions") : QStringLiteral("DROP TRIGGER slow"));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const auto deleted = sessions->deleteRows(keys, soon());
    QVERIFY2(deleted.has_value(), failureOf(deleted).constData());
    QCOMPARE(*deleted, std::vector<store::DeleteOutcome>(keys.size(), store::DeleteOutcome::Deleted));
}

void StoreTroubleTest::aFullDiskOfAServer()
{
    QFETCH(bool, postgres);
    std::unique_ptr<test::PostgresServer> pg;
    std::unique_ptr<test::MariaDbServer> maria;
    const QString name = QStringLiteral("full");
    // Rows as wide as half a page, so that the next one wants a new page.
    const QString users =
        QStringLiteral("CREATE TABLE users (id %1, name varchar(99), email varchar(99), "
                       "\"emailVerified\" timestamp NULL, image text); "
                       "INSERT INTO users (email) VALUES ('ann@example.com'); ")
            .arg(postgres ? QStringLiteral("serial PRIMARY KEY") : QStringLiteral("int PRIMARY KEY AUTO_INCREMENT"));
    QString problem;
    store::DatabaseUrl url;
    if (postgres) {
        pg = std::make_unique<test::PostgresServer>(test::PostgresServer::Tls::Off, fileLimitKib);
        problem = pg->problem().isEmpty() ? pg->createDatabase(name) : pg->problem();
        if (problem.isEmpty())
            problem = pg->runSql(
                name,
                users + QStringLiteral(
                            "CREATE TABLE sessions (id serial PRIMARY KEY, \"userId\" int NOT NULL DEFAULT 1, expires "
                            "timestamptz NOT NULL DEFAULT '2026-07-01', \"sessionToken\" text NOT NULL UNIQUE DEFAULT "
                            "gen_random_uuid(), pad text NOT NULL DEFAULT repeat('x', 3900)); "
                            "ALTER TABLE sessions ALTER pad SET STORAGE PLAIN; "
                            "DO $$ BEGIN FOR i IN 1..9000 LOOP BEGIN INSERT INTO sessions DEFAULT VALUES; "
                            "EXCEPTION WHEN disk_full THEN RETURN; END; END LOOP; END $$"));
        url = pg->url(name);
    } else {
        maria = std::make_unique<test::MariaDbServer>(test::MariaDbServer::Tls::Off, fileLimitKib);
        problem = maria->problem().isEmpty() ? maria->createDatabase(name) : maria->problem();
        if (problem.isEmpty())
            problem = maria->runSql(
                name,
                users + QStringLiteral(
                            "CREATE TABLE sessions (id int PRIMARY KEY AUTO_INCREMENT, \"userId\" int NOT NULL DEFAULT "
                            "1, expires timestamp NOT NULL DEFAULT '2026-07-01', \"sessionToken\" varchar(99) NOT NULL "
                            "UNIQUE DEFAULT uuid(), pad varchar(8000) NOT NULL DEFAULT repeat('x', 7900))"));
        for (int i = 0; problem.isEmpty() && i < 60; ++i) // until a hundred more do not fit
            problem =
                maria->runSql(name, QStringLiteral("INSERT INTO sessions (\"userId\") SELECT 1 FROM seq_1_to_100"));
        problem = problem.contains(QStringLiteral("is full")) ? QString() : problem + QStringLiteral(" (not full)");
        for (bool fits = true; fits && problem.isEmpty();)
            fits = maria->runSql(name, QStringLiteral("INSERT INTO sessions (\"userId\") VALUES (1)")).isEmpty();
        url = maria->url(name);
    }
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const auto sessions = test::openDetected(url, store::Access::Write, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    store::SessionQuery query;
    query.state = store::StateFilter::All;
    const auto before = sessions->count(query, fixtureNow(), soon());
    QVERIFY2(before && *before > 500, failureOf(before).constData());
    const auto key =
        sessions->insertCanary({base::SecretBytes(QByteArray("canary-token-0123456789abcdef")), fixtureNow()}, soon());
    QVERIFY(!key);
    QVERIFY2(key.error().code == ErrorCode::DiskFull, failureOf(key).constData());
    const auto text = base::describe(key.error());
    QVERIFY2(text.message.contains(QStringLiteral("127.0.0.1 is full")), qPrintable(text.message));
    QVERIFY(text.remedy.startsWith(QStringLiteral("Free space on the server")));
    // Nothing of it was kept, the user neither; what is there can still be read, and revoked, by the same link.
    QCOMPARE(*sessions->count(query, fixtureNow(), soon()), *before);
    query.user = QStringLiteral("ann@example.com");
    QCOMPARE(*sessions->count(query, fixtureNow(), soon()), *before);
    query.limit = 7;
    QVERIFY(sessions->page(query, std::nullopt, fixtureNow(), soon())->next.has_value());
    const auto rows = sessions->planRows(query, 9, fixtureNow(), soon());
    QVERIFY(rows && rows->size() == 10);
    const auto deleted = sessions->deleteRows(keysOf(*rows), soon());
    QVERIFY2(deleted.has_value(), failureOf(deleted).constData());
    QCOMPARE(std::ranges::count(*deleted, store::DeleteOutcome::Deleted), 10);
}

void StoreTroubleTest::aFullDiskUnderSqlite()
{
    QString problem;
    const auto url = m_fixtures.load(QStringLiteral("drizzle-adapter-sqlite"), problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const auto sessions = test::openDetected(url, store::Access::Write, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    const auto rows = sessions->planRows({}, 100, fixtureNow(), soon());
    QVERIFY(rows && rows->size() >= 2);
    const auto keys = keysOf(*rows);
    {
        const FileLimit full(700); // the journal's head fits, and no page of it
        const auto deleted = sessions->deleteRows(keys, soon());
        QVERIFY(!deleted);
        QVERIFY2(deleted.error().code == ErrorCode::DiskFull, failureOf(deleted).constData());
        QVERIFY(failureOf(deleted).contains(url.database.toUtf8()));
        const auto there = sessions->stillThere(keys, soon());
        QVERIFY2(there.has_value(), failureOf(there).constData());
        QCOMPARE(*there, std::vector<bool>(keys.size(), true));
    }
    const auto deleted = sessions->deleteRows(keys, soon());
    QVERIFY2(deleted.has_value(), failureOf(deleted).constData());
}

QTEST_GUILESS_MAIN(StoreTroubleTest)
#include "tst_StoreTrouble.moc"
