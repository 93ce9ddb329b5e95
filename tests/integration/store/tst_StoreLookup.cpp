#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/store/sql/PostgresConnection.h"
#include "tests/integration/store/StoreFixtures.h"
#include "tests/support/PgBouncer.h"

using namespace rollcall;
using test::soon;

namespace {

constexpr int plainSessions = 600;

QString plainToken(int number)
{
    return QStringLiteral("00000000-0000-4000-8000-%1").arg(number, 12, 10, QLatin1Char('0'));
}

/// Tokens with what means something in lists of PostgreSQL, in JSON or in SQL.
QStringList strangeTokens()
{
    return {QStringLiteral("quote\"d"),
            QStringLiteral("back\\slash\\\\"),
            QStringLiteral("brace},{"),
            QStringLiteral("NULL"),
            QStringLiteral("null"),
            QStringLiteral("it's"),
            QStringLiteral("tab\tline\nescape\x1b one\x01 delete\x7f"),
            QStringLiteral(" blanks "),
            QString::fromUtf8("\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80"),
            QStringLiteral("$1"),
            QStringLiteral("1e3"),
            QStringLiteral("007")};
}

QString literal(const QString &text)
{
    return QLatin1Char('\'') + QString(text).replace(QLatin1Char('\''), QStringLiteral("''")) + QLatin1Char('\'');
}

/// Users and sessions: 0 to 599 plain, then the strange ones; session n is of user n, whose e-mail is
/// userN@example.com.
QString content(const QString &timeType, const QString &offset = QStringLiteral("+00"))
{
    QStringList tokens;
    for (int i = 0; i < plainSessions; ++i)
        tokens << plainToken(i);
    tokens << strangeTokens();
    QStringList users;
    QStringList sessions;
    for (qsizetype i = 0; i < tokens.size(); ++i) {
        const QString number = QString::number(i);
        users << QStringLiteral("(%1, %2, 'user%1@example.com')")
                     .arg(number, i % 2 == 0 ? QStringLiteral("NULL") : QStringLiteral("'User %1'").arg(number));
        sessions
            << QStringLiteral("(%1, %1, '2026-06-20 12:00:00.123%3', %2)").arg(number, literal(tokens.at(i)), offset);
    }
    const QString comma = QStringLiteral(", ");
    return QStringLiteral("CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(255), email VARCHAR(255));"
                          "CREATE TABLE sessions (id INTEGER PRIMARY KEY, \"userId\" INTEGER NOT NULL, expires %1 NOT "
                          "NULL, \"sessionToken\" VARCHAR(255) NOT NULL UNIQUE);"
                          "INSERT INTO users VALUES %2; INSERT INTO sessions VALUES %3")
        .arg(timeType, users.join(comma), sessions.join(comma));
}

QString described(const std::optional<store::SessionRow> &row)
{
    if (!row)
        return QStringLiteral("none");
    const auto text = [](const std::optional<QString> &value) { return value.value_or(QStringLiteral("null")); };
    return QStringList{text(row->userId),
                       row->expires ? base::toIso(*row->expires) : QStringLiteral("unreadable"),
                       row->hasUser ? QStringLiteral("user") : QStringLiteral("orphan"),
                       text(row->userName),
                       text(row->userEmail),
                       text(row->userImage),
                       text(row->sessionId),
                       QString::number(row->columns.userName) + QString::number(row->columns.userEmail) +
                           QString::number(row->columns.userImage) + QString::number(row->columns.sessionId)}
        .join(QLatin1Char('|'));
}

} // namespace

/// Sessions by their token, one and many, on every kind of link.
class StoreLookupTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void manyAnswerAsOneByOne_data() { links(); }
    void manyAnswerAsOneByOne();
    void manyKeepTheirOrder_data() { links(); }
    void manyKeepTheirOrder();
    void whatCannotBeATokenIsNotFound_data() { links(); }
    void whatCannotBeATokenIsNotFound();
    void missingColumnsAreNotNull_data() { links(); }
    void missingColumnsAreNotNull();
    void tokensNeedNotBeUnique();
    void tokensAreComparedByTheirType();
    void lookupsArePreparedOnDirectLinksOnly();
    void aWritingStoreLooksUpInOneRoundTrip();
    void theCallBoundsThem_data() { links(); }
    void theCallBoundsThem();
    void aCallThatEndsMidwayLeavesTheLinkUsable_data() { links(); }
    void aCallThatEndsMidwayLeavesTheLinkUsable();

