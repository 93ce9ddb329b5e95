#include <QtTest>

#include "core/store/ExpiredRows.h"
#include "core/store/StoreInspector.h"
#include "core/store/UserDirectory.h"
#include "tests/integration/store/MariaDbTools.h"

using namespace rollcall;
using test::connectTo;
using test::failureOf;
using test::fixtureNow;
using test::soon;
using test::valueOf;

/// Sessions in MySQL and MariaDB: their ids, tokens and times as columns of any kind have them.
class MariaDbValuesTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void tokensAreExactWhateverTheCollation_data();
    void tokensAreExactWhateverTheCollation();
    void columnsOfTwoCollationsAreJoined();
    void idsMayBeBytes();
    void tokensMayBeBytes_data();
    void tokensMayBeBytes();
    void idsMayBeBeyondSignedNumbers();
    void theIndexOnTokensServesLookups();
    void aTimestampIsReadWhateverTheServersZone();
    void aDatetimeIsReadInTheZoneGiven_data();
    void aDatetimeIsReadInTheZoneGiven();

private:
    test::MariaDbDatabases m_databases;
};

void MariaDbValuesTest::initTestCase()
{
    QVERIFY2(m_databases.server().problem().isEmpty(), qPrintable(m_databases.server().problem()));
}

void MariaDbValuesTest::tokensAreExactWhateverTheCollation_data()
{
    QTest::addColumn<QString>("collation");
    for (const char *collation : {"utf8mb4_general_ci", "utf8mb4_unicode_ci", "utf8mb3_general_ci", "latin1_swedish_ci",
                                  "utf8mb4_bin", "utf8mb4_uca1400_ai_ci", "ascii_general_ci"})
        QTest::newRow(collation) << QString::fromLatin1(collation);
}

void MariaDbValuesTest::tokensAreExactWhateverTheCollation()
{
    QFETCH(QString, collation);
    const QString name = QStringLiteral("exact_") + collation;
    const auto url = m_databases.made(
        name,
        QStringLiteral(
            "ALTER DATABASE CHARACTER SET %1 COLLATE %2; "
            "CREATE TABLE users (id int PRIMARY KEY AUTO_INCREMENT, name varchar(99), email varchar(99), image text); "
            "CREATE TABLE sessions (id int PRIMARY KEY AUTO_INCREMENT, \"userId\" int NOT NULL, expires "
            "timestamp(3) NOT NULL, \"sessionToken\" varchar(255) NOT NULL UNIQUE, FOREIGN KEY "
            "(\"userId\") REFERENCES users(id)); "
            "INSERT INTO users (email) VALUES ('Ann@example.com'); "
            "INSERT INTO sessions (\"userId\", expires, \"sessionToken\") VALUES "
            "(1, '2026-06-20', 'Abcdefghijklmnopqrst'), (1, '2026-06-20', 'ssssssssssssssssssss')")
            .arg(collation.section(QLatin1Char('_'), 0, 0), collation));
    QString problem;
    const auto sessions = test::openDetected(url, store::Access::Write, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    // The second to fifth are "equal" to a stored one in many collations; the last cannot be said in all of them.
    const std::vector<QByteArrayView> tokens{"Abcdefghijklmnopqrst",
                                             "abcdefghijklmnopqrst",
                                             "ABCDEFGHIJKLMNOPQRST",
                                             "Abcdefghijklmnopqrst ",
                                             "\xc3\x81"
                                             "bcdefghijklmnopqrst",
                                             "\xf0\x9f\x98\x80"};
    const auto all = sessions->lookupMany(tokens, soon());
    QVERIFY2(all.has_value(), failureOf(all).constData());
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const auto one = sessions->lookup(tokens[i], soon());
        QVERIFY2(one.has_value(), failureOf(one).constData());
        QCOMPARE(one->has_value(), i == 0);
        QCOMPARE((*all)[i].has_value(), i == 0);
        if (i > 0) {
            QVERIFY(sessions->extend(tokens[i], fixtureNow(), soon()).has_value());
            QVERIFY(sessions->deleteExpired(tokens[i], fixtureNow() + std::chrono::years(1), soon()).has_value());
        }
    }
    const auto untouched = sessions->lookup(tokens[0], soon());
    QVERIFY(untouched && *untouched);
    QVERIFY((*untouched)->expires > fixtureNow());
    // People type e-mail addresses as they like; they are not credentials.
    store::SessionQuery query;
    query.state = store::StateFilter::All;
    query.user = QStringLiteral("Ann@example.com");
    QCOMPARE(*sessions->count(query, fixtureNow(), soon()), 2);
    query.user.reset();
    query.search = QStringLiteral("aNN@");
    QCOMPARE(*sessions->count(query, fixtureNow(), soon()), 2);
}

