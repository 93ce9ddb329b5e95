#include <QtTest>

#include <QElapsedTimer>

#include "core/base/ErrorText.h"
#include "core/store/sql/OpenConnection.h"
#include "core/store/sql/SqlDialect.h"
#include "tests/integration/scale/PageBars.h"
#include "tests/integration/scale/ScaleDatabase.h"
#include "tests/integration/store/StoreFixtures.h"
#include "tests/support/MariaDbServer.h"
#include "tests/support/SqliteDatabase.h"

using namespace rollcall;
using store::DatabaseKind;
using store::SessionQuery;
using store::StateFilter;

namespace {

constexpr int rounds = 30;

/// What differs in the layout that Prisma makes: types, and how rows are made of nothing.
struct Spelling
{
    QString text, time, numbers, token, expires, asTime;
};

Spelling spellingOf(DatabaseKind kind)
{
    if (kind == DatabaseKind::MySql) {
        return {.text = QStringLiteral("varchar(191)"),
                .time = QStringLiteral("datetime(3)"),
                .numbers = QStringLiteral("INSERT INTO %2 SELECT %3 FROM (SELECT seq AS i FROM seq_1_to_%1) n"),
                .token = QStringLiteral("sha2(concat('token', i), 256)"),
                .expires =
                    QStringLiteral("UTC_TIMESTAMP(3) + INTERVAL (CAST(crc32(i) AS SIGNED) % 7776000 - 5184000) SECOND"),
                .asTime = QStringLiteral("%1")};
    }
    return {.text = QStringLiteral("TEXT"),
            .time = QStringLiteral("DATETIME"),
            .numbers = QStringLiteral("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1) "
                                      "INSERT INTO %2 SELECT %3 FROM n"),
            .token = QStringLiteral("lower(hex(randomblob(24)))"),
            .expires = QStringLiteral("(unixepoch() + i * 2654435761 % 7776000 - 5184000) * 1000"),
            .asTime = QStringLiteral("CAST(%1 AS INTEGER)")};
}

/// Four sessions a user, spread over ninety days of which thirty are to come, and an account each.
QStringList seed(DatabaseKind kind, int sessions)
{
    const Spelling by = spellingOf(kind);
    const QString users = QString::number(sessions / 4);
    const auto table = [&](QString definition) {
        return definition.replace(QStringLiteral("TEXTS"), by.text).replace(QStringLiteral("TIMES"), by.time);
    };
    const QString key = kind == DatabaseKind::MySql ? QStringLiteral("concat('%1', lpad(%2, 9, '0'))")
                                                    : QStringLiteral("printf('%1%09d', %2)");
    const auto named = [&](const char *prefix, const QString &number) {
        return QString(key).replace(QStringLiteral("%1"), QLatin1String(prefix)).replace(QStringLiteral("%2"), number);
    };
    const QString ofUser = named("u", QStringLiteral("1 + i % ") + users);
    return {
        table(QStringLiteral("CREATE TABLE \"User\" (id TEXTS PRIMARY KEY, name TEXTS, email TEXTS, "
                             "\"emailVerified\" TIMES, image TEXTS)")),
        table(QStringLiteral("CREATE TABLE \"Account\" (id TEXTS PRIMARY KEY, \"userId\" TEXTS NOT NULL REFERENCES "
                             "\"User\" (id), type TEXTS NOT NULL, provider TEXTS NOT NULL, \"providerAccountId\" "
                             "TEXTS NOT NULL)")),
        table(QStringLiteral("CREATE TABLE \"Session\" (id TEXTS PRIMARY KEY, \"sessionToken\" TEXTS NOT NULL UNIQUE, "
                             "\"userId\" TEXTS NOT NULL REFERENCES \"User\" (id), expires TIMES NOT NULL)")),
        by.numbers.arg(users, QStringLiteral("\"User\""),
                       named("u", QStringLiteral("i")) + QStringLiteral(", ") + named("User ", QStringLiteral("i")) +
                           QStringLiteral(", ") + named("user-", QStringLiteral("i")) + QStringLiteral(", NULL, NULL")),
        by.numbers.arg(users, QStringLiteral("\"Account\""),
                       named("a", QStringLiteral("i")) + QStringLiteral(", ") + named("u", QStringLiteral("i")) +
                           QStringLiteral(", 'oauth', CASE WHEN i % 3 = 0 THEN 'google' ELSE 'github' END, ") +
                           named("p", QStringLiteral("i"))),
        by.numbers.arg(QString::number(sessions), QStringLiteral("\"Session\""),
                       named("s", QStringLiteral("i")) + QStringLiteral(", ") + by.token + QStringLiteral(", ") +
                           ofUser + QStringLiteral(", ") + by.expires),
        QStringLiteral("CREATE INDEX session_expires ON \"Session\" (expires, id)"),
        QStringLiteral("CREATE INDEX session_user ON \"Session\" (\"userId\")"),
        QStringLiteral("CREATE INDEX account_user ON \"Account\" (\"userId\")")};
}

} // namespace