private:
    static void links();
    store::DatabaseUrl url(const QString &link);
    std::unique_ptr<store::SessionStore> open(const store::DatabaseUrl &url,
                                              store::Access access = store::Access::ReadOnly);
    /// A PostgreSQL database of its own with @p sql run in it.
    store::DatabaseUrl postgres(const QString &name, const QString &sql);

    test::StoreFixtures m_fixtures;
    store::DatabaseUrl m_postgres, m_mariaDb, m_sqlite;
    std::unique_ptr<test::PgBouncer> m_pooler;
};

void StoreLookupTest::links()
{
    QTest::addColumn<QString>("link");
    for (const char *link : {"postgres", "pooler", "mariadb", "sqlite"})
        QTest::newRow(link) << QString::fromLatin1(link);
}

void StoreLookupTest::initTestCase()
{
    m_postgres = postgres(QStringLiteral("lookups"), content(QStringLiteral("TIMESTAMPTZ")));
    m_pooler = std::make_unique<test::PgBouncer>(m_fixtures.server(), m_postgres.database);
    QVERIFY2(m_pooler->problem().isEmpty(), qPrintable(m_pooler->problem()));
    QString problem = m_fixtures.mariaDb().problem();
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    // With the servers' usual collation "NULL" and "null" were one token.
    problem = m_fixtures.mariaDb().runSql(QStringLiteral("mysql"),
                                          QStringLiteral("CREATE DATABASE lookups COLLATE utf8mb4_bin; USE lookups; ") +
                                              content(QStringLiteral("TIMESTAMP(3)"), QString()));
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    m_mariaDb = m_fixtures.mariaDb().url(QStringLiteral("lookups"));
    m_sqlite = m_fixtures.sqlite(QStringLiteral("lookups"), content(QStringLiteral("TEXT")).toUtf8(), problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

store::DatabaseUrl StoreLookupTest::postgres(const QString &name, const QString &sql)
{
    auto &server = m_fixtures.server();
    QString problem = server.problem();
    if (problem.isEmpty())
        problem = server.createDatabase(name);
    if (problem.isEmpty())
        problem = server.runSql(name, sql);
    if (!problem.isEmpty())
        QTest::qFail(qPrintable(problem), __FILE__, __LINE__);
    return server.url(name);
}

store::DatabaseUrl StoreLookupTest::url(const QString &link)
{
    if (link == QStringLiteral("pooler"))
        return m_pooler->url();
    if (link == QStringLiteral("mariadb"))
        return m_mariaDb.clone();
    return link == QStringLiteral("sqlite") ? m_sqlite.clone() : m_postgres.clone();
}

std::unique_ptr<store::SessionStore> StoreLookupTest::open(const store::DatabaseUrl &url, store::Access access)
{
    QString problem;
    auto sessions = test::openDetected(url, access, problem);
    if (!sessions)
        QTest::qFail(qPrintable(problem), __FILE__, __LINE__);
    return sessions;
}

void StoreLookupTest::manyAnswerAsOneByOne()
{
    QFETCH(QString, link);
    const auto sessions = open(url(link));
    QVERIFY(sessions);
    std::vector<QByteArray> tokens;
    for (const QString &token : strangeTokens())
        tokens.push_back(token.toUtf8());
    tokens.push_back(plainToken(1).toUtf8());
    tokens.push_back(plainToken(plainSessions).toUtf8()); // nobody's
    const std::vector<QByteArrayView> asked(tokens.begin(), tokens.end());
    const auto all = sessions->lookupMany(asked, soon());
    QVERIFY2(all.has_value(), all ? "" : qPrintable(base::oneLine(all.error())));
    QCOMPARE(all->size(), tokens.size());
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const auto one = sessions->lookup(tokens[i], soon());
        QVERIFY2(one.has_value(), one ? "" : qPrintable(base::oneLine(one.error())));
        QCOMPARE(described((*all)[i]), described(*one));
        if (i < static_cast<std::size_t>(strangeTokens().size()))
            QCOMPARE((*all)[i].value_or(store::SessionRow{}).sessionId.value_or(QString()),
                     QString::number(plainSessions + static_cast<int>(i)));
    }
    QCOMPARE(described(all->at(tokens.size() - 2)),
             QStringLiteral("1|2026-06-20T12:00:00.123Z|user|User 1|user1@example.com|null|1|1101"));
    QCOMPARE(described(all->back()), QStringLiteral("none"));
}

void StoreLookupTest::manyKeepTheirOrder()
{
    QFETCH(QString, link);
    const auto sessions = open(url(link));
    QVERIFY(sessions);
    QVERIFY(sessions->lookupMany({}, soon()).value().empty());
    // More than one statement's worth, backwards, every third twice, unknown and impossible ones between.
    std::vector<QByteArray> tokens;
    std::vector<QString> expected;
    for (int i = plainSessions - 1; i >= 0; --i) {
        for (int times = i % 3 == 0 ? 2 : 1; times > 0; --times) {
            tokens.push_back(plainToken(i).toUtf8());
            expected.push_back(QString::number(i));
        }
        if (i % 50 == 0) {
            tokens.push_back(QByteArray(i % 100 == 0 ? "nobody's" : "\xff\xfe"));
            expected.push_back(QStringLiteral("none"));
        }
    }
    const std::vector<QByteArrayView> asked(tokens.begin(), tokens.end());
    QVERIFY(asked.size() > 3 * store::mostLookedUpAtOnce);
    const auto all = sessions->lookupMany(asked, soon());
    QVERIFY2(all.has_value(), all ? "" : qPrintable(base::oneLine(all.error())));
    std::vector<QString> found;
    for (const auto &row : *all)
        found.push_back(row ? row->sessionId.value_or(QStringLiteral("null")) : QStringLiteral("none"));
    QCOMPARE(found, expected);
}

void StoreLookupTest::whatCannotBeATokenIsNotFound()
{
    QFETCH(QString, link);
    const auto sessions = open(url(link));
    QVERIFY(sessions);
    const QByteArray known = plainToken(7).toUtf8();
    const std::vector<QByteArray> impossible{
        QByteArray(),           QByteArray("a\0b", 3),      known + '\0',
        QByteArray("\xc3\x28"), QByteArray("\xed\xa0\x80"), QByteArray(65'536, 'x'),
        QByteArray(65'536, '"')};
    std::vector<QByteArrayView> asked(impossible.begin(), impossible.end());
    for (const QByteArrayView token : asked) {
        const auto one = sessions->lookup(token, soon());
        QVERIFY2(one.has_value(), one ? "" : qPrintable(base::oneLine(one.error())));
        QVERIFY(!*one);
    }
    asked.insert(asked.begin() + 3, QByteArrayView(known));
    const auto all = sessions->lookupMany(asked, soon());
    QVERIFY2(all.has_value(), all ? "" : qPrintable(base::oneLine(all.error())));
    for (std::size_t i = 0; i < all->size(); ++i)
        QCOMPARE((*all)[i].has_value(), i == 3);
}

void StoreLookupTest::missingColumnsAreNotNull()
{
    QFETCH(QString, link);
    const auto sessions = open(url(link));
    QVERIFY(sessions);
    const auto row = sessions->lookup(plainToken(0).toUtf8(), soon());
    QVERIFY(row.has_value() && row->has_value());
    // This table has no image; this user's name is null.
    QVERIFY(!(*row)->columns.userImage && !(*row)->userImage);
    QVERIFY((*row)->columns.userName && !(*row)->userName);
    QVERIFY((*row)->columns.userEmail && (*row)->userEmail);
}

void StoreLookupTest::tokensNeedNotBeUnique()
{
    const auto url = postgres(
        QStringLiteral("twice"),
        QStringLiteral("CREATE TABLE users (id SERIAL PRIMARY KEY, name TEXT, email TEXT, image TEXT); CREATE TABLE "
                       "sessions (id SERIAL PRIMARY KEY, \"userId\" INTEGER NOT NULL, expires TIMESTAMPTZ NOT NULL, "
                       "\"sessionToken\" VARCHAR(255) NOT NULL); INSERT INTO users DEFAULT VALUES; INSERT INTO "
                       "sessions (\"userId\", expires, \"sessionToken\") VALUES (1, now(), 'same'), (1, now(), "
                       "'same'), (1, now(), 'other')"));
    // Such a table is nothing to be sure of: somebody chose it.
    const auto detection = store::detectSchema(url, {}, soon());
    QVERIFY(detection.has_value() && !detection->candidates.empty());
    const auto opened = store::openStore(url, detection->candidates.front(), {}, store::Access::ReadOnly, soon());
    QVERIFY2(opened.has_value(), opened ? "" : qPrintable(base::oneLine(opened.error())));
    const auto &sessions = *opened;
    const std::vector<QByteArrayView> asked{"same", "other", "same"};
    const auto all = sessions->lookupMany(asked, soon());
    QVERIFY2(all.has_value(), all ? "" : qPrintable(base::oneLine(all.error())));
    QVERIFY(all->at(0) && all->at(2));
    QCOMPARE(all->at(1).value_or(store::SessionRow{}).sessionId, std::optional(QStringLiteral("3")));
}

void StoreLookupTest::tokensAreComparedByTheirType()
{
    const auto sessions = open(postgres(
        QStringLiteral("typed"),
        QStringLiteral("CREATE TABLE users (id SERIAL PRIMARY KEY, name TEXT, email TEXT, image TEXT); CREATE TABLE "
                       "sessions (id SERIAL PRIMARY KEY, \"userId\" INTEGER NOT NULL, expires TIMESTAMPTZ NOT NULL, "
                       "\"sessionToken\" UUID NOT NULL UNIQUE); INSERT INTO users DEFAULT VALUES; INSERT INTO "
                       "sessions (\"userId\", expires, \"sessionToken\") VALUES (1, now(), "
                       "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')")));
    QVERIFY(sessions);
    // Upper case is the same UUID; what is none would make the server complain of the whole list.
    const std::vector<QByteArrayView> asked{"no uuid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
                                            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12"};
    const auto all = sessions->lookupMany(asked, soon());
    QVERIFY2(all.has_value(), all ? "" : qPrintable(base::oneLine(all.error())));
    QVERIFY(!all->at(0) && all->at(1) && !all->at(2));
}

void StoreLookupTest::lookupsArePreparedOnDirectLinksOnly()
{
    const store::SqlStatement named{
        .sql = QStringLiteral("SELECT count(*) FROM pg_prepared_statements"), .params = {}, .name = "counted"};
    for (const QString &link : {QStringLiteral("postgres"), QStringLiteral("pooler")}) {
        const auto connection = store::PostgresConnection::open(url(link), {}, store::Access::ReadOnly, soon());
        QVERIFY(connection.has_value());
        qint64 prepared = -1;
        for (int round = 0; round < 2; ++round) {
            const auto asked =
                (*connection)
                    ->read(
                        named, [&prepared](const store::SqlRow &row) { prepared = row.integer(0); }, soon());
            QVERIFY2(asked.has_value(), asked ? "" : qPrintable(base::oneLine(asked.error())));
        }
        QCOMPARE(prepared, link == QStringLiteral("postgres") ? 1 : 0);
    }
}

void StoreLookupTest::aWritingStoreLooksUpInOneRoundTrip()
{
    const auto connection = store::PostgresConnection::open(m_postgres, {}, store::Access::Write, soon());
    QVERIFY(connection.has_value());
    QString held;
    const auto asked = (*connection)
                           ->read(
                               {.sql = QStringLiteral("SELECT current_setting('default_transaction_read_only') || "
                                                      "current_setting('transaction_isolation')")},
                               [&held](const store::SqlRow &row) { held = row.text(0).value_or(QString()); }, soon());
    QVERIFY(asked.has_value());
    // A transaction of ours would be "repeatable read".
    QCOMPARE(held, QStringLiteral("onread committed"));
}

void StoreLookupTest::theCallBoundsThem()
{
    QFETCH(QString, link);
    const auto sessions = open(url(link));
    QVERIFY(sessions);
    std::stop_source stop;
    stop.request_stop();
    const std::vector<QByteArrayView> asked{"a", "b"};
    const auto cancelled = sessions->lookupMany(asked, base::Call::within(std::chrono::seconds(20), stop.get_token()));
    QVERIFY(!cancelled);
    QCOMPARE(cancelled.error().code, base::ErrorCode::Cancelled);
    const auto late = sessions->lookupMany(asked, base::Call::within(std::chrono::milliseconds(0)));
    QVERIFY(!late);
    QCOMPARE(late.error().code, base::ErrorCode::Timeout);
    // And the store goes on.
    QVERIFY(sessions->lookupMany(asked, soon()).has_value());
}

// Wherever in a look-up its call ends, the next one is answered: no request to stop the first may come so late that it
// stops another.
void StoreLookupTest::aCallThatEndsMidwayLeavesTheLinkUsable()
{
    QFETCH(QString, link);
    const std::vector<QByteArrayView> asked{"a", "b"};
    for (int step = 1; step <= 40; ++step) {
        const auto sessions = open(url(link));
        QVERIFY(sessions);
        // The first ends while the server prepares the statement, the second while it runs it.
        for (int round = 0; round < 2; ++round) {
            const auto end = base::Call::Clock::now() + std::chrono::microseconds(20 * step);
            const auto ended = sessions->lookupMany(asked, base::Call{end, {}});
            QVERIFY(ended || ended.error().code == base::ErrorCode::Timeout);
            for (int times = 0; times < 3; ++times) {
                const auto next = sessions->lookupMany(asked, soon());
                QVERIFY2(next.has_value(), next ? "" : qPrintable(base::oneLine(next.error())));
            }
        }
    }
}

QTEST_GUILESS_MAIN(StoreLookupTest)
#include "tst_StoreLookup.moc"
