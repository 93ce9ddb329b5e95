#include <QtTest>

#include <sqlite3.h>

#include <thread>

#include "core/base/ErrorText.h"
#include "core/store/ExpiredRows.h"
#include "core/store/KeptRows.h"
#include "core/store/UserDirectory.h"
#include "core/store/sql/OpenConnection.h"
#include "core/store/sql/SqlDialect.h"
#include "core/store/sql/SqliteConnection.h"
#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;
using base::ErrorCode;
using test::failureOf;
using test::fixtureNow;
using test::soon;

namespace {

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
    void idsAndTokensMayBeOfAnyKind_data();
    void idsAndTokensMayBeOfAnyKind();
    void statementsAreShownWithoutOurFunctions();
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
    options.timeout = std::chrono::hours(1);
    const auto connection = store::SqliteConnection::open(url, options, store::Access::ReadOnly, soon());
    QVERIFY(connection.has_value());
    std::stop_source stop;
    std::jthread canceller([&stop] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        stop.request_stop();
    });
    const auto counted =
        (*connection)->read(endless(), {}, base::Call::within(std::chrono::hours(1), stop.get_token()));
    QVERIFY(!counted);
    QCOMPARE(counted.error().code, ErrorCode::Cancelled);
    QVERIFY((*connection)->read({.sql = QStringLiteral("SELECT 1")}, {}, soon()).has_value());
}

