#include <QtTest>

#include <sqlite3.h>

#include <thread>

#include "core/base/ErrorText.h"
#include "core/store/ExpiredRows.h"
#include "core/store/ExpiryForm.h"
#include "core/store/KeptRows.h"
#include "core/store/SessionSql.h"
#include "core/store/UserDirectory.h"
#include "core/store/sql/OpenConnection.h"
#include "core/store/sql/SqliteConnection.h"
#include "core/store/watch/LookReader.h"
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
    void anUnreadableExpiryIsUnknown();
    void idsAndTokensMayBeOfAnyKind_data();
    void idsAndTokensMayBeOfAnyKind();
    void statementsAreShownWithoutOurFunctions();
    void anIndexOnTheExpiryServesPages_data();
    void anIndexOnTheExpiryServesPages();
    void anOddExpiryAmongMillionsIsFoundOnceThereIsTime();
    void anEmptyTableDoesNotKeepTheWatchFromItsIndex();
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

void SqliteStoreTest::anIndexOnTheExpiryServesPages_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("seconds"); // as SQL: how %1 seconds since 1970 are stored
    QTest::addColumn<QByteArray>("odd");     // a live row of another form, before all others that are live
    QTest::newRow("milliseconds") << QByteArray("timestamp") << QByteArray("(%1) * 1000")
                                  << QByteArray("'2026-06-15 12:00:00.5'");
    QTest::newRow("ISO texts") << QByteArray("date")
                               << QByteArray("strftime('%Y-%m-%dT%H:%M:%S.000Z', %1, 'unixepoch')")
                               << QByteArray("1781524800500");
    QTest::newRow("digits") << QByteArray("text") << QByteArray("CAST((%1) * 1000 AS TEXT)")
                            << QByteArray("'2026-06-15T12:00:00.500Z'");
}

