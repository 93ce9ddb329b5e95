#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/store/KeptRows.h"
#include "core/store/sql/MariaDbConnection.h"
#include "core/store/sql/PostgresConnection.h"
#include "core/store/sql/SqlDialect.h"
#include "core/store/sql/SqliteConnection.h"
#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;
using base::ErrorCode;
using base::ErrorParam;
using store::DeleteOutcome;
using store::KeptRow;
using store::RestoreOutcome;
using test::failureOf;
using test::fixtureNow;
using test::soon;

namespace {

std::unique_ptr<store::SqlConnection> connectTo(const store::DatabaseUrl &url)
{
    const auto open = url.kind == store::DatabaseKind::PostgreSql ? store::PostgresConnection::open
                      : url.kind == store::DatabaseKind::MySql    ? store::MariaDbConnection::open
                                                                  : store::SqliteConnection::open;
    auto connection = open(url, {}, store::Access::ReadOnly, soon());
    if (!connection)
        QTest::qFail(failureOf(connection).constData(), __FILE__, __LINE__);
    return connection ? std::move(*connection) : nullptr;
}

/// The rows of the whole result as text.
QStringList rowsOf(store::SqlConnection &connection, const QString &sql)
{
    QStringList rows;
    const auto asked = connection.read(
        {.sql = sql},
        [&rows](const store::SqlRow &row) {
            QStringList cells;
            for (std::size_t i = 0; i < row.cells.size(); ++i)
                cells << row.text(i).value_or(QStringLiteral("NULL"));
            rows << cells.join(QLatin1Char('|'));
        },
        soon());
    if (!asked)
        QTest::qFail(failureOf(asked).constData(), __FILE__, __LINE__);
    return rows;
}

/// All that stands in @p table, in a form from which nothing is lost, and told by the database alone.
QStringList contentOf(const store::DatabaseUrl &url, const QString &table)
{
    const auto connection = connectTo(url);
    const QString name = store::SqlDialect::quoted(table);
    switch (url.kind) {
    case store::DatabaseKind::PostgreSql:
        return rowsOf(*connection, QStringLiteral("SELECT s::text FROM %1 s ORDER BY 1").arg(name));
    case store::DatabaseKind::MySql:
        return rowsOf(*connection, QStringLiteral("CHECKSUM TABLE %1 EXTENDED").arg(name)) +
               rowsOf(*connection, QStringLiteral("SELECT COUNT(*) FROM %1").arg(name));
    case store::DatabaseKind::Sqlite: {
        QStringList cells;
        for (const QString &column :
             rowsOf(*connection, QStringLiteral("SELECT name FROM pragma_table_xinfo('%1') ORDER BY cid").arg(table)))
            cells << QStringLiteral("typeof(%1) || hex(%1)").arg(store::SqlDialect::quoted(column));
        return rowsOf(*connection,
                      QStringLiteral("SELECT %1 FROM %2 ORDER BY 1, 2, 3").arg(cells.join(QStringLiteral(", ")), name));
    }
    case store::DatabaseKind::Redis:
        break;
    }
    return {};
}

std::vector<store::RowKey> keysOf(const std::vector<store::PlannedRow> &rows)
{
    std::vector<store::RowKey> keys;
    for (const auto &row : rows)
        keys.push_back(row.key.clone());
    return keys;
}

} // namespace

/// Rows that are deleted so that they can be put back, on every adapter's real tables and on odd ones.
class KeptRowsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void comesBackByteForByte_data();
    void comesBackByteForByte();
    void oddValuesComeBack_data();
    void oddValuesComeBack();
    void whatCannotBeKeptIsNotDeleted();
    void whoseUserIsGoneStaysAway_data();
    void whoseUserIsGoneStaysAway();
    void whatElseIsInTheWayIsSkippedAlone();
    void anOrphanComesBackAsOne();
    void aColumnThatIsGoneIsSaid();
    void rightsAreNamed();

private:
    std::unique_ptr<store::SessionStore> open(const store::DatabaseUrl &url, QString problem = {});
    /// Deletes the sessions of @p user and returns what was kept of them.
    std::vector<KeptRow> deleted(store::SessionStore &store, const QString &user);
    /// Puts @p kept back, of which it was asked before what would become.
    static base::Result<std::vector<RestoreOutcome>> restoredAsForeseen(store::SessionStore &store,
                                                                        std::span<const KeptRow> kept);
    void run(const store::DatabaseUrl &url, const QString &sql);

    test::StoreFixtures m_fixtures;
};