void MariaDbValuesTest::columnsOfTwoCollationsAreJoined()
{
    const auto url = m_databases.made(
        QStringLiteral("two_collations"),
        QStringLiteral("CREATE TABLE users (id varchar(99) COLLATE utf8mb4_unicode_ci PRIMARY KEY, name varchar(99), "
                       "email varchar(99), image text); "
                       "CREATE TABLE accounts (\"userId\" varchar(99) CHARACTER SET latin1, provider varchar(99), "
                       "\"providerAccountId\" varchar(99)); "
                       "CREATE TABLE sessions (id int PRIMARY KEY AUTO_INCREMENT, \"userId\" varchar(99) COLLATE "
                       "utf8mb4_general_ci, expires timestamp(3) NOT NULL, \"sessionToken\" varchar(255) NOT NULL "
                       "UNIQUE); INSERT INTO users (id, email) VALUES ('u1', 'ann@example.com'); "
                       "INSERT INTO accounts VALUES ('u1', 'github', '1'); "
                       "INSERT INTO sessions (\"userId\", expires, \"sessionToken\") VALUES "
                       "('u1', '2026-06-20', 'abcdefghijklmnopqrst')"));
    const auto detection = store::detectSchema(url, {}, soon());
    QVERIFY2(detection.has_value(), failureOf(detection).constData());
    QVERIFY(!detection->candidates.empty());
    const auto opened = store::openStore(url, detection->candidates.front(), {}, store::Access::ReadOnly, soon());
    QVERIFY2(opened.has_value(), failureOf(opened).constData());
    const auto page = (*opened)->page({}, std::nullopt, fixtureNow(), soon());
    QVERIFY2(page.has_value(), failureOf(page).constData());
    QCOMPARE(page->sessions.size(), std::size_t{1});
    QCOMPARE(page->sessions.front().email, std::optional(QStringLiteral("ann@example.com")));
    QCOMPARE(page->sessions.front().providers, QStringList{QStringLiteral("github")});
    const auto stats = (*opened)->stats(fixtureNow(), soon());
    QVERIFY2(stats.has_value(), failureOf(stats).constData());
    QCOMPARE(stats->live, 1);
}

