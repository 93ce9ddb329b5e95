#include <QtTest>

#include "core/base/ErrorText.h"
#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;
using session::SessionState;
using store::DatabaseKind;
using store::SessionOrder;
using store::StateFilter;
using test::failureOf;
using test::fixtureNow;
using test::soon;

namespace {

/// What stands in a column, as SQL, and what a session with it is.
struct Odd
{
    QString value;
    SessionState state;
};

/// Texts that are no time at all, and some that nearly are.
std::vector<Odd> texts()
{
    std::vector<Odd> all;
    for (const char *text : {"",
                             " ",
                             "tomorrow",
                             "null",
                             "undefined",
                             "Invalid Date",
                             "NaN",
                             "-1",
                             "12",
                             "1e30",
                             "0000-00-00 00:00:00",
                             "2026-13-01T00:00:00.000Z",
                             "2026-06-20T25:00:00.000Z",
                             "2026-06-20T12:00:00.000Z; DROP TABLE sessions",
                             "2026-06-20T12:00:00.000Q",
                             "+275760-09-13T00:00:00.000Z",
                             "99999999999999999999999999",
                             "2026\xe2\x80\x93"
                             "06\xe2\x80\x93"
                             "20",
                             "\xf0\x9f\x95\x92",
                             "%s%n",
                             "'' OR 1=1 --"})
        all.push_back({QLatin1Char('\'') + QString::fromUtf8(text) + QLatin1Char('\''), SessionState::Unknown});
    all.push_back({QStringLiteral("'%1'").arg(QString(2'000, QLatin1Char('9'))), SessionState::Unknown});
    all.push_back({QStringLiteral("'2026-06-31T12:00:00.000Z'"), SessionState::Live}); // the first of July
    return all;
}

} // namespace

Q_DECLARE_METATYPE(DatabaseKind)
Q_DECLARE_METATYPE(std::vector<Odd>)

/// Values that no adapter writes, in every kind of column: each is listed for what it is, none hides another.
class OddValuesTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void areListedForWhatTheyAre_data();
    void areListedForWhatTheyAre();

private:
    test::StoreFixtures m_fixtures;
    int m_number = 0;
};

void OddValuesTest::areListedForWhatTheyAre_data()
{
    QTest::addColumn<DatabaseKind>("kind");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("good"); // as SQL: a week from now, live
    QTest::addColumn<std::vector<Odd>>("odd");
    const QString iso = QStringLiteral("'2026-06-22T12:00:00.000Z'");
    const QString plain = QStringLiteral("'2026-06-22 12:00:00'");
    const QString seconds = QStringLiteral("1782129600");
    const auto sql = [](const char *value, SessionState state) { return Odd{QString::fromLatin1(value), state}; };
    const auto unknown = [&sql](const char *value) { return sql(value, SessionState::Unknown); };
    const auto row = [](const char *name, DatabaseKind kind, const char *type, const QString &good,
                        const std::vector<Odd> &odd) {
        QTest::newRow(name) << kind << QString::fromLatin1(type) << good << odd;
    };
    const auto pg = DatabaseKind::PostgreSql;
    const auto my = DatabaseKind::MySql;
    const auto lite = DatabaseKind::Sqlite;
    row("pg text", pg, "text", iso, texts());
    row("pg timestamptz", pg, "timestamptz", iso,
        {unknown("NULL"), sql("'infinity'", SessionState::Live), sql("'-infinity'", SessionState::Expired),
         sql("'0044-03-15 BC'", SessionState::Expired), sql("'294276-12-31'", SessionState::Live)});
    row("pg timestamp", pg, "timestamp", plain,
        {unknown("NULL"), sql("'infinity'", SessionState::Live), sql("'0044-03-15 BC'", SessionState::Expired)});
    row("pg numeric", pg, "numeric", seconds,
        {unknown("NULL"), unknown("'NaN'"), sql("-1", SessionState::Expired), sql("1e30", SessionState::Live),
         sql("1782129600.25", SessionState::Live)});
    row("pg double", pg, "double precision", seconds,
        {unknown("NULL"), unknown("'NaN'"), sql("'Infinity'", SessionState::Live), sql("1e300", SessionState::Live)});
    row("pg numeric with a scale", pg, "numeric(20,2)", seconds, {unknown("NULL"), unknown("'NaN'")});
    row("mysql text", my, "varchar(4000)", iso, texts());
    const std::vector<Odd> dates{unknown("NULL"),
                                 unknown("'0000-00-00'"),
                                 unknown("'2026-00-15'"),
                                 unknown("'2027-06-00'"),
                                 sql("'9999-12-31 23:59:59'", SessionState::Live),
                                 sql("'1000-01-01'", SessionState::Expired)};
    row("mysql datetime", my, "datetime(3)", plain, dates);
    row("mysql timestamp", my, "timestamp(3) NULL", plain, {unknown("NULL"), unknown("'0000-00-00'")});
    const std::vector<Odd> numbers{unknown("NULL"), sql("-1e30", SessionState::Expired),
                                   sql("1e30", SessionState::Live), sql("1782129600.25", SessionState::Live)};
    row("mysql double", my, "double", seconds, numbers);
    row("mysql float", my, "float", seconds, numbers);
    row("mysql decimal", my, "decimal(40,2)", seconds, numbers);
    std::vector<Odd> anything = texts();
    anything.push_back(unknown("x'00ff'"));
    // Digits and texts as bytes are what they say; as numbers in a text they have a unit, too.
    anything.push_back(sql("CAST('1782129600000' AS BLOB)", SessionState::Live));
    anything.push_back(sql("CAST('2026-06-01T12:00:00.000Z' AS BLOB)", SessionState::Expired));
    anything.push_back(sql("'1782129600'", SessionState::Live));
    anything.push_back(sql("'1780315200000'", SessionState::Expired));
    anything.push_back(unknown("-1.5"));
    anything.push_back(unknown("0"));
    anything.push_back(sql("1782129600.25", SessionState::Live));
    row("sqlite", lite, "", QStringLiteral("1782129600000"), anything);
}

void OddValuesTest::areListedForWhatTheyAre()
{
    QFETCH(DatabaseKind, kind);
    QFETCH(QString, type);
    QFETCH(QString, good);
    QFETCH(std::vector<Odd>, odd);
    for (int i = 0; i < 3; ++i)
        odd.insert(odd.begin(), {good, SessionState::Live});
    QString sql = QStringLiteral("CREATE TABLE users (id int PRIMARY KEY, name varchar(99), email varchar(99), image "
                                 "varchar(99));\nINSERT INTO users (id, email) VALUES (1, 'ann@example.com');\n"
                                 "CREATE TABLE sessions (id int PRIMARY KEY, \"sessionToken\" varchar(99) UNIQUE, "
                                 "\"userId\" int NOT NULL, expires ") +
                  type + QStringLiteral(");\n");
    if (kind == DatabaseKind::MySql) // as a server takes dates that is not strict
        sql += QStringLiteral("SET sql_mode = 'ANSI_QUOTES';\n");
    QHash<QString, SessionState> expected;
    std::vector<QByteArray> tokens;
    for (const Odd &one : odd) {
        tokens.push_back("a-token-of-a-session-" + QByteArray::number(qsizetype(tokens.size())));
        sql += QStringLiteral("INSERT INTO sessions VALUES (%1, '%2', 1, ")
                   .arg(QString::number(tokens.size()), QString::fromLatin1(tokens.back())) +
               one.value + QStringLiteral(");\n");
        expected.insert(base::Fingerprint::of(tokens.back()).text(), one.state);
    }
    const QString name = QStringLiteral("odd_%1").arg(++m_number);
    QString problem;
    store::DatabaseUrl url;
    if (kind == DatabaseKind::Sqlite) {
        url = m_fixtures.sqlite(name, sql.toUtf8(), problem);
    } else if (kind == DatabaseKind::MySql) {
        problem = m_fixtures.mariaDb().createDatabase(name);
        if (problem.isEmpty())
            problem = m_fixtures.mariaDb().runSql(name, sql);
        url = m_fixtures.mariaDb().url(name);
    } else {
        problem = m_fixtures.server().createDatabase(name);
        if (problem.isEmpty())
            problem = m_fixtures.server().runSql(name, sql);
        url = m_fixtures.server().url(name);
    }
    QVERIFY2(problem.isEmpty(), qPrintable(problem));

    const auto detected = store::detectSchema(url, {}, soon());
    QVERIFY2(detected && !detected->candidates.empty(), failureOf(detected).constData());
    const auto opened = store::openStore(url, detected->candidates.front(), {}, store::Access::Write, soon());
    QVERIFY2(opened.has_value(), failureOf(opened).constData());
    store::SessionStore &sessions = **opened;
    std::map<SessionState, qint64> numbers;
    for (const SessionState state : std::as_const(expected))
        ++numbers[state];

    for (const auto &[filter, number] : {std::pair{StateFilter::Live, numbers[SessionState::Live]},
                                         {StateFilter::Expired, numbers[SessionState::Expired]},
                                         {StateFilter::Orphan, qint64{0}},
                                         {StateFilter::All, qint64(odd.size())}}) {
        for (const SessionOrder order : {SessionOrder::Expires, SessionOrder::User, SessionOrder::Created}) {
            for (const bool descending : {false, true}) {
                store::SessionQuery query;
                query.state = filter;
                query.order = order;
                query.descending = descending;
                query.limit = 2;
                QHash<QString, SessionState> seen;
                std::optional<QByteArray> cursor;
                do {
                    const auto page = sessions.page(query, cursor, fixtureNow(), soon());
                    QVERIFY2(page.has_value(), failureOf(page).constData());
                    for (const auto &session : page->sessions) {
                        const QString fingerprint = session.fingerprint.text();
                        QVERIFY2(!seen.contains(fingerprint), "a row came twice");
                        seen.insert(fingerprint, session.state);
                        const Odd &one = odd.at(session.id->toULongLong() - 1);
                        QVERIFY2(session.state == expected.value(fingerprint), qPrintable(one.value));
                        QVERIFY2(session.state != SessionState::Unknown || !session.expires, qPrintable(one.value));
                    }
                    cursor = page->next;
                } while (cursor);
                QCOMPARE(qint64(seen.size()), number);
            }
        }
    }
    const auto stats = sessions.stats(fixtureNow(), soon());
    QVERIFY2(stats.has_value(), failureOf(stats).constData());
    QCOMPARE(stats->live, numbers[SessionState::Live]);
    QCOMPARE(stats->expired, numbers[SessionState::Expired]);
    // Nothing that cannot be read is taken for expired where that deletes.
    for (std::size_t i = 0; i < odd.size(); ++i) {
        const auto row = sessions.lookup(tokens[i], soon());
        QVERIFY2(row && *row, failureOf(row).constData());
        QVERIFY2(odd[i].state != SessionState::Unknown || !(*row)->expires, qPrintable(odd[i].value));
        const auto deleted = sessions.deleteExpired(tokens[i], fixtureNow(), soon());
        QVERIFY2(deleted.has_value(), failureOf(deleted).constData());
        QVERIFY2(sessions.lookup(tokens[i], soon())->has_value() == (odd[i].state != SessionState::Expired),
                 qPrintable(odd[i].value));
    }
}

QTEST_GUILESS_MAIN(OddValuesTest)
#include "tst_OddValues.moc"