std::unique_ptr<store::SessionStore> KeptRowsTest::open(const store::DatabaseUrl &url, QString problem)
{
    auto sessions = problem.isEmpty() ? test::openDetected(url, store::Access::Write, problem) : nullptr;
    if (!problem.isEmpty())
        QTest::qFail(qPrintable(problem), __FILE__, __LINE__);
    return sessions;
}

void KeptRowsTest::run(const store::DatabaseUrl &url, const QString &sql)
{
    const QString problem = url.kind == store::DatabaseKind::PostgreSql ? m_fixtures.server().runSql(url.database, sql)
                            : url.kind == store::DatabaseKind::MySql    ? m_fixtures.mariaDb().runSql(url.database, sql)
                                                                        : test::runSqlite(url.database, sql.toUtf8());
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

base::Result<std::vector<RestoreOutcome>> KeptRowsTest::restoredAsForeseen(store::SessionStore &store,
                                                                           std::span<const KeptRow> kept)
{
    const auto foreseen = store.keptRows()->wouldRestore(kept, soon());
    auto restored = store.keptRows()->restoreRows(kept, soon());
    if (foreseen ? !restored || *foreseen != *restored : restored || foreseen.error().code != restored.error().code)
        QTest::qFail(QByteArray("not as foreseen: " + failureOf(foreseen) + failureOf(restored)).constData(), __FILE__,
                     __LINE__);
    return restored;
}

std::vector<KeptRow> KeptRowsTest::deleted(store::SessionStore &store, const QString &user)
{
    store::SessionQuery query;
    query.state = store::StateFilter::All;
    query.user = user;
    const auto rows = store.planRows(query, 100, fixtureNow(), soon());
    std::vector<KeptRow> kept;
    const auto outcomes = store.keptRows()->deleteRows(
        keysOf(*rows),
        [&kept](std::span<KeptRow> batch) -> base::Status {
            std::ranges::transform(batch, std::back_inserter(kept), [](const KeptRow &row) { return row.clone(); });
            return {};
        },
        soon());
    if (!outcomes || *outcomes != std::vector<DeleteOutcome>(rows->size(), DeleteOutcome::Deleted) ||
        kept.size() != rows->size())
        QTest::qFail(QByteArray("not all were deleted and kept: " + failureOf(outcomes)).constData(), __FILE__,
                     __LINE__);
    return kept;
}

void KeptRowsTest::comesBackByteForByte_data()
{
    QTest::addColumn<QString>("fixture");
    const QStringList names = test::fixtureExpectations().keys();
    for (const QString &name : names) {
        if (!name.contains(QStringLiteral("redis")))
            QTest::newRow(qPrintable(name)) << name;
    }
}

void KeptRowsTest::comesBackByteForByte()
{
    QFETCH(QString, fixture);
    QString problem;
    const auto url = m_fixtures.load(fixture, problem);
    const auto sessions = open(url, problem);
    QVERIFY(sessions && sessions->keptRows());
    const auto can = sessions->keptRows()->canKeep(soon());
    QVERIFY2(can.has_value(), failureOf(can).constData());
    store::SessionQuery query;
    query.user = QStringLiteral("ada@example.com");
    const auto planned = sessions->planRows(query, 100, fixtureNow(), soon());
    const auto detected = store::detectSchema(url, {}, soon());
    const QString table = detected->best->sessions.table;
    const QString place = detected->best->sessions.schema.isEmpty() || url.kind != store::DatabaseKind::PostgreSql
                              ? table
                              : detected->best->sessions.schema + QStringLiteral("\".\"") + table;
    const auto contentNow = [&] {
        QStringList content;
        if (place == table)
            return contentOf(url, table);
        const auto connection = connectTo(url);
        return rowsOf(*connection, QStringLiteral("SELECT s::text FROM \"%1\" s ORDER BY 1").arg(place));
    };
    const QStringList before = contentNow();
    const std::vector<KeptRow> kept = deleted(*sessions, *query.user);
    QVERIFY(kept.size() >= 2);
    QVERIFY(contentNow() != before);
    const auto restored = restoredAsForeseen(*sessions, kept);
    QVERIFY2(restored.has_value(), failureOf(restored).constData());
    QCOMPARE(*restored, std::vector<RestoreOutcome>(kept.size(), RestoreOutcome::Restored));
    QCOMPARE(contentNow(), before);
    const auto again = restoredAsForeseen(*sessions, kept);
    QVERIFY2(again.has_value(), failureOf(again).constData());
    QCOMPARE(*again, std::vector<RestoreOutcome>(kept.size(), RestoreOutcome::ThereAgain));
    QCOMPARE(contentNow(), before);
}

void KeptRowsTest::oddValuesComeBack_data()
{
    QTest::addColumn<QString>("fixture");
    QTest::addColumn<QString>("table");
    QTest::addColumn<QString>("sql");
    QTest::newRow("PostgreSQL")
        << QStringLiteral("pg-adapter-postgres") << QStringLiteral("sessions")
        << QStringLiteral(
               "CREATE TYPE shade AS ENUM ('li''ght', 'dark'); CREATE DOMAIN small AS integer CHECK (VALUE < 10);"
               "ALTER TABLE sessions ADD COLUMN \"we\"\"ird %1 $1\" text DEFAULT E'it''s \\\\ \"\\n\\t end ',"
               " ADD COLUMN f8 double precision DEFAULT 0.1::float8 + 0.2, ADD COLUMN f4 real DEFAULT 1.1,"
               " ADD COLUMN nan double precision DEFAULT 'NaN', ADD COLUMN n numeric(30,9) DEFAULT "
               "123456789012345678901.123456789, ADD COLUMN b bytea DEFAULT '\\x00ff0a27', ADD COLUMN bits bit(7) "
               "DEFAULT B'1010011', ADD COLUMN vb varbit DEFAULT B'101', ADD COLUMN c char(5) DEFAULT 'ab', ADD COLUMN "
               "iv interval DEFAULT '1 mon -3 days 04:05:06.000007', ADD COLUMN ts timestamp DEFAULT "
               "'2026-01-02 03:04:05.678901', ADD COLUMN tz timestamptz DEFAULT 'infinity', ADD COLUMN j json DEFAULT "
               "'{\"a\" : 1,  \"a\": 2}', ADD COLUMN jb jsonb DEFAULT '{\"b\": [1.10, null]}', ADD COLUMN ar text[] "
               "DEFAULT ARRAY['x,y', NULL, 'q\"'], ADD COLUMN e shade DEFAULT 'li''ght', ADD COLUMN d small DEFAULT 3, "
               "ADD COLUMN ip inet DEFAULT '10.0.0.1/8', ADD COLUMN u uuid DEFAULT "
               "'00000000-0000-0000-0000-0000000000ff', ADD COLUMN t boolean DEFAULT true, ADD COLUMN none text, "
               "ADD COLUMN gen text GENERATED ALWAYS AS (upper(\"sessionToken\")) STORED, ADD COLUMN ident bigint "
               "GENERATED ALWAYS AS IDENTITY, ADD COLUMN lost text; ALTER TABLE sessions DROP COLUMN lost; CREATE "
               "TABLE copy AS SELECT s::text AS whole FROM sessions s;"
               "ALTER ROLE CURRENT_USER SET extra_float_digits = -3; ALTER ROLE CURRENT_USER SET intervalstyle = "
               "'sql_standard'");
    QTest::newRow("MariaDB")
        << QStringLiteral("prisma-adapter-mysql") << QStringLiteral("Session")
        << QStringLiteral(
               "ALTER TABLE \"Session\" ADD COLUMN \"we`ird %1 $1\" text CHARACTER SET latin1, ADD COLUMN b16 "
               "binary(16), ADD COLUMN vb varbinary(20), ADD COLUMN bl blob, ADD COLUMN bits bit(9), ADD COLUMN f4 "
               "float, ADD COLUMN f8 double, ADD COLUMN n decimal(30,9), ADD COLUMN dt datetime(6), ADD COLUMN ts "
               "timestamp(6) NULL, ADD COLUMN d date, ADD COLUMN tm time(3), ADD COLUMN y year, ADD COLUMN e "
               "enum('a','it''s'), ADD COLUMN s set('x','y'), ADD COLUMN j json, ADD COLUMN big bigint unsigned, "
               "ADD COLUMN u uuid, ADD COLUMN utf16 varchar(20) CHARACTER SET utf16, ADD COLUMN none text, ADD COLUMN "
               "gen varchar(191) AS (upper(\"sessionToken\")) STORED;"
               "UPDATE \"Session\" SET \"we`ird %1 $1\" = 'caf\u00e9 ''q'' ', b16 = X'00ff0a27', vb = X'80fe00', bl = "
               "X'27005c0a', bits = b'100000101', f4 = 1.1, f8 = 0.1e0 + 0.2e0, n = 123456789012345678901.123456789, "
               "dt = '2026-01-02 03:04:05.678901', ts = '2026-01-02 03:04:05.678901', d = '0000-00-00', tm = "
               "'-12:34:56.789', y = 1999, e = 'it''s', s = 'x,y', j = '{\"a\" : 1}', big = 18446744073709551615, u = "
               "'00000000-0000-0000-0000-0000000000ff', utf16 = '\U0001F600x'");
    QTest::newRow("SQLite")
        << QStringLiteral("prisma-adapter-sqlite") << QStringLiteral("Session")
        << QStringLiteral(
               "ALTER TABLE Session ADD COLUMN \"we\"\"ird %1 $1\"; ALTER TABLE Session ADD COLUMN r REAL;"
               "ALTER TABLE Session ADD COLUMN b BLOB; ALTER TABLE Session ADD COLUMN t TEXT; ALTER TABLE Session ADD "
               "COLUMN n NUMERIC; ALTER TABLE Session ADD COLUMN e BLOB; ALTER TABLE Session ADD COLUMN none;"
               "ALTER TABLE Session ADD COLUMN gen TEXT AS (upper(sessionToken)) VIRTUAL;"
               "UPDATE Session SET \"we\"\"ird %1 $1\" = 9007199254740993, r = 0.1 + 0.2, b = X'00ff27', t = "
               "CAST(X'610062' AS TEXT), n = 1e300, e = X''");
}

void KeptRowsTest::oddValuesComeBack()
{
    QFETCH(QString, fixture);
    QFETCH(QString, table);
    QFETCH(QString, sql);
    QString problem;
    const auto url = m_fixtures.load(fixture, problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    run(url, sql);
    const QStringList before = contentOf(url, table);
    const auto sessions = open(url);
    QVERIFY(sessions);
    const std::vector<KeptRow> kept = deleted(*sessions, QStringLiteral("ada@example.com"));
    const auto restored = restoredAsForeseen(*sessions, kept);
    if (url.kind == store::DatabaseKind::PostgreSql)
        run(url, QStringLiteral("ALTER ROLE CURRENT_USER RESET ALL"));
    QVERIFY2(restored.has_value(), failureOf(restored).constData());
    QCOMPARE(*restored, std::vector<RestoreOutcome>(kept.size(), RestoreOutcome::Restored));
    const QStringList after = contentOf(url, table);
    QCOMPARE(after.size(), before.size());
    for (qsizetype i = 0; i < after.size() && url.kind != store::DatabaseKind::PostgreSql; ++i)
        QCOMPARE(after[i], before[i]);
    // Read with all digits, which the role's own settings would hide.
    if (url.kind == store::DatabaseKind::PostgreSql) {
        const auto connection = connectTo(url);
        QCOMPARE(
            rowsOf(*connection,
                   QStringLiteral(
                       "SELECT count(*) FROM sessions s WHERE f8 = 0.1::float8 + 0.2 AND f4 = 1.1::real "
                       "AND iv = interval '1 mon -3 days 04:05:06.000007' AND b = '\\x00ff0a27' AND "
                       "bits = B'1010011' AND c = 'ab   ' AND gen = upper(\"sessionToken\") AND "
                       "j::text = '{\"a\" : 1,  \"a\": 2}' AND none IS NULL AND s::text IN (SELECT whole FROM copy)"
                       " AND \"we\"\"ird %1 $1\" = E'it''s \\\\ \"\\n\\t end '")),
            QStringList(QString::number(before.size())));
    }
}

void KeptRowsTest::whatCannotBeKeptIsNotDeleted()
{
    for (const char *fixture : {"pg-adapter-postgres", "prisma-adapter-mysql", "prisma-adapter-sqlite"}) {
        QString problem;
        const auto url = m_fixtures.load(QString::fromLatin1(fixture), problem);
        const auto sessions = open(url, problem);
        const auto rows = sessions->planRows({}, 100, fixtureNow(), soon());
        const auto keys = keysOf(*rows);
        const auto refused = sessions->keptRows()->deleteRows(
            keys, [](std::span<KeptRow>) { return base::fail(base::Error(ErrorCode::DiskFull)); }, soon());
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::DiskFull);
        QCOMPARE(*sessions->stillThere(keys, soon()), std::vector<bool>(keys.size(), true));
    }
}

void KeptRowsTest::whoseUserIsGoneStaysAway_data()
{
    QTest::addColumn<QString>("fixture");
    QTest::addColumn<QString>("users");
    QTest::newRow("no foreign key") << QStringLiteral("pg-adapter-postgres") << QStringLiteral("users");
    QTest::newRow("PostgreSQL") << QStringLiteral("prisma-adapter-postgres") << QStringLiteral("User");
    QTest::newRow("MariaDB") << QStringLiteral("prisma-adapter-mysql") << QStringLiteral("User");
    QTest::newRow("SQLite") << QStringLiteral("prisma-adapter-sqlite") << QStringLiteral("User");
}

void KeptRowsTest::whoseUserIsGoneStaysAway()
{
    QFETCH(QString, fixture);
    QFETCH(QString, users);
    QString problem;
    const auto url = m_fixtures.load(fixture, problem);
    const auto sessions = open(url, problem);
    std::vector<KeptRow> kept = deleted(*sessions, QStringLiteral("ada@example.com"));
    const std::size_t ofAda = kept.size();
    std::ranges::move(deleted(*sessions, QStringLiteral("zoe@example.com")), std::back_inserter(kept));
    QVERIFY(kept.size() > ofAda);
    const QString unheeded =
        url.kind == store::DatabaseKind::MySql ? QStringLiteral("SET FOREIGN_KEY_CHECKS = 0; ") : QString();
    run(url, unheeded + QStringLiteral("DELETE FROM \"%1\" WHERE email = 'zoe@example.com'").arg(users));
    const auto restored = restoredAsForeseen(*sessions, kept);
    QVERIFY2(restored.has_value(), failureOf(restored).constData());
    for (std::size_t i = 0; i < kept.size(); ++i)
        QCOMPARE((*restored)[i], i < ofAda ? RestoreOutcome::Restored : RestoreOutcome::UserGone);
}

void KeptRowsTest::whatElseIsInTheWayIsSkippedAlone()
{
    for (const char *fixture : {"prisma-adapter-postgres", "prisma-adapter-mysql"}) {
        QString problem;
        const auto url = m_fixtures.load(QString::fromLatin1(fixture), problem);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        // A column of the application's own that is unique, and one that points elsewhere.
        run(url, QStringLiteral("CREATE TABLE team (id integer PRIMARY KEY); INSERT INTO team VALUES (1), (2);"
                                "ALTER TABLE \"Session\" ADD COLUMN seat integer UNIQUE; ALTER TABLE \"Session\" ADD "
                                "COLUMN team integer; ALTER TABLE \"Session\" ADD CONSTRAINT of_team FOREIGN KEY "
                                "(team) REFERENCES team (id);"));
        const auto sessions = open(url);
        store::SessionQuery query;
        query.state = store::StateFilter::All;
        query.user = QStringLiteral("ada@example.com");
        const auto planned = sessions->planRows(query, 100, fixtureNow(), soon());
        QVERIFY(planned->size() >= 3);
        const auto set = [&](std::size_t row, const QString &change) {
            run(url, QStringLiteral("UPDATE \"Session\" SET %1 WHERE \"sessionToken\" = '%2'")
                         .arg(change, QString::fromUtf8(planned->at(row).key.token.view())));
        };
        set(0, QStringLiteral("seat = 7"));
        set(1, QStringLiteral("team = 2"));
        const std::vector<KeptRow> kept = deleted(*sessions, *query.user);
        run(url, QStringLiteral("UPDATE \"Session\" SET seat = 7 WHERE \"sessionToken\" = (SELECT t FROM (SELECT "
                                "min(\"sessionToken\") AS t FROM "
                                "\"Session\") other); DELETE FROM team WHERE id = 2;"));
        const auto restored = sessions->keptRows()->restoreRows(kept, soon());
        QVERIFY2(restored.has_value(), failureOf(restored).constData());
        std::vector<RestoreOutcome> wanted(kept.size(), RestoreOutcome::Restored);
        wanted[0] = RestoreOutcome::ThereAgain;
        wanted[1] = RestoreOutcome::UserGone;
        for (std::size_t i = 0; i < wanted.size(); ++i)
            QVERIFY2(
                (*restored)[i] == wanted[i],
                qPrintable(
                    QStringLiteral("%1, row %2: %3").arg(QLatin1StringView(fixture)).arg(i).arg(int((*restored)[i]))));
    }
}

void KeptRowsTest::anOrphanComesBackAsOne()
{
    QString problem;
    const auto url = m_fixtures.load(QStringLiteral("pg-adapter-postgres"), problem);
    const auto sessions = open(url, problem);
    run(url, QStringLiteral("INSERT INTO sessions (\"userId\", expires, \"sessionToken\") VALUES (4711, now(), 'o')"));
    const QStringList before = contentOf(url, QStringLiteral("sessions"));
    const std::vector<KeptRow> kept = deleted(*sessions, QStringLiteral("4711"));
    QCOMPARE(kept.size(), std::size_t(1));
    QVERIFY(!kept.front().hadUser);
    QCOMPARE(*restoredAsForeseen(*sessions, kept), std::vector{RestoreOutcome::Restored});
    QCOMPARE(contentOf(url, QStringLiteral("sessions")), before);
}

void KeptRowsTest::aColumnThatIsGoneIsSaid()
{
    QString problem;
    const auto url = m_fixtures.load(QStringLiteral("pg-adapter-postgres"), problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    run(url, QStringLiteral("ALTER TABLE sessions ADD COLUMN device text DEFAULT 'phone'"));
    const std::vector<KeptRow> kept = deleted(*open(url), QStringLiteral("ada@example.com"));
    run(url, QStringLiteral("ALTER TABLE sessions DROP COLUMN device"));
    const auto sessions = open(url);
    const auto restored = restoredAsForeseen(*sessions, kept);
    QVERIFY(!restored);
    QCOMPARE(restored.error().code, ErrorCode::SchemaChanged);
    QCOMPARE(restored.error().param(ErrorParam::Column), QStringLiteral("device"));
}

void KeptRowsTest::rightsAreNamed()
{
    QString problem;
    const auto url = m_fixtures.load(QStringLiteral("pg-adapter-postgres"), problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    run(url, QStringLiteral("ALTER TABLE sessions ADD COLUMN secret text DEFAULT 'x'; CREATE ROLE some_columns LOGIN "
                            "PASSWORD 'pw'; CREATE ROLE no_insert LOGIN PASSWORD 'pw';"
                            "GRANT SELECT ON users, accounts TO some_columns, no_insert;"
                            "GRANT DELETE ON sessions TO some_columns, no_insert; GRANT SELECT (id, \"userId\", "
                            "expires, \"sessionToken\") ON sessions TO some_columns; GRANT SELECT ON sessions TO "
                            "no_insert"));
    const auto detected = store::detectSchema(url, {}, soon());
    const auto as = [&](const char *role) {
        auto opened =
            store::openStore(m_fixtures.server().url(url.database, QString::fromLatin1(role), QStringLiteral("pw")),
                             *detected->best, {}, store::Access::Write, soon());
        if (!opened)
            QTest::qFail(failureOf(opened).constData(), __FILE__, __LINE__);
        return std::move(*opened);
    };
    const auto some = as("some_columns");
    const auto can = some->keptRows()->canKeep(soon());
    QVERIFY(!can);
    QCOMPARE(can.error().code, ErrorCode::PermissionDenied);

    const auto sessions = as("no_insert");
    QVERIFY(sessions->keptRows()->canKeep(soon()).has_value());
    const std::vector<KeptRow> kept = deleted(*sessions, QStringLiteral("ada@example.com"));
    const auto restored = sessions->keptRows()->restoreRows(kept, soon());
    QVERIFY(!restored);
    QCOMPARE(restored.error().code, ErrorCode::PermissionDenied);
    QCOMPARE(restored.error().param(ErrorParam::Right), QStringLiteral("INSERT"));
    QVERIFY(base::describe(restored.error()).remedy.contains(QStringLiteral("GRANT INSERT")));
}

QTEST_GUILESS_MAIN(KeptRowsTest)
#include "tst_KeptRows.moc"