Q_DECLARE_METATYPE(DatabaseKind)

/// Pages of large MariaDB and SQLite databases against the same rows asked for by hand over the same link, by turns in
/// one run. ROLLCALL_SQL_SCALE names how many sessions each has; the proof asks for a million.
class SqlScaleTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pagesAsFastAsByHand_data();
    void pagesAsFastAsByHand();

private:
    /// Makes the database of @p kind once; its address. Fails the running test where that is not possible.
    const store::DatabaseUrl *database(DatabaseKind kind);
    [[nodiscard]] static int sessions()
    {
        bool isNumber = false;
        const int wanted = qEnvironmentVariableIntValue("ROLLCALL_SQL_SCALE", &isNumber);
        return isNumber ? wanted : test::ScaleDatabase::fewSessions;
    }

    std::unique_ptr<test::MariaDbServer> m_mariaDb;
    std::unique_ptr<test::SqliteDatabase> m_sqlite;
    std::map<DatabaseKind, store::DatabaseUrl> m_urls;
};

const store::DatabaseUrl *SqlScaleTest::database(DatabaseKind kind)
{
    if (const auto made = m_urls.find(kind); made != m_urls.end())
        return &made->second;
    const QStringList statements = seed(kind, sessions());
    if (kind == DatabaseKind::MySql) {
        const QString name = QStringLiteral("scale");
        m_mariaDb = std::make_unique<test::MariaDbServer>();
        QString problem = m_mariaDb->problem();
        if (problem.isEmpty())
            problem = m_mariaDb->createDatabase(name);
        if (problem.isEmpty())
            problem = m_mariaDb->runSql(name, statements.join(QStringLiteral(";\n")));
        if (!problem.isEmpty()) {
            qWarning("%s", qPrintable(problem));
            return nullptr;
        }
        return &m_urls.emplace(kind, m_mariaDb->url(name)).first->second;
    }
    m_sqlite = std::make_unique<test::SqliteDatabase>();
    m_sqlite->exec(QStringLiteral("BEGIN"));
    for (const QString &statement : statements)
        m_sqlite->exec(statement);
    auto url = store::DatabaseUrl::parse(m_sqlite->url().toUtf8());
    return url ? &m_urls.emplace(kind, std::move(*url)).first->second : nullptr;
}

void SqlScaleTest::pagesAsFastAsByHand_data()
{
    QTest::addColumn<DatabaseKind>("kind");
    QTest::addColumn<StateFilter>("state");
    QTest::addColumn<bool>("descending");
    QTest::addColumn<bool>("next");
    for (const auto &[kind, name] : {std::pair{DatabaseKind::MySql, "MariaDB"}, {DatabaseKind::Sqlite, "SQLite"}}) {
        QTest::addRow("%s, live by expiry, first", name) << kind << StateFilter::Live << false << false;
        QTest::addRow("%s, live by expiry, next", name) << kind << StateFilter::Live << false << true;
        QTest::addRow("%s, expired, first", name) << kind << StateFilter::Expired << false << false;
        QTest::addRow("%s, all, latest expiry first, next", name) << kind << StateFilter::All << true << true;
    }
}

