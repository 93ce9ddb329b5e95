#include <QtTest>

#include <sqlite3.h>

#include <thread>

#include "core/base/ErrorText.h"
#include "core/store/sql/SqliteConnection.h"
#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;
using base::ErrorCode;
using test::fixtureNow;

namespace {

base::Call soon()
{
    return base::Call::within(std::chrono::seconds(20));
}

/// A statement that takes minutes and a processor.
store::SqlStatement endless()
{
    return {.sql =
                QStringLiteral("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) "
                               "SELECT count(*) FROM n")};
}

} // namespace

/// What goes wrong with a SQLite file, and how it is told.
class SqliteStoreTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sayWhyOpeningFails_data();
    void sayWhyOpeningFails();
    void aMissingFileIsNotMade();
    void theFileItselfIsHeldToReading();
    void aStatementStopsWhenCancelled();
    void aStatementStopsAtItsDeadline();
    void aLockIsNotWaitedForLong();
    void aDatabaseInWalModeStaysSo();
    void anUnreadableExpiryIsUnknown();
    void aChangedTableIsSaid();
    void aLookUpSeesWhatOthersWrote();

private:
    test::StoreFixtures m_fixtures;
    QTemporaryDir m_directory;
};

void SqliteStoreTest::sayWhyOpeningFails_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("code");
    QTest::newRow("text") << QByteArray("DATABASE_URL=postgresql://…\n").repeated(100)
                          << QStringLiteral("NotADatabase");
    QTest::newRow("cut off") << QByteArray("SQLite format 3\0\x10", 17).leftJustified(100, '\0')
                             << QStringLiteral("NotADatabase");
    QTest::newRow("absent") << QByteArray() << QStringLiteral("FileUnreadable");
    QTest::newRow("folder") << QByteArray("folder") << QStringLiteral("FileUnreadable");
}

void SqliteStoreTest::sayWhyOpeningFails()
{
    QFETCH(QByteArray, content);
    store::DatabaseUrl url;
    url.kind = store::DatabaseKind::Sqlite;
    url.database = m_directory.filePath(QString::fromUtf8(QTest::currentDataTag()));
    if (content == "folder") {
        url.database = m_directory.path();
    } else if (!content.isEmpty()) {
        QFile file(url.database);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
    }
    const auto probed = store::probeDatabase(url, {}, soon());
    QVERIFY(!probed);
    QFETCH(QString, code);
    QVERIFY2(base::errorName(probed.error().code) == code, qPrintable(base::oneLine(probed.error())));
}

void SqliteStoreTest::aMissingFileIsNotMade()
{
    store::DatabaseUrl url;
    url.kind = store::DatabaseKind::Sqlite;
    url.database = m_directory.filePath(QStringLiteral("nothing.db"));
    QVERIFY(!store::SqliteConnection::open(url, {}, store::Access::Write, soon()));
    QVERIFY(!QFile::exists(url.database));
}

void SqliteStoreTest::theFileItselfIsHeldToReading()
{
    QString problem;
    const auto url = m_fixtures.load(QStringLiteral("drizzle-adapter-sqlite"), problem);
    const auto connection = store::SqliteConnection::open(url, {}, store::Access::ReadOnly, soon());
    QVERIFY(connection.has_value());
    const auto written = (*connection)->execute({.sql = QStringLiteral("DELETE FROM session")}, {}, soon());
    QVERIFY(!written);
    QCOMPARE(written.error().code, ErrorCode::WriteRefused);
}

void SqliteStoreTest::aStatementStopsWhenCancelled()
{
    QString problem;
    const auto url = m_fixtures.load(QStringLiteral("drizzle-adapter-sqlite"), problem);
    store::StoreOptions options;
    options.timeout = std::chrono::seconds(20);
    const auto connection = store::SqliteConnection::open(url, options, store::Access::ReadOnly, soon());
    QVERIFY(connection.has_value());
    std::stop_source stop;
    std::jthread canceller([&stop] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        stop.request_stop();
    });
    QElapsedTimer timer;
    timer.start();
    const auto counted =
        (*connection)->read(endless(), {}, base::Call::within(std::chrono::seconds(20), stop.get_token()));
    QVERIFY(!counted);
    QCOMPARE(counted.error().code, ErrorCode::Cancelled);
    QVERIFY(timer.elapsed() < 2200);
    QVERIFY((*connection)->read({.sql = QStringLiteral("SELECT 1")}, {}, soon()).has_value());
}

void SqliteStoreTest::aStatementStopsAtItsDeadline()
{
    QString problem;
    const auto url = m_fixtures.load(QStringLiteral("drizzle-adapter-sqlite"), problem);
    const auto connection = store::SqliteConnection::open(url, {}, store::Access::ReadOnly, soon());
    QVERIFY(connection.has_value());
    QElapsedTimer timer;
    timer.start();
    const auto counted = (*connection)->read(endless(), {}, base::Call::within(std::chrono::milliseconds(200)));
    QVERIFY(!counted);
    QCOMPARE(counted.error().code, ErrorCode::Timeout);
    QVERIFY(timer.elapsed() < 2200);
}