void SqliteStoreTest::aStatementStopsAtItsDeadline()
{
    QString problem;
    const auto url = m_fixtures.load(QStringLiteral("drizzle-adapter-sqlite"), problem);
    store::StoreOptions options;
    options.timeout = std::chrono::hours(1);
    const auto connection = store::SqliteConnection::open(url, options, store::Access::ReadOnly, soon());
    QVERIFY(connection.has_value());
    const auto counted = (*connection)->read(endless(), {}, base::Call::within(std::chrono::milliseconds(200)));
    QVERIFY(!counted);
    QCOMPARE(counted.error().code, ErrorCode::Timeout);
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
    const auto deleted =
        sessions->deleteRows(std::span(&rows->front().key, 1), base::Call::within(std::chrono::hours(1)));
    QVERIFY(!deleted);
    QCOMPARE(deleted.error().code, ErrorCode::DatabaseUnavailable);
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

void SqliteStoreTest::idsAndTokensMayBeOfAnyKind_data()
{
    QTest::addColumn<QByteArray>("key");     // of the sessions table, its token and user
    QTest::addColumn<QByteArray>("userKey"); // type of a user's id
    QTest::addColumn<QByteArray>("rows");    // of sessions, without their expiry
    QTest::addColumn<QByteArray>("ids");     // of the two users
    QTest::addColumn<bool>("served");        // by indexes: the orders by user and by key
    QTest::addColumn<bool>("madeUp");        // what a canary needs
    QTest::newRow("columns without a type")
        << QByteArray("id, sessionToken, userId") << QByteArray("")
        << QByteArray("(10, 'tokentokentokentoken10', 1), (9, 'tokentokentokentoken9', 1), "
                      "(8, x'746f6b656e746f6b656e746f6b656e746f6b656e38', 2), ('seven', 'tokentokentokentoken7', 2)")
        << QByteArray("1 2") << false << true;
    QTest::newRow("ids of bytes")
        << QByteArray(
               "id BLOB PRIMARY KEY DEFAULT (randomblob(8)), sessionToken TEXT NOT NULL UNIQUE, userId BLOB NOT NULL")
        << QByteArray("BLOB DEFAULT (randomblob(8))")
        << QByteArray("(x'ff01', 'tokentokentokentoken10', x'ff'), (x'ff02', 'tokentokentokentoken9', x'ff'), "
                      "(x'fe', 'tokentokentokentoken8', x'fe'), (x'61', 'tokentokentokentoken7', x'fe')")
        << QByteArray("x'ff' x'fe'") << false << true;
    QTest::newRow("texts that are bytes")
        << QByteArray("sessionToken TEXT PRIMARY KEY NOT NULL, userId TEXT NOT NULL") << QByteArray("TEXT")
        << QByteArray("('tokentokentokentoken10', 'u1'), (x'746f6b656e746f6b656e746f6b656e746f6b656e30', 'u1'), "
                      "(x'746f6b656e746f6b656e746f6b656e746f6b656eff', x'7532'), ('tokentokentokentoken9', x'7532')")
        << QByteArray("u1 x'7532'") << true << true;
    QTest::newRow("users counted, and referenced from a column without a type")
        << QByteArray("sessionToken, userId REFERENCES users(id)") << QByteArray("INTEGER")
        << QByteArray("('tokentokentokentoken10', 1), ('tokentokentokentoken9', 1), "
                      "('tokentokentokentoken8', 2), ('tokentokentokentoken7', 2)")
        << QByteArray("1 2") << false << true;
    QTest::newRow("numbers and bytes")
        << QByteArray("id INTEGER NOT NULL UNIQUE, sessionToken VARCHAR(99) NOT NULL UNIQUE, userId UUID NOT NULL")
        << QByteArray("UUID")
        << QByteArray("(10, 'tokentokentokentoken10', 5), (9, 'tokentokentokentoken9', '5'), "
                      "(x'31', 'tokentokentokentoken8', 'five'), ('nine', 'tokentokentokentoken7', 'five')")
        << QByteArray("5 five") << true << false;
}

void SqliteStoreTest::idsAndTokensMayBeOfAnyKind()
{
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, userKey);
    QFETCH(QByteArray, rows);
    QFETCH(QByteArray, ids);
    QFETCH(bool, served);
    QFETCH(bool, madeUp);
    const QByteArrayList users = ids.split(' ');
    const auto literal = [&](const QByteArray &id) {
        const bool isNumber = !id.isEmpty() && id.front() >= '0' && id.front() <= '9';
        return isNumber || id.startsWith("x'") ? id : '\'' + id + '\'';
    };
    QString problem;
    const auto url = m_fixtures.sqlite(
        QStringLiteral("kinds"),
        "CREATE TABLE users (id " + userKey +
            " PRIMARY KEY, name TEXT, email TEXT); CREATE TABLE accounts (id INTEGER "
            "PRIMARY KEY, userId " +
            userKey + ", provider TEXT, providerAccountId TEXT); INSERT INTO users VALUES (" + literal(users[0]) +
            ", 'Ann', 'ann@example.com'), (" + literal(users[1]) +
            ", 'Ben', 'ben@example.com'); INSERT INTO accounts SELECT NULL, id, iif(name = 'Ann', 'github', 'google'), "
            "name FROM users; CREATE TABLE sessions (" +
            key + ", expires INTEGER NOT NULL); INSERT INTO sessions SELECT *, 1782000000 FROM (VALUES " + rows +
            "); CREATE INDEX ofUser ON sessions (userId); CREATE INDEX ofToken ON sessions (sessionToken)",
        problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const auto sessions = test::openDetected(url, store::Access::Write, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));

    for (const auto order : {store::SessionOrder::Expires, store::SessionOrder::User, store::SessionOrder::Created}) {
        for (const bool descending : {false, true}) {
            store::SessionQuery query;
            query.state = store::StateFilter::All;
            query.order = order;
            query.descending = descending;
            query.limit = 1;
            QStringList seen;
            std::optional<QByteArray> cursor;
            do {
                const auto page = sessions->page(query, cursor, fixtureNow(), soon());
                QVERIFY2(page.has_value(), failureOf(page).constData());
                QCOMPARE(page->sessions.size(), std::size_t{1});
                const auto &session = page->sessions.front();
                seen << session.fingerprint.text();
                // What has to be computed of each row, no index brings in order.
                if (order == store::SessionOrder::User)
                    QCOMPARE(page->unindexedOrder, !served);
                const bool isAnns = session.userId == QString::fromUtf8(users[0]);
                QVERIFY2(isAnns || session.userId == QString::fromUtf8(users[1]), qPrintable(*session.userId));
                QCOMPARE(session.name, std::optional(isAnns ? QStringLiteral("Ann") : QStringLiteral("Ben")));
                QCOMPARE(session.providers, QStringList(isAnns ? QStringLiteral("github") : QStringLiteral("google")));
                cursor = page->next;
            } while (cursor && seen.size() < 9);
            QCOMPARE(seen.size(), 4);
            seen.removeDuplicates();
            QCOMPARE(seen.size(), 4);
        }
    }
    for (const QByteArray &user : users) {
        store::SessionQuery query;
        query.user = QString::fromUtf8(user);
        QCOMPARE(sessions->count(query, fixtureNow(), soon()).value_or(-1), qint64{2});
    }
    store::UserQuery one;
    one.limit = 1;
    const auto first = sessions->users()->usersPage(one, std::nullopt, fixtureNow(), soon());
    QVERIFY2(first && first->next, failureOf(first).constData());
    const auto second = sessions->users()->usersPage(one, first->next, fixtureNow(), soon());
    QVERIFY2(second && !second->next, failureOf(second).constData());
    QVERIFY(first->users.front().id != second->users.front().id);

    // Each is deleted, and put back as it was; and what was put in for a while leaves nothing behind.
    const auto contents = [&] {
        const auto connection = store::openConnection(url, {}, store::Access::ReadOnly, soon());
        QByteArray all;
        const auto read = (*connection)
                              ->read(
                                  {.sql = QStringLiteral("SELECT group_concat(q) FROM (SELECT quote(sessionToken) || "
                                                         "quote(userId) AS q FROM sessions UNION ALL SELECT quote(id) "
                                                         "FROM users ORDER BY 1)")},
                                  [&](const store::SqlRow &row) { all = row.bytes(0).toByteArray(); }, soon());
        return read ? all : QByteArray();
    };
    const QByteArray before = contents();
    QVERIFY(!before.isEmpty());
    store::SessionQuery every;
    every.state = store::StateFilter::All;
    const auto planned = sessions->planRows(every, 10, fixtureNow(), soon());
    QVERIFY2(planned.has_value(), failureOf(planned).constData());
    QCOMPARE(planned->size(), std::size_t{4});
    for (const auto &row : *planned) {
        if (row.shown.id) {
            QStringList unmatched;
            const auto named = sessions->findRows(std::span(&*row.shown.id, 1), unmatched, fixtureNow(), soon());
            QVERIFY2(named && named->size() == 1 && unmatched.isEmpty(), qPrintable(*row.shown.id));
        }
        const QString problemOfRow = test::deletedAndRestored(*sessions, row.key);
        QVERIFY2(problemOfRow.isEmpty(), qPrintable(problemOfRow));
    }
    QCOMPARE(contents(), before);
    const base::SecretBytes token(QByteArray("canary-token-0123456789abcdef"));
    const auto canary = sessions->insertCanary({token.clone(), fixtureNow() + std::chrono::hours(24 * 365)}, soon());
    QCOMPARE(canary.has_value(), madeUp);
    if (canary) {
        const auto found = sessions->lookup(token.view(), soon());
        QVERIFY2(found && *found, failureOf(found).constData());
        QVERIFY((*found)->hasUser);
        QCOMPARE((*found)->userId, std::optional(canary->userId));
        const auto gone = sessions->removeCanary(*canary, soon());
        QVERIFY2(gone.has_value(), failureOf(gone).constData());
        const auto again = sessions->removeCanary(*canary, soon());
        QVERIFY2(again.has_value(), failureOf(again).constData());
    }
    QCOMPARE(contents(), before);
    // Pruned a row at a time.
    qint64 pruned = 0;
    store::PruneRange range;
    for (int step = 0; step < 9; ++step) {
        const auto done = sessions->expiredRows()->prune(
            range, fixtureNow() + std::chrono::hours(24 * 365), 1,
            [](const store::PruneStep &) { return base::Status(); }, soon());
        QVERIFY2(done.has_value(), failureOf(done).constData());
        if (step == 0)
            QCOMPARE(done->next.has_value(), served); // else each step would read all rows before
        pruned += done->deleted;
        if (!done->next)
            break;
        range.after = done->next->clone();
    }
    QCOMPARE(pruned, qint64{4});
}

void SqliteStoreTest::statementsAreShownWithoutOurFunctions()
{
    const store::SqlDialect &dialect = store::dialectFor(store::DatabaseKind::Sqlite);
    store::SqlParams params;
    const QString type = QStringLiteral("TEXT");
    const QString isOne = dialect.isOneOfTexts(QStringLiteral("id"), {QStringLiteral("x'ff'")}, type, params);
    const QString sql =
        isOne + QStringLiteral(" AND ") + dialect.matchesId(QStringLiteral("id"), params.add(QString()), type);
    QCOMPARE(sql.count(QStringLiteral("rollcall_")), 2);
    QCOMPARE(dialect.shown(sql), QStringLiteral("id IN (SELECT value FROM json_each($1)) AND id = $2"));
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
