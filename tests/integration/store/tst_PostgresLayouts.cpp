#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/store/ExpiredRows.h"
#include "core/store/KeptRows.h"
#include "core/store/StoreInspector.h"
#include "core/store/UserDirectory.h"
#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;
using base::ErrorCode;
using store::SessionQuery;
using test::soon;

namespace {

QString users()
{
    return QStringLiteral("CREATE TABLE users (id int PRIMARY KEY, name text, email text); "
                          "INSERT INTO users VALUES (1, 'Ann', 'ann@example.com'); ");
}

} // namespace

/// Tables of PostgreSQL that no adapter makes, but administrators do: what is listed, found and revoked of them.
class PostgresLayoutsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void heirsAreOneTableWithTheirParent();
    void aTableOfColumnsForOthersHidesNone();
    void tokensInBytea();
    void idsMayBeBytes();
    void aRowWithoutATokenHidesNoOthers();
    void idsAndTokensOfOnesOwnTypes_data();
    void idsAndTokensOfOnesOwnTypes();

private:
    void run(const QString &sql);
    /// Null, with the test failed, where the table is not found.
    [[nodiscard]] std::unique_ptr<store::SessionStore> open(store::Access access);
    [[nodiscard]] std::vector<store::PlannedRow> rowsOf(store::SessionStore &sessions);

    test::StoreFixtures m_fixtures;
    QString m_database;
    store::DatabaseUrl m_url;
};

void PostgresLayoutsTest::init()
{
    static int number = 0;
    m_database = QStringLiteral("layout_%1").arg(++number);
    const QString problem = m_fixtures.server().createDatabase(m_database);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    m_url = m_fixtures.server().url(m_database);
}