void SqliteStoreTest::aLockIsNotWaitedForLong()
{
    QString problem;
    const auto url = m_fixtures.load(QStringLiteral("drizzle-adapter-sqlite"), problem);
    const auto sessions = test::openDetected(url, store::Access::Write, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    const auto rows = sessions->planRows({}, 1, fixtureNow(), soon());
    QVERIFY(rows && !rows->empty());
    sqlite3 *holder = nullptr;
    QCOMPARE(sqlite3_open(QFile::encodeName(url.database).constData(), &holder), SQLITE_OK);
    QCOMPARE(sqlite3_exec(holder, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    QElapsedTimer timer;
    timer.start();
    const auto deleted = sessions->deleteRows(std::span(&rows->front().key, 1), soon());
    QVERIFY(!deleted);
    QCOMPARE(deleted.error().code, ErrorCode::DatabaseUnavailable);
    QVERIFY(timer.elapsed() < 4000);
    sqlite3_close(holder);
    QVERIFY(sessions->deleteRows(std::span(&rows->front().key, 1), soon()).has_value());
}

void SqliteStoreTest::aDatabaseInWalModeStaysSo()
{
    QString problem;
    const auto url = m_fixtures.sqlite(
        QStringLiteral("wal"), "PRAGMA journal_mode=WAL; CREATE TABLE t(i); INSERT INTO t VALUES (1);", problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const auto connection = store::SqliteConnection::open(url, {}, store::Access::ReadOnly, soon());
    QVERIFY2(connection.has_value(), connection ? "" : qPrintable(base::oneLine(connection.error())));
    QString mode;
    const auto asked = (*connection)
                           ->read(
                               {.sql = QStringLiteral("PRAGMA journal_mode")},
                               [&mode](const store::SqlRow &row) { mode = *row.text(0); }, soon());
    QVERIFY(asked.has_value());
    QCOMPARE(mode, QStringLiteral("wal"));
}

void SqliteStoreTest::anUnreadableExpiryIsUnknown()
{
    QString problem;
    const auto url = m_fixtures.load(QStringLiteral("drizzle-adapter-sqlite"), problem);
    sqlite3 *writer = nullptr;
    QCOMPARE(sqlite3_open(QFile::encodeName(url.database).constData(), &writer), SQLITE_OK);
    QCOMPARE(sqlite3_exec(writer,
                          "UPDATE session SET expires = 'tomorrow' WHERE rowid = (SELECT min(rowid) FROM session)",
                          nullptr, nullptr, nullptr),
             SQLITE_OK);
    sqlite3_close(writer);
    const auto sessions = test::openDetected(url, store::Access::ReadOnly, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    store::SessionQuery query;
    query.state = store::StateFilter::All;
    const auto page = sessions->page(query, std::nullopt, fixtureNow(), soon());
    QVERIFY(page.has_value());
    const auto unknown =
        std::ranges::count(page->sessions, session::SessionState::Unknown, &session::ListedSession::state);
    QCOMPARE(unknown, 1);
    for (const auto state : {store::StateFilter::Live, store::StateFilter::Expired, store::StateFilter::Orphan}) {
        query.state = state;
        const auto rows = sessions->page(query, std::nullopt, fixtureNow(), soon());
        QCOMPARE(std::ranges::count(rows->sessions, session::SessionState::Unknown, &session::ListedSession::state), 0);
    }
}

void SqliteStoreTest::aChangedTableIsSaid()
{
    QString problem;
    const auto url = m_fixtures.load(QStringLiteral("drizzle-adapter-sqlite"), problem);
    const auto sessions = test::openDetected(url, store::Access::ReadOnly, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    sqlite3 *writer = nullptr;
    QCOMPARE(sqlite3_open(QFile::encodeName(url.database).constData(), &writer), SQLITE_OK);
    QCOMPARE(sqlite3_exec(writer, "ALTER TABLE session RENAME COLUMN expires TO ends", nullptr, nullptr, nullptr),
             SQLITE_OK);
    sqlite3_close(writer);
    const auto page = sessions->page({}, std::nullopt, fixtureNow(), soon());
    QVERIFY(!page);
    QVERIFY2(page.error().code == ErrorCode::SchemaChanged, qPrintable(base::oneLine(page.error())));
}

void SqliteStoreTest::aLookUpSeesWhatOthersWrote()
{
    QString problem;
    const auto url = m_fixtures.load(QStringLiteral("drizzle-adapter-sqlite"), problem);
    const auto reader = test::openDetected(url, store::Access::ReadOnly, problem);
    const auto writer = test::openDetected(url, store::Access::Write, problem);
    QVERIFY2(reader && writer, qPrintable(problem));
    const auto rows = writer->planRows({}, 1, fixtureNow(), soon());
    QVERIFY(rows && !rows->empty());
    const auto token = rows->front().key.token.view();
    for (int i = 0; i < 3; ++i) // by the same compiled statement each time
        QVERIFY(reader->lookup(token, soon())->has_value());
    QVERIFY(!reader->lookup("nobody-has-this-token", soon())->has_value());
    QVERIFY(writer->deleteRows(std::span(&rows->front().key, 1), soon()).has_value()); // no read lock is left behind
    QVERIFY(!reader->lookup(token, soon())->has_value());
}

QTEST_GUILESS_MAIN(SqliteStoreTest)
#include "tst_SqliteStore.moc"