void SqlScaleTest::pagesAsFastAsByHand()
{
    QFETCH(DatabaseKind, kind);
    QFETCH(StateFilter, state);
    QFETCH(bool, descending);
    QFETCH(bool, next);
    const store::DatabaseUrl *url = database(kind);
    QVERIFY(url);
    QString problem;
    const auto sessions = test::openDetected(*url, store::Access::ReadOnly, problem);
    QVERIFY2(sessions, qPrintable(problem));
    const auto link = store::openConnection(*url, {}, store::Access::ReadOnly, test::patient());
    QVERIFY2(link.has_value(), link ? "" : qPrintable(base::oneLine(link.error())));

    const base::Instant now = base::SystemClock().now();
    SessionQuery query;
    query.state = state;
    query.descending = descending;
    query.limit = test::scalePageSize;
    const Spelling by = spellingOf(kind);
    const store::SqlDialect &dialect = store::dialectFor(kind);
    const QString nowText = kind == DatabaseKind::Sqlite
                                ? QString::number(now.time_since_epoch().count())
                                : base::toIso(now).replace(QLatin1Char('T'), QLatin1Char(' ')).chopped(1);
    QStringList after; // expiry and id of the row before the page
    const auto byHand = [&] {
        store::SqlStatement statement;
        const auto time = [&](const QString &text) { return by.asTime.arg(statement.params.add(text)); };
        QString where = QStringLiteral("1 = 1");
        if (state != StateFilter::All)
            where = QStringLiteral("s.expires %1 ")
                        .arg(state == StateFilter::Live ? QLatin1String(">=") : QLatin1String("<")) +
                    time(nowText);
        const QString beyond = descending ? QStringLiteral("<") : QStringLiteral(">");
        if (!after.isEmpty()) {
            where += QStringLiteral(" AND s.expires %1= ").arg(beyond) + time(after.first());
            where += QStringLiteral(" AND (s.expires %1 ").arg(beyond) + time(after.first());
            where += QStringLiteral(" OR s.id %1 %2)").arg(beyond, statement.params.add(after.last()));
        }
        const QString order = descending ? QStringLiteral(" DESC") : QString();
        statement.sql =
            QStringLiteral(
                "SELECT p.id, substr(%1, 1, 16), p.\"userId\", p.name, p.email, p.expires, "
                "(SELECT group_concat(DISTINCT a.provider) FROM \"Account\" a WHERE a.\"userId\" = p.\"userId\") "
                "FROM (SELECT s.id, s.\"sessionToken\", s.\"userId\", u.name, u.email, s.expires FROM "
                "\"Session\" s JOIN \"User\" u ON u.id = s.\"userId\" WHERE %2 ORDER BY s.expires%3, s.id%3 "
                "LIMIT %4) p ORDER BY p.expires%3, p.id%3")
                .arg(dialect.sha256Hex(QStringLiteral("p.\"sessionToken\"")), where, order,
                     QString::number(test::scalePageSize + 1));
        statement.fewRows = true;
        statement.keep();
        return statement;
    };
    const auto run = [&](QStringList &ids, QStringList &last) {
        const auto read = (*link)->read(
            byHand(),
            [&](const store::SqlRow &row) {
                if (ids.size() == test::scalePageSize)
                    return;
                ids << *row.text(0);
                for (std::size_t cell = 1; cell < 5; ++cell)
                    static_cast<void>(row.text(cell)); // made texts of, as our own reading does
                last = {*row.text(5), ids.last()};
            },
            test::patient());
        return read ? QString() : base::oneLine(read.error());
    };
    std::optional<QByteArray> cursor;
    if (next) {
        const auto first = sessions->page(query, std::nullopt, now, test::patient());
        QVERIFY2(first && first->next, first ? "" : qPrintable(base::oneLine(first.error())));
        cursor = first->next;
        QStringList ids, last;
        QCOMPARE(run(ids, last), QString());
        after = last;
    }

    std::vector<double> ours, theirs;
    for (int round = 0; round < rounds; ++round) {
        QStringList ids, handIds, last;
        const auto timed = [](std::vector<double> &into, const auto &work) {
            QElapsedTimer timer;
            timer.start();
            work();
            into.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
        };
        for (int turn = 0; turn < 2; ++turn) {
            if ((round + turn) % 2 == 0) {
                timed(ours, [&] {
                    const auto page = sessions->page(query, cursor, now, test::patient());
                    QVERIFY2(page.has_value(), page ? "" : qPrintable(base::oneLine(page.error())));
                    QVERIFY(!page->unindexedOrder);
                    for (const auto &session : page->sessions)
                        ids << session.id.value_or(QString());
                });
            } else {
                timed(theirs, [&] { QCOMPARE(run(handIds, last), QString()); });
            }
        }
        QCOMPARE(ids.size(), test::scalePageSize);
        QCOMPARE(ids, handIds);
    }
    // The fastest tenth, from which other processes took nothing.
    const auto fastest = [](std::vector<double> values) {
        std::ranges::sort(values);
        return values[values.size() / 10];
    };
    const double ratio = fastest(ours) / fastest(theirs);
    qInfo("%-42s %8.2f ms, by hand %8.2f ms, ratio %.2f, %d sessions", QTest::currentDataTag(), fastest(ours),
          fastest(theirs), ratio, SqlScaleTest::sessions());
    const bool isProof = SqlScaleTest::sessions() >= test::ScaleDatabase::proofSessions;
    QVERIFY2(ratio <= (isProof ? test::mostTimesByHand : test::mostTimesUnderLoad), qPrintable(QString::number(ratio)));
}

QTEST_GUILESS_MAIN(SqlScaleTest)
#include "tst_SqlScale.moc"