void MariaDbValuesTest::idsMayBeBytes()
{
    // Two UUIDs that differ where no text could, an id that is a text, and one that looks like what bytes are shown as.
    const QStringList ids{QStringLiteral("0xf0e1d2c3b4a5c6978675a4b3c2d1e0f1"),
                          QStringLiteral("0xf0e1d2c3b4a5c6978675a4b3c2d1e0f2"), QStringLiteral("abcdefghijklmnop"),
                          QStringLiteral("0x") + QString::fromLatin1(QByteArray("0xabcdefabcdefab").toHex())};
    const QString values = QStringLiteral("(x'f0e1d2c3b4a5c6978675a4b3c2d1e0f1', 1), "
                                          "(x'f0e1d2c3b4a5c6978675a4b3c2d1e0f2', 2), ('abcdefghijklmnop', 3), "
                                          "('0xabcdefabcdefab', 4)");
    const auto url = m_databases.made(
        QStringLiteral("bytes"),
        QStringLiteral("CREATE TABLE users (id binary(16) PRIMARY KEY, name varchar(99), email varchar(99) UNIQUE); "
                       "CREATE TABLE accounts (id int PRIMARY KEY, \"userId\" varbinary(16), provider varchar(99), "
                       "\"providerAccountId\" varchar(99)); "
                       "CREATE TABLE sessions (id binary(16) PRIMARY KEY, \"userId\" binary(16) NOT NULL REFERENCES "
                       "users(id), expires timestamp(3) NOT NULL, \"sessionToken\" varchar(255) NOT NULL UNIQUE); "
                       "CREATE TABLE ids (id binary(16), n int); INSERT INTO ids VALUES %1; "
                       "INSERT INTO users SELECT id, CONCAT('n', n), CONCAT('u', n, '@example.com') FROM ids; "
                       "INSERT INTO accounts SELECT n, id, CONCAT('p', n), n FROM ids; "
                       "INSERT INTO sessions SELECT id, id, '2026-06-20', CONCAT('abcdefghijklmnop-', n) FROM ids")
            .arg(values));
    QString problem;
    const auto sessions = test::openDetected(url, store::Access::Write, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));

    // One by one in the order of the bytes, which is the cursor's.
    store::SessionQuery query;
    query.limit = 1;
    QStringList found;
    std::optional<QByteArray> cursor;
    do {
        const auto page = sessions->page(query, cursor, fixtureNow(), soon());
        QVERIFY2(page.has_value(), failureOf(page).constData());
        QCOMPARE(page->sessions.size(), std::size_t{1});
        const auto &session = page->sessions.front();
        QVERIFY(session.id && session.userId);
        QCOMPARE(session.id, session.userId);
        const QString number = QString::number(ids.indexOf(*session.userId) + 1);
        QCOMPARE(session.name, std::optional(QStringLiteral("n") + number));
        QCOMPARE(session.providers, QStringList{QStringLiteral("p") + number});
        found << *session.id;
        cursor = page->next;
    } while (cursor);
    QCOMPARE(found, (QStringList{ids[3], ids[2], ids[0], ids[1]}));

    const auto users = sessions->users()->usersPage({}, std::nullopt, fixtureNow(), soon());
    QVERIFY2(users.has_value(), failureOf(users).constData());
    QCOMPARE(users->users.size(), std::size_t{4});
    for (const auto &user : users->users)
        QCOMPARE(user.providers, QStringList{QStringLiteral("p") + QString::number(ids.indexOf(user.id) + 1)});

    for (qsizetype i = 0; i < ids.size(); ++i) {
        for (const QString &user : {ids[i], QStringLiteral("u%1@example.com").arg(i + 1)}) {
            store::SessionQuery ofUser;
            ofUser.user = user;
            const auto rows = sessions->planRows(ofUser, 10, fixtureNow(), soon());
            QVERIFY2(rows.has_value(), failureOf(rows).constData());
            QCOMPARE(rows->size(), std::size_t{1});
            QCOMPARE(rows->front().shown.userId, std::optional(ids[i]));
        }
        QStringList unmatched;
        const auto named = sessions->findRows(std::span(&ids[i], 1), unmatched, fixtureNow(), soon());
        QVERIFY2(named.has_value(), failureOf(named).constData());
        QCOMPARE(named->size(), std::size_t{1});
        QCOMPARE(named->front().shown.id, std::optional(ids[i]));
        // Gone and back again.
        const auto key = named->front().key.clone();
        const QString problemOfRow = test::deletedAndRestored(*sessions, key);
        QVERIFY2(problemOfRow.isEmpty(), qPrintable(problemOfRow));
    }
}

void MariaDbValuesTest::tokensMayBeBytes_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("type");
    QTest::newRow("with an id") << QStringLiteral("id int PRIMARY KEY AUTO_INCREMENT, ")
                                << QStringLiteral("varbinary(99)");
    QTest::newRow("alone") << QString() << QStringLiteral("varbinary(99)");
    QTest::newRow("of one length, with an id")
        << QStringLiteral("id int PRIMARY KEY AUTO_INCREMENT, ") << QStringLiteral("binary(16)");
    QTest::newRow("of one length, alone") << QString() << QStringLiteral("binary(16)");
}