void SqliteStoreTest::anIndexOnTheExpiryServesPages()
{
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, seconds);
    QFETCH(QByteArray, odd);
    // 1781524800 is the fixtures' now.
    const QByteArray sql =
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name text, email text);"
        "INSERT INTO users VALUES (1, 'Ann', 'ann@example.com');"
        "CREATE TABLE sessions (id INTEGER PRIMARY KEY, sessionToken text NOT NULL UNIQUE, userId integer NOT NULL "
        "REFERENCES users (id), expires " +
        type +
        "); CREATE INDEX ends ON sessions (expires);"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) INSERT INTO sessions SELECT i, "
        "'a-token-of-a-session-' || i, 1, " +
        QByteArray(seconds).replace("%1", "1781524800 + (i * 37 % 400 - 200) * 60") + " FROM n;";
    QString problem;
    const auto url =
        m_fixtures.sqlite(QStringLiteral("ends_") + QLatin1StringView(QTest::currentDataTag()), sql, problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const auto sessions = test::openDetected(url, store::Access::ReadOnly, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    store::SessionQuery query;
    query.limit = 30;
    const auto first = sessions->page(query, std::nullopt, fixtureNow(), soon());
    QVERIFY2(first.has_value(), first ? "" : qPrintable(base::oneLine(first.error())));
    QVERIFY(!first->unindexedOrder);
    QCOMPARE(first->sessions.front().expires, std::optional(fixtureNow()));

    auto connection = store::SqliteConnection::open(url, {}, store::Access::Write, soon());
    QVERIFY(connection.has_value());
    const auto detected = store::detectSchema(url, {}, soon());
    QVERIFY(detected && detected->best);
    auto bound = store::bindSchema(**connection, url.kind, *detected->best, soon());
    QVERIFY(bound.has_value());
    const store::SchemaSql schema(store::dialectFor(url.kind), std::move(*bound), QTimeZone::utc());
    const store::SessionSql statements(schema);
    std::optional<QByteArray> sample;
    const auto sampled = (*connection)
                             ->read(
                                 {.sql = QStringLiteral("SELECT min(expires) FROM sessions")},
                                 [&sample](const store::SqlRow &row) { sample = row.bytes(0).toByteArray(); }, soon());
    QVERIFY(sampled && sample);
    const auto form = store::StoredForm::of(*sample, type == "timestamp", QTimeZone::utc());
    QVERIFY(form.has_value());
    const store::PagePosition position{QByteArray("1781525400000000"), base::SecretBytes("7")};
    for (const store::StateFilter state :
         {store::StateFilter::Live, store::StateFilter::Expired, store::StateFilter::All}) {
        for (const auto &from : {std::optional<store::PagePosition>(),
                                 std::optional(store::PagePosition{position.order, position.key->clone()})}) {
            query.state = state;
            store::SqlStatement statement = statements.list({query, std::nullopt, form}, from, fixtureNow(), 31, false);
            statement.sql.prepend(QStringLiteral("EXPLAIN QUERY PLAN "));
            statement.name.clear();
            QStringList plan;
            const auto explained =
                (*connection)
                    ->read(
                        statement, [&plan](const store::SqlRow &row) { plan << *row.text(3); }, soon());
            QVERIFY2(explained.has_value(), explained ? "" : qPrintable(base::oneLine(explained.error())));
            const QString all = plan.join(QLatin1Char('\n'));
            const bool entered = state != store::StateFilter::All || from;
            QVERIFY2(all.contains(entered ? QStringLiteral("SEARCH s USING INDEX ends (expires")
                                          : QStringLiteral("SCAN s USING INDEX ends")),
                     qPrintable(all));
            // The rows of one page are ordered again, around their digests; all others never are.
            QVERIFY2(!all.section(QStringLiteral("SCAN page"), 0, 0).contains(QStringLiteral("TEMP B-TREE")),
                     qPrintable(all));
        }
    }

    // Somebody stores one otherwise: it stands where it belongs, and what that costs is said; and no longer, once it is
    // gone.
    query.state = store::StateFilter::Live;
    const auto write = [&](const QByteArray &change) {
        return (*connection)->begin(store::TransactionMode::Write, soon()) &&
               (*connection)->execute({.sql = QString::fromUtf8(change)}, {}, soon()) && (*connection)->commit(soon());
    };
    QVERIFY(write("INSERT INTO sessions VALUES (999, 'a-token-of-an-odd-session', 1, " + odd + ")"));
    const auto withOdd = sessions->page(query, std::nullopt, fixtureNow(), soon());
    QVERIFY(withOdd && withOdd->unindexedOrder);
    QCOMPARE(withOdd->sessions.at(1).id, std::optional(QStringLiteral("999")));
    const auto next = sessions->page(query, first->next, fixtureNow(), soon());
    QVERIFY(next && next->unindexedOrder);
    QVERIFY(write("DELETE FROM sessions WHERE id = 999"));
    const auto without = sessions->page(query, first->next, fixtureNow(), soon());
    QVERIFY(without && !without->unindexedOrder);
    QVERIFY(without->sessions == next->sessions);
}

void SqliteStoreTest::anOddExpiryAmongMillionsIsFoundOnceThereIsTime()
{
    QString problem;
    const auto url = m_fixtures.sqlite(
        QStringLiteral("millions"),
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name text, email text);"
        "CREATE TABLE sessions (sessionToken text NOT NULL UNIQUE, userId integer NOT NULL REFERENCES users (id), "
        "expires date); CREATE INDEX ends ON sessions (expires);"
        "INSERT INTO users VALUES (1, 'Ann', 'ann@example.com');"
        "INSERT INTO sessions VALUES ('a-token-of-a-session-1', 1, '2026-06-14T12:00:00.000Z'), "
        "('a-token-of-a-session-2', 1, '2026-06-16T12:00:00.000Z');",
        problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const auto connection = store::SqliteConnection::open(url, {}, store::Access::ReadOnly, soon());
    const auto writer = store::SqliteConnection::open(url, {}, store::Access::Write, soon());
    QVERIFY(connection && writer);
    const auto detected = store::detectSchema(url, {}, soon());
    QVERIFY(detected && detected->best);
    auto bound = store::bindSchema(**connection, url.kind, *detected->best, soon());
    QVERIFY(bound.has_value());
    const store::SchemaSql schema(store::dialectFor(url.kind), std::move(*bound), QTimeZone::utc());
    // As if the rows were millions: a pass takes a second, and the next one is due a hundred later.
    std::chrono::steady_clock::time_point now;
    store::ExpiryForm form(**connection, url.kind, schema, [&now] { return now += std::chrono::seconds(1); });
    const auto isOne = [&] {
        const auto asked = form.current(soon());
        if (!asked)
            QTest::qFail(qPrintable(base::oneLine(asked.error())), __FILE__, __LINE__);
        return asked && asked->has_value();
    };
    const auto write = [&](const QString &change) {
        return (*writer)->begin(store::TransactionMode::Write, soon()) &&
               (*writer)->execute({.sql = change}, {}, soon()) && (*writer)->commit(soon());
    };
    QVERIFY(isOne());
    // A live one of another form between the ends, which look as ever; and nobody writes any more.
    QVERIFY(write(QStringLiteral("INSERT INTO sessions VALUES ('a-token-of-a-session-3', 1, '2026-06-15 23:00:00')")));
    QVERIFY(isOne());
    QVERIFY(isOne());
    now += std::chrono::seconds(100);
    QVERIFY(!isOne());
    // The same once it is gone.
    QVERIFY(write(QStringLiteral("DELETE FROM sessions WHERE sessionToken = 'a-token-of-a-session-3'")));
    QVERIFY(!isOne());
    now += std::chrono::seconds(100);
    QVERIFY(isOne());
    // What was looked at in full and has not changed since is not looked at again.
    const auto before = now;
    now += std::chrono::hours(1);
    QVERIFY(isOne());
    QCOMPARE(now - before, std::chrono::hours(1));
}

void SqliteStoreTest::anEmptyTableDoesNotKeepTheWatchFromItsIndex()
{
    QString problem;
    const auto url = m_fixtures.load(QStringLiteral("drizzle-adapter-sqlite"), problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const auto change = [&](const QByteArray &sql) { return test::runSqlite(url.database, sql); };
    QCOMPARE(change("CREATE INDEX ends ON session (expires)"), QString());
    const auto sessions = test::openDetected(url, store::Access::ReadOnly, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    QCOMPARE(change("CREATE TABLE kept AS SELECT * FROM session; DELETE FROM session"), QString());
    store::LookReader reader(*sessions, std::chrono::seconds(20), {});
    QCOMPARE(test::failureOf(reader.choosePath(fixtureNow())), QByteArray());
    const auto finds = [&](bool any) {
        const auto looked = reader.look(std::nullopt, std::nullopt, fixtureNow());
        if (!looked)
            QTest::qFail(qPrintable(base::oneLine(looked.error())), __FILE__, __LINE__);
        return looked && looked->rows.empty() != any;
    };
    QVERIFY(finds(false));
    QCOMPARE(reader.path(), store::WatchPath::ByExpiry);
    QCOMPARE(change("INSERT INTO session SELECT * FROM kept"), QString());
    QVERIFY(finds(true));
    QCOMPARE(reader.path(), store::WatchPath::ByExpiry);
    // Of several forms: no index serves, and that is said once there is something to read.
    QCOMPARE(change("UPDATE session SET expires = '2036-06-16T12:00:00.000Z' WHERE rowid = "
                    "(SELECT rowid FROM session WHERE expires > 1781524800000 LIMIT 1)"),
             QString());
    QVERIFY(finds(true));
    QCOMPARE(reader.path(), store::WatchPath::WholeTable);
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
