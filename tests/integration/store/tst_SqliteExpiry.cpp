#include <QtTest>

#include <sqlite3.h>

#include "core/base/ErrorText.h"
#include "core/store/ExpiryForm.h"
#include "core/store/SessionSql.h"
#include "core/store/sql/SqliteConnection.h"
#include "core/store/watch/LookReader.h"
#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;
using test::fixtureNow;
using test::soon;

/// How the expiry is written in a SQLite file, and which index serves it.
class SqliteExpiryTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anUnreadableExpiryIsUnknown();
    void anIndexOnTheExpiryServesPages_data();
    void anIndexOnTheExpiryServesPages();
    void anOddExpiryAmongMillionsIsFoundOnceThereIsTime();
    void anEmptyTableDoesNotKeepTheWatchFromItsIndex();

private:
    test::StoreFixtures m_fixtures;
};

void SqliteExpiryTest::anUnreadableExpiryIsUnknown()
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

void SqliteExpiryTest::anIndexOnTheExpiryServesPages_data()
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

void SqliteExpiryTest::anIndexOnTheExpiryServesPages()
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

void SqliteExpiryTest::anOddExpiryAmongMillionsIsFoundOnceThereIsTime()
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

void SqliteExpiryTest::anEmptyTableDoesNotKeepTheWatchFromItsIndex()
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

QTEST_GUILESS_MAIN(SqliteExpiryTest)
#include "tst_SqliteExpiry.moc"