void MariaDbValuesTest::tokensMayBeBytes()
{
    QFETCH(QString, key);
    QFETCH(QString, type);
    // A text, one that looks like the server's literal of bytes, and what is no text at all.
    const QByteArrayList texts{"abcdefghijklmnop", "0x61626364656667"};
    const auto url = m_databases.made(
        QStringLiteral("tokens_%1").arg(QString::fromUtf8(QTest::currentDataTag()).size()),
        QStringLiteral(
            "CREATE TABLE users (id int PRIMARY KEY, name varchar(99), email varchar(99)); "
            "CREATE TABLE sessions (%1\"sessionToken\" %2 NOT NULL UNIQUE, \"userId\" int NOT NULL REFERENCES "
            "users(id), expires timestamp(3) NOT NULL); INSERT INTO users VALUES (1, 'Ann', "
            "'ann@example.com'); INSERT INTO sessions (\"sessionToken\", \"userId\", expires) VALUES ('%3', 1, "
            "'2026-06-20'), ('%4', 1, '2026-06-20'), (x'ff00f0e1d2c3b4a5c6978675a4b3c2d1', 1, '2026-06-20')")
            .arg(key, type, QString::fromLatin1(texts[0]), QString::fromLatin1(texts[1])));
    QString problem;
    const auto sessions = test::openDetected(url, store::Access::Write, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));

    // As an adapter finds them: by their text alone.
    const QByteArray literal = "0x" + texts[0].toHex();
    for (const QByteArray &token : texts) {
        const auto found = sessions->lookup(token, soon());
        QVERIFY2(found && *found, token.constData());
    }
    for (const QByteArray &token : {literal, QByteArray("abcdefg"), QByteArray("0xff00f0e1d2c3b4a5c6978675a4b3c2d1")}) {
        const auto found = sessions->lookup(token, soon());
        QVERIFY2(found && !*found, token.constData());
    }
    const std::vector<QByteArrayView> asked{texts[0], literal, texts[1]};
    const auto many = sessions->lookupMany(asked, soon());
    QVERIFY2(many.has_value(), failureOf(many).constData());
    QVERIFY(many->at(0) && !many->at(1) && many->at(2));

    store::SessionQuery query;
    query.limit = 1;
    QStringList fingerprints;
    std::optional<QByteArray> cursor;
    do {
        const auto page = sessions->page(query, cursor, fixtureNow(), soon());
        QVERIFY2(page.has_value(), failureOf(page).constData());
        QCOMPARE(page->sessions.size(), std::size_t{1});
        fingerprints << page->sessions.front().fingerprint.text();
        cursor = page->next;
    } while (cursor && fingerprints.size() < 9);
    QCOMPARE(fingerprints.size(), 3);
    for (const QByteArray &token : texts)
        QVERIFY(fingerprints.contains(base::Fingerprint::of(token).text()));

    // Each is gone, back again, and gone.
    const auto rows = sessions->planRows({}, 10, fixtureNow(), soon());
    QVERIFY2(rows.has_value(), failureOf(rows).constData());
    QCOMPARE(rows->size(), std::size_t{3});
    for (const auto &row : *rows) {
        QCOMPARE(row.key.fingerprint, row.shown.fingerprint);
        QCOMPARE(*sessions->stillThere(std::span(&row.key, 1), soon()), std::vector{true});
        const QString problemOfRow = test::deletedAndRestored(*sessions, row.key);
        QVERIFY2(problemOfRow.isEmpty(), qPrintable(problemOfRow));
        const auto again = sessions->deleteRows(std::span(&row.key, 1), soon());
        QVERIFY2(again.has_value(), failureOf(again).constData());
        QCOMPARE(*again, std::vector{store::DeleteOutcome::Deleted});
    }
    QCOMPARE(sessions->count({}, fixtureNow(), soon()).value_or(-1), qint64{0});
}