void PostgresLayoutsTest::run(const QString &sql)
{
    const QString problem = m_fixtures.server().runSql(m_database, sql);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

std::unique_ptr<store::SessionStore> PostgresLayoutsTest::open(store::Access access)
{
    QString problem;
    auto sessions = test::openDetected(m_url, access, problem);
    if (!sessions)
        QTest::qFail(qPrintable(problem), __FILE__, __LINE__);
    return sessions;
}

std::vector<store::PlannedRow> PostgresLayoutsTest::rowsOf(store::SessionStore &sessions)
{
    auto rows = sessions.planRows({}, 100, base::SystemClock().now(), soon());
    if (!rows)
        QTest::qFail(qPrintable(base::oneLine(rows.error())), __FILE__, __LINE__);
    return rows ? std::move(*rows) : std::vector<store::PlannedRow>();
}

void PostgresLayoutsTest::heirsAreOneTableWithTheirParent()
{
    // What inherits is read, revoked and pruned with its parent, unless ONLY is said.
    run(users() +
        QStringLiteral(
            "CREATE TABLE sessions (id int PRIMARY KEY, \"sessionToken\" text NOT NULL UNIQUE, \"userId\" int "
            "NOT NULL REFERENCES users, expires timestamptz NOT NULL); "
            "CREATE TABLE sessions_old (archived timestamptz) INHERITS (sessions); "
            "CREATE TABLE sessions_older () INHERITS (sessions_old); "
            "INSERT INTO sessions SELECT n, 'abcdefghijklmnop-' || n, 1, now() + interval '1 day' * n "
            "FROM generate_series(1, 3) n; "
            "INSERT INTO sessions_old SELECT n, 'abcdefghijklmnop-' || n, 1, now() + interval '1 day' * n "
            "FROM generate_series(4, 6) n; "
            "INSERT INTO sessions_older SELECT n, 'abcdefghijklmnop-' || n, 1, now() - interval '3 days' "
            "FROM generate_series(7, 9) n"));
    const auto detected = store::detectSchema(m_url, {}, soon());
    QVERIFY2(detected.has_value(), detected ? "" : qPrintable(base::oneLine(detected.error())));
    QCOMPARE(detected->candidates.size(), std::size_t{1});
    QVERIFY(detected->best);
    QCOMPARE(detected->best->sessions.table, QStringLiteral("sessions"));

    const auto sessions = open(store::Access::Write);
    QVERIFY(sessions);
    // Nothing keeps the three from holding one token in several rows.
    QVERIFY(!sessions->inspector()->tokenIsUnique());
    const auto rows = rowsOf(*sessions);
    QCOMPARE(rows.size(), std::size_t{6});
    const auto deleted = sessions->deleteRows(std::span(&rows.back().key, 1), soon());
    QVERIFY2(deleted && deleted->front() == store::DeleteOutcome::Deleted,
             deleted ? "" : qPrintable(base::oneLine(deleted.error())));
    QCOMPARE(rowsOf(*sessions).size(), std::size_t{5});
    // What an undo would put back goes into the parent, whichever table it came from.
    const auto kept = sessions->keptRows()->canKeep(soon());
    QVERIFY(!kept);
    QCOMPARE(kept.error().code, ErrorCode::WriteRefused);
    QVERIFY2(base::oneLine(kept.error()).contains(QStringLiteral("inherit")), qPrintable(base::oneLine(kept.error())));
    // Pruned in steps by key, to the last row of all three.
    qint64 pruned = 0;
    store::PruneRange range;
    for (int step = 0; step < 20; ++step) {
        const auto done = sessions->expiredRows()->prune(
            range, base::SystemClock().now(), 2, [](const store::PruneStep &) { return base::Status(); }, soon());
        QVERIFY2(done.has_value(), done ? "" : qPrintable(base::oneLine(done.error())));
        QVERIFY(done->deleted <= 2 || !done->next);
        pruned += done->deleted;
        if (!done->next)
            break;
        range.after = done->next->clone();
    }
    QCOMPARE(pruned, qint64{3});
    QCOMPARE(rowsOf(*sessions).size(), std::size_t{5});
}

void PostgresLayoutsTest::aTableOfColumnsForOthersHidesNone()
{
    run(users() + QStringLiteral("CREATE TABLE stamped (\"createdAt\" timestamptz DEFAULT now()); "
                                 "CREATE TABLE sessions (id int PRIMARY KEY, \"sessionToken\" text NOT NULL UNIQUE, "
                                 "\"userId\" int NOT NULL REFERENCES users, expires timestamptz NOT NULL) INHERITS "
                                 "(stamped); "
                                 "INSERT INTO sessions (id, \"sessionToken\", \"userId\", expires) VALUES (1, "
                                 "'abcdefghijklmnop-1', 1, now() + interval '1 day')"));
    const auto sessions = open(store::Access::ReadOnly);
    QVERIFY(sessions);
    QVERIFY(sessions->inspector()->tokenIsUnique());
    QCOMPARE(rowsOf(*sessions).size(), std::size_t{1});
    QVERIFY(sessions->keptRows()->canKeep(soon()).has_value());
}

void PostgresLayoutsTest::tokensInBytea()
{
    // Once with an id, once with the token as the key; the last token is no text at all.
    for (const QString &key : {QStringLiteral("id serial PRIMARY KEY, "), QString()}) {
        run(QStringLiteral("DROP TABLE IF EXISTS sessions; DROP TABLE IF EXISTS users; ") + users() +
            QStringLiteral("CREATE TABLE sessions (%1\"sessionToken\" bytea NOT NULL UNIQUE, \"userId\" int NOT NULL "
                           "REFERENCES users, expires timestamptz NOT NULL); "
                           "INSERT INTO sessions (\"sessionToken\", \"userId\", expires) SELECT convert_to("
                           "'abcdefghijklmnop-' || n, 'UTF8'), 1, now() + interval '1 day' FROM generate_series(1, 5) "
                           "n; INSERT INTO sessions (\"sessionToken\", \"userId\", expires) VALUES "
                           "('\\xff00415c780102030405060708090a0b', 1, now() + interval '1 day')")
                .arg(key));
        const auto sessions = open(store::Access::Write);
        QVERIFY(sessions);
        const QByteArray token = "abcdefghijklmnop-3";
        const auto found = sessions->lookup(token, soon());
        QVERIFY2(found && *found, found ? "not found" : qPrintable(base::oneLine(found.error())));
        const std::vector<QByteArrayView> tokens{"abcdefghijklmnop-5", "nobody's-token-at-all", "a\\b"};
        const auto many = sessions->lookupMany(tokens, soon());
        QVERIFY2(many && many->at(0) && !many->at(1) && !many->at(2),
                 many ? "" : qPrintable(base::oneLine(many.error())));
        // Every page, also from a token that is the cursor.
        SessionQuery query;
        query.limit = 2;
        QStringList fingerprints;
        std::optional<QByteArray> cursor;
        do {
            const auto page = sessions->page(query, cursor, base::SystemClock().now(), soon());
            QVERIFY2(page.has_value(), page ? "" : qPrintable(base::oneLine(page.error())));
            for (const auto &session : page->sessions)
                fingerprints << session.fingerprint.text();
            cursor = page->next;
        } while (cursor && fingerprints.size() < 10);
        QCOMPARE(fingerprints.size(), 6);
        QCOMPARE(fingerprints.removeDuplicates(), 0);
        QVERIFY(fingerprints.contains(base::Fingerprint::of(token).text()));
        const auto rows = rowsOf(*sessions);
        QCOMPARE(rows.size(), std::size_t{6});
        for (const auto &row : rows) {
            QCOMPARE(row.key.fingerprint, row.shown.fingerprint);
            const auto deleted = sessions->deleteRows(std::span(&row.key, 1), soon());
            QVERIFY2(deleted && deleted->front() == store::DeleteOutcome::Deleted,
                     deleted ? "not deleted" : qPrintable(base::oneLine(deleted.error())));
        }
        QVERIFY(rowsOf(*sessions).empty());
    }
}

void PostgresLayoutsTest::idsMayBeBytes()
{
    // Two UUIDs that differ where no text could, an id that is a text, and one that looks like what bytes are shown as.
    const QStringList ids{QStringLiteral("\\xf0e1d2c3b4a5c6978675a4b3c2d1e0f1"),
                          QStringLiteral("\\xf0e1d2c3b4a5c6978675a4b3c2d1e0f2"),
                          QStringLiteral("\\x") + QString::fromLatin1(QByteArray("abc").toHex()),
                          QStringLiteral("\\x") + QString::fromLatin1(QByteArray("\\xabcd").toHex())};
    run(QStringLiteral("CREATE TABLE users (id bytea PRIMARY KEY, name text, email text UNIQUE); "
                       "CREATE TABLE accounts (id int PRIMARY KEY, \"userId\" bytea, provider text, "
                       "\"providerAccountId\" text); "
                       "CREATE TABLE sessions (id bytea PRIMARY KEY, \"userId\" bytea NOT NULL, expires timestamptz "
                       "NOT NULL, \"sessionToken\" text NOT NULL UNIQUE); "
                       "CREATE TABLE ids (id bytea, n int); INSERT INTO ids VALUES "
                       "('%1', 1), ('%2', 2), ('%3', 3), ('%4', 4); "
                       "INSERT INTO users SELECT id, 'n' || n, 'u' || n || '@example.com' FROM ids; "
                       "INSERT INTO accounts SELECT n, id, 'p' || n, n FROM ids; "
                       "INSERT INTO sessions SELECT id, id, now() + interval '1 day', 'abcdefghijklmnop-' || n FROM "
                       "ids")
            .arg(ids[0], ids[1], ids[2], ids[3]));
    const auto sessions = open(store::Access::Write);
    QVERIFY(sessions);
    const base::Instant now = base::SystemClock().now();
    const auto why = [](const auto &result) {
        return result ? QByteArray("found otherwise") : base::oneLine(result.error()).toUtf8();
    };

    for (const auto order : {store::SessionOrder::Expires, store::SessionOrder::User, store::SessionOrder::Created}) {
        SessionQuery query;
        query.order = order;
        query.limit = 1;
        QStringList found;
        std::optional<QByteArray> cursor;
        do {
            const auto page = sessions->page(query, cursor, now, soon());
            QVERIFY2(page.has_value() && page->sessions.size() == 1, why(page).constData());
            const auto &session = page->sessions.front();
            QVERIFY(session.id && session.userId);
            const QString number = QString::number(ids.indexOf(*session.userId) + 1);
            QCOMPARE(session.providers, QStringList{QStringLiteral("p") + number});
            found << *session.id;
            cursor = page->next;
        } while (cursor && found.size() < 9);
        QCOMPARE(found, (QStringList{ids[3], ids[2], ids[0], ids[1]}));
    }

    QStringList users;
    std::optional<QByteArray> cursor;
    do {
        store::UserQuery query;
        query.limit = 1;
        const auto page = sessions->users()->usersPage(query, cursor, now, soon());
        QVERIFY2(page.has_value() && page->users.size() == 1, why(page).constData());
        users << page->users.front().id;
        cursor = page->next;
    } while (cursor && users.size() < 9);
    QCOMPARE(users, (QStringList{ids[3], ids[2], ids[0], ids[1]}));

    for (qsizetype i = 0; i < ids.size(); ++i) {
        SessionQuery search;
        search.search = QStringLiteral("U%1@").arg(i + 1);
        QCOMPARE(sessions->count(search, now, soon()).value_or(-1), qint64{1});
        for (const QString &user : {ids[i], QStringLiteral("u%1@example.com").arg(i + 1)}) {
            SessionQuery query;
            query.user = user;
            const auto rows = sessions->planRows(query, 10, now, soon());
            QVERIFY2(rows.has_value() && rows->size() == 1, why(rows).constData());
            QCOMPARE(rows->front().shown.userId, std::optional(ids[i]));
        }
        QStringList unmatched;
        const auto named = sessions->findRows(std::span(&ids[i], 1), unmatched, now, soon());
        QVERIFY2(named.has_value() && named->size() == 1, why(named).constData());
        // Gone and back again, unless the user went meanwhile.
        const auto key = named->front().key.clone();
        for (const bool isOrphan : {false, true}) {
            std::vector<store::KeptRow> kept;
            const auto keep = [&kept](std::span<store::KeptRow> rows) -> base::Status {
                for (const auto &each : rows)
                    kept.push_back(each.clone());
                return {};
            };
            const auto deleted = sessions->keptRows()->deleteRows(std::span(&key, 1), keep, soon());
            QVERIFY2(deleted && *deleted == std::vector{store::DeleteOutcome::Deleted}, why(deleted).constData());
            if (isOrphan)
                run(QStringLiteral("DELETE FROM users WHERE id = '%1'").arg(ids[i]));
            const auto restored = sessions->keptRows()->restoreRows(kept, soon());
            const auto expected = isOrphan ? store::RestoreOutcome::UserGone : store::RestoreOutcome::Restored;
            QVERIFY2(restored && *restored == std::vector{expected}, why(restored).constData());
        }
    }
    // What is no such literal is nobody's, and no error.
    for (const char *user : {"\\xabc", "\\xzz", "a\\b", "\\"}) {
        SessionQuery query;
        query.user = QString::fromLatin1(user);
        const auto count = sessions->count(query, now, soon());
        QVERIFY2(count && *count == 0, why(count).constData());
    }
}

void PostgresLayoutsTest::aRowWithoutATokenHidesNoOthers()
{
    run(users() + QStringLiteral("CREATE TABLE sessions (id int PRIMARY KEY, \"sessionToken\" text UNIQUE, \"userId\" "
                                 "int REFERENCES users, expires timestamptz); "
                                 "INSERT INTO sessions SELECT n, 'abcdefghijklmnop-' || n, 1, now() + interval '1 day' "
                                 "FROM generate_series(1, 5) n; UPDATE sessions SET \"sessionToken\" = NULL WHERE id = "
                                 "2; UPDATE sessions SET \"userId\" = NULL WHERE id = 3; UPDATE sessions SET expires = "
                                 "NULL WHERE id = 4"));
    const auto sessions = open(store::Access::Write);
    QVERIFY(sessions);
    SessionQuery query;
    query.state = store::StateFilter::All;
    query.limit = 1;
    QStringList ids;
    std::optional<QByteArray> cursor;
    do {
        const auto page = sessions->page(query, cursor, base::SystemClock().now(), soon());
        QVERIFY2(page.has_value(), page ? "" : qPrintable(base::oneLine(page.error())));
        const auto &session = page->sessions.front();
        ids << session.id.value_or(QString());
        QCOMPARE(session.fingerprint.isEmpty(), ids.last() == QStringLiteral("2"));
        QCOMPARE(session.userId.has_value(), ids.last() != QStringLiteral("3"));
        QCOMPARE(session.expires.has_value(), ids.last() != QStringLiteral("4"));
        cursor = page->next;
    } while (cursor && ids.size() < 10);
    ids.sort();
    QCOMPARE(ids.join(QString()), QStringLiteral("12345"));
    // Without its token a row cannot be told from what stands there later: it is not deleted.
    const auto rows = rowsOf(*sessions);
    const auto nameless = std::ranges::find_if(rows, [](const auto &row) { return row.key.token.isEmpty(); });
    QVERIFY(nameless != rows.end());
    const auto deleted = sessions->deleteRows(std::span(&nameless->key, 1), soon());
    QVERIFY2(deleted.has_value(), deleted ? "" : qPrintable(base::oneLine(deleted.error())));
    QCOMPARE(deleted->front(), store::DeleteOutcome::Changed); // and is not said to be gone
    QCOMPARE(sessions->stillThere(std::span(&nameless->key, 1), soon()).value_or(std::vector{false}),
             std::vector{true});
}

void PostgresLayoutsTest::idsAndTokensOfOnesOwnTypes_data()
{
    QTest::addColumn<QString>("types");
    QTest::newRow("domains") << QStringLiteral("CREATE DOMAIN short AS varchar(99); CREATE DOMAIN who AS short CHECK "
                                               "(VALUE <> ''); CREATE DOMAIN tok AS text; CREATE DOMAIN till AS "
                                               "timestamptz; ");
    QTest::newRow("enumeration") << QStringLiteral("CREATE TYPE who AS ENUM ('u1', 'u2'); CREATE TYPE tok AS ENUM "
                                                   "('abcdefghijklmnop-1', 'abcdefghijklmnop-2'); CREATE DOMAIN till "
                                                   "AS timestamptz; ");
}

void PostgresLayoutsTest::idsAndTokensOfOnesOwnTypes()
{
    QFETCH(QString, types);
    run(types +
        QStringLiteral("CREATE TABLE users (id who PRIMARY KEY, name text, email text); "
                       "CREATE TABLE accounts (id int PRIMARY KEY, \"userId\" who, provider text, "
                       "\"providerAccountId\" text); "
                       "CREATE TABLE sessions (\"sessionToken\" tok PRIMARY KEY, \"userId\" who NOT NULL REFERENCES "
                       "users, expires till NOT NULL); "
                       "INSERT INTO users VALUES ('u1', 'Ann', 'ann@example.com'), ('u2', 'Ben', 'ben@example.com'); "
                       "INSERT INTO accounts VALUES (1, 'u1', 'github', '1'), (2, 'u2', 'google', '1'); "
                       "INSERT INTO sessions VALUES ('abcdefghijklmnop-1', 'u1', now() + interval '1 day'), "
                       "('abcdefghijklmnop-2', 'u2', now() + interval '1 day')"));
    const auto sessions = open(store::Access::Write);
    QVERIFY(sessions);
    for (const char *user : {"u2", "ben@example.com", "nobody's"}) {
        store::SessionQuery query;
        query.user = QString::fromLatin1(user);
        const auto page = sessions->page(query, std::nullopt, base::SystemClock().now(), soon());
        QVERIFY2(page.has_value(), page ? "" : qPrintable(base::oneLine(page.error())));
        if (query.user == QStringLiteral("nobody's")) {
            QVERIFY(page->sessions.empty());
            continue;
        }
        QCOMPARE(page->sessions.size(), std::size_t{1});
        QCOMPARE(page->sessions.front().email, std::optional(QStringLiteral("ben@example.com")));
        QCOMPARE(page->sessions.front().providers, QStringList{QStringLiteral("google")});
    }
    store::SessionQuery search;
    search.search = QStringLiteral("ANN");
    QCOMPARE(sessions->count(search, base::SystemClock().now(), soon()).value_or(-1), qint64{1});

    // Both orders that have such a column in them, a row at a time.
    for (const auto order : {store::SessionOrder::User, store::SessionOrder::Expires}) {
        store::SessionQuery query;
        query.order = order;
        query.limit = 1;
        const auto first = sessions->page(query, std::nullopt, base::SystemClock().now(), soon());
        QVERIFY2(first && first->next, first ? "" : qPrintable(base::oneLine(first.error())));
        const auto second = sessions->page(query, first->next, base::SystemClock().now(), soon());
        QVERIFY2(second && !second->next, second ? "" : qPrintable(base::oneLine(second.error())));
        QVERIFY(first->sessions.front().userId != second->sessions.front().userId);
    }

    // As the engine asks.
    const auto looked = sessions->lookup("abcdefghijklmnop-2", soon());
    QVERIFY2(looked && *looked, looked ? "no row" : qPrintable(base::oneLine(looked.error())));
    QCOMPARE((*looked)->userId, std::optional(QStringLiteral("u2")));
    const std::vector<QByteArrayView> tokens{"abcdefghijklmnop-1", "nobody's"};
    const auto many = sessions->lookupMany(tokens, soon());
    QVERIFY2(many && many->at(0) && !many->at(1), many ? "" : qPrintable(base::oneLine(many.error())));

    // What was read of a column is compared with the column as it is, so that an index on it serves.
    QVERIFY2(!sessions->deleteStatement().contains(QStringLiteral(")::text")), qPrintable(sessions->deleteStatement()));
    const auto rows = rowsOf(*sessions);
    QCOMPARE(rows.size(), std::size_t{2});
    const auto deleted = sessions->deleteRows(std::span(&rows.front().key, 1), soon());
    QVERIFY2(deleted && deleted->front() == store::DeleteOutcome::Deleted,
             deleted ? "" : qPrintable(base::oneLine(deleted.error())));
    QCOMPARE(rowsOf(*sessions).size(), std::size_t{1});
}

QTEST_GUILESS_MAIN(PostgresLayoutsTest)
#include "tst_PostgresLayouts.moc"