void MariaDbValuesTest::idsMayBeBeyondSignedNumbers()
{
    // As UUID_SHORT() makes them on a server whose number is above 127.
    const auto url = m_databases.made(
        QStringLiteral("unsigned"),
        QStringLiteral("CREATE TABLE users (id bigint unsigned PRIMARY KEY, name varchar(99), email varchar(99)); "
                       "CREATE TABLE accounts (id int PRIMARY KEY, \"userId\" bigint unsigned, provider varchar(99), "
                       "\"providerAccountId\" varchar(99)); "
                       "CREATE TABLE sessions (id bigint unsigned PRIMARY KEY, \"userId\" bigint unsigned NOT NULL "
                       "REFERENCES users(id), expires timestamp(3) NOT NULL, \"sessionToken\" varchar(255) NOT NULL "
                       "UNIQUE); INSERT INTO users VALUES (18446744073709551615, 'Ann', 'ann@example.com'); "
                       "INSERT INTO accounts VALUES (1, 18446744073709551615, 'github', '1'); "
                       "INSERT INTO sessions VALUES (18446744073709551614, 18446744073709551615, '2026-06-20', "
                       "'abcdefghijklmnop-1'), (9, 18446744073709551615, '2026-06-20', 'abcdefghijklmnop-2')"));
    QString problem;
    const auto sessions = test::openDetected(url, store::Access::ReadOnly, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    for (const char *user : {"18446744073709551615", "ann@example.com"}) {
        store::SessionQuery query;
        query.user = QString::fromLatin1(user);
        query.limit = 1;
        const auto first = sessions->page(query, std::nullopt, fixtureNow(), soon());
        QVERIFY2(first && first->next, failureOf(first).constData());
        const auto second = sessions->page(query, first->next, fixtureNow(), soon());
        QVERIFY2(second && !second->next, failureOf(second).constData());
        QCOMPARE(second->sessions.front().id, std::optional(QStringLiteral("18446744073709551614")));
        QCOMPARE(second->sessions.front().providers, QStringList{QStringLiteral("github")});
    }
    const QString id = QStringLiteral("18446744073709551614");
    QStringList unmatched;
    const auto named = sessions->findRows(std::span(&id, 1), unmatched, fixtureNow(), soon());
    QVERIFY2(named && named->size() == 1 && unmatched.isEmpty(), failureOf(named).constData());
}

void MariaDbValuesTest::theIndexOnTokensServesLookups()
{
    const auto url = m_databases.fixture(QStringLiteral("prisma-adapter-mysql"));
    // Rows enough that reading them all is no plan to prefer.
    m_databases.run(
        url.database,
        QStringLiteral("INSERT INTO \"Session\" SELECT CONCAT('i', s.seq), CONCAT('token-of-session-', s.seq), u.id, "
                       "now(3), now(3), now(3) FROM seq_1_to_2000 s, (SELECT id FROM \"User\" LIMIT 1) u; "
                       "ANALYZE TABLE \"Session\""));
    const auto counter = connectTo(url, store::Access::ReadOnly);
    const auto rowsRead = [&] {
        return valueOf(*counter, QStringLiteral("SELECT SUM(rows_read) FROM information_schema.table_statistics WHERE "
                                                "table_schema = DATABASE() AND table_name = 'Session'"))
            .toLongLong();
    };
    m_databases.run(url.database, QStringLiteral("SET GLOBAL userstat = ON"));
    QString problem;
    const auto sessions = test::openDetected(url, store::Access::ReadOnly, problem);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    const std::vector<QByteArrayView> tokens{"token-of-session-7", "token-of-session-1999", "nobody's"};
    const qint64 before = rowsRead();
    QVERIFY(before > 0); // of the detection
    const auto one = sessions->lookup(tokens[0], soon());
    QVERIFY(one.has_value() && one->has_value());
    const auto many = sessions->lookupMany(tokens, soon());
    QVERIFY(many.has_value() && many->at(0) && many->at(1) && !many->at(2));
    const qint64 read = rowsRead() - before;
    QVERIFY2(read < 20, qPrintable(QString::number(read)));
}

void MariaDbValuesTest::aTimestampIsReadWhateverTheServersZone()
{
    const auto url = m_databases.made(
        QStringLiteral("timestamps"),
        QStringLiteral("CREATE TABLE users (id int PRIMARY KEY, name varchar(99), email varchar(99)); "
                       "CREATE TABLE sessions (id int PRIMARY KEY, \"userId\" int NOT NULL REFERENCES users(id), "
                       "expires timestamp(3) NOT NULL, \"sessionToken\" varchar(255) NOT NULL UNIQUE); "
                       "INSERT INTO users (id) VALUES (1); SET time_zone = '+02:00'; "
                       "INSERT INTO sessions VALUES (1, 1, '2026-07-15 14:00:00', 'abcdefghijklmnopqrst')"));
    m_databases.run(url.database, QStringLiteral("SET GLOBAL time_zone = '-05:00'"));
    QString problem;
    const auto sessions = test::openDetected(url, store::Access::Write, problem);
    m_databases.run(url.database, QStringLiteral("SET GLOBAL time_zone = 'SYSTEM'"));
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    const auto noon = base::parseTime(QStringLiteral("2026-07-15T12:00:00Z"), {});
    for (const auto &[now, state] : {std::pair{*noon, session::SessionState::Live},
                                     {*noon + std::chrono::milliseconds(1), session::SessionState::Expired}}) {
        store::SessionQuery query;
        query.state = store::StateFilter::All;
        const auto page = sessions->page(query, std::nullopt, now, soon());
        QVERIFY2(page.has_value(), failureOf(page).constData());
        QCOMPARE(page->sessions.front().expires, noon);
        QCOMPARE(page->sessions.front().state, state);
    }
    QCOMPARE(sessions->expiredRows()->count(*noon, soon()).value_or(-1), qint64{0});
    QCOMPARE(sessions->expiredRows()->count(*noon + std::chrono::milliseconds(1), soon()).value_or(-1), qint64{1});
    // Nothing stored tells whether the application meant that instant: prune keeps its margin.
    QVERIFY(sessions->inspector()->dependsOnWritersZone());
    QVERIFY(!test::openDetected(m_databases.fixture(QStringLiteral("prisma-adapter-mysql")), store::Access::ReadOnly,
                                problem)
                 ->inspector()
                 ->dependsOnWritersZone());
}

void MariaDbValuesTest::aDatetimeIsReadInTheZoneGiven_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("zone");
    QTest::addColumn<QString>("stored");
    QTest::addColumn<QString>("instant");
    const auto row = [](const char *name, const char *type, const char *zone, const char *stored, const char *instant) {
        QTest::newRow(name) << QString::fromLatin1(type) << QString::fromLatin1(zone) << QString::fromLatin1(stored)
                            << QString::fromLatin1(instant);
    };
    row("UTC", "datetime(3)", "UTC", "2026-07-15 12:00:00.123", "2026-07-15T12:00:00.123Z");
    row("whole seconds", "datetime", "UTC", "2026-07-15 12:00:00", "2026-07-15T12:00:00Z");
    row("New York, summer", "datetime(3)", "America/New_York", "2026-07-15 08:00:00.123", "2026-07-15T12:00:00.123Z");
    row("New York, winter", "datetime(3)", "America/New_York", "2026-12-15 08:00:00", "2026-12-15T13:00:00Z");
    row("New York, before the gap", "datetime", "America/New_York", "2026-03-08 01:59:59", "2026-03-08T06:59:59Z");
    row("New York, after the gap", "datetime", "America/New_York", "2026-03-08 03:00:00", "2026-03-08T07:00:00Z");
    row("Kathmandu", "datetime(6)", "Asia/Kathmandu", "2026-07-15 17:45:00.123456", "2026-07-15T12:00:00.123Z");
    // What the server converts is the same instant whatever zone the profile names.
    row("TIMESTAMP", "timestamp(3)", "America/New_York", "2026-07-15 12:00:00.123", "2026-07-15T12:00:00.123Z");
}

void MariaDbValuesTest::aDatetimeIsReadInTheZoneGiven()
{
    QFETCH(QString, type);
    QFETCH(QString, zone);
    QFETCH(QString, stored);
    QFETCH(QString, instant);
    static int number = 0;
    const auto url = m_databases.made(
        QStringLiteral("zone_%1").arg(++number),
        QStringLiteral("CREATE TABLE users (id int PRIMARY KEY, name varchar(99), email varchar(99), image text); "
                       "CREATE TABLE sessions (id int PRIMARY KEY, \"userId\" int NOT NULL REFERENCES users(id), "
                       "expires %1 NOT NULL, \"sessionToken\" varchar(255) NOT NULL UNIQUE); "
                       "INSERT INTO users (id) VALUES (1); INSERT INTO sessions VALUES (1, 1, '%2', "
                       "'abcdefghijklmnopqrst')")
            .arg(type, stored));
    store::StoreOptions options;
    options.timeZone = QTimeZone(zone.toLatin1());
    QString problem;
    const auto sessions = test::openDetected(url, store::Access::Write, problem, options);
    QVERIFY2(sessions != nullptr, qPrintable(problem));
    const auto expected = base::parseTime(instant, fixtureNow());
    QVERIFY(expected);
    const QByteArray token = "abcdefghijklmnopqrst";
    const auto row = sessions->lookup(token, soon());
    QVERIFY2(row.has_value() && *row, failureOf(row).constData());
    QVERIFY2((*row)->expires == *expected, qPrintable(base::toIso((*row)->expires.value_or(base::Instant()))));
    // Filters compare the same instant: live to the millisecond, whatever the column rounds to.
    store::SessionQuery query;
    for (const auto &[now, live] :
         {std::pair{*expected, qint64{1}}, {*expected + std::chrono::seconds(1), qint64{0}}}) {
        const auto counted = sessions->count(query, now, soon());
        QVERIFY2(counted.has_value(), failureOf(counted).constData());
        QCOMPARE(*counted, live);
    }
    // And writing it anew stores the same wall clock.
    const base::Instant later = *expected + std::chrono::hours(24);
    QVERIFY(sessions->extend(token, later, soon()).has_value());
    const auto moved = sessions->lookup(token, soon());
    QVERIFY(moved && *moved);
    QVERIFY2((*moved)->expires == later, qPrintable(base::toIso((*moved)->expires.value_or(base::Instant()))));
}

QTEST_GUILESS_MAIN(MariaDbValuesTest)
#include "tst_MariaDbValues.moc"
