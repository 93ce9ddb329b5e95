#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/store/sql/MariaDbConnection.h"
#include "core/store/sql/PostgresConnection.h"
#include "core/store/sql/SqliteConnection.h"
#include "tests/integration/store/PagingCase.h"
#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;
using store::DatabaseKind;
using store::ExpiresEncoding;
using store::SessionOrder;
using test::CaseChange;
using test::CaseRow;
using test::fixtureNow;
using test::PagingCase;
using test::soon;

namespace {

constexpr quint64 usualSeed = 20261121;
constexpr int usualCases = 25;

/// What a table's tokens may be.
enum class Tokens {
    Plain,    ///< each row has its own
    SomeNull, ///< or none
    Anything, ///< or one that others have too: nothing is unique
};

/// How a table holds what a case has.
struct Layout
{
    DatabaseKind kind;
    const char *timeType;
    ExpiresEncoding encoding;
    const char *userType;
    const char *idType; ///< empty: the token is the key
    const char *zone = "UTC";
    bool isIndexed = false; ///< by the expiry, too
    Tokens tokens = Tokens::Plain;
};

constexpr auto pg = DatabaseKind::PostgreSql;
constexpr auto my = DatabaseKind::MySql;
constexpr auto lite = DatabaseKind::Sqlite;

QString literal(const std::optional<base::Instant> &instant, int microseconds, const Layout &layout)
{
    if (!instant)
        return QStringLiteral("NULL");
    const qint64 ms = instant->time_since_epoch().count();
    const QDateTime utc = QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
    const QString micro = QString::number(microseconds).rightJustified(3, QLatin1Char('0'));
    const auto wall = [&](const QTimeZone &zone, const QString &fraction) {
        return QStringLiteral("'%1%2'").arg(utc.toTimeZone(zone).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz")),
                                            fraction);
    };
    switch (layout.encoding) {
    case ExpiresEncoding::EpochMilliseconds:
        return QString::number(ms);
    case ExpiresEncoding::EpochMicroseconds:
        return QString::number(ms * 1000 + microseconds);
    case ExpiresEncoding::Timestamptz:
        return layout.kind == my ? wall(QTimeZone::utc(), micro)
                                 : QStringLiteral("'%1Z'").arg(wall(QTimeZone::utc(), micro).mid(1).chopped(1));
    case ExpiresEncoding::TimestampNaive:
        return wall(QTimeZone(layout.zone), micro);
    case ExpiresEncoding::Mixed:
        if (ms % 2 == 0)
            return layout.kind == lite ? QString::number(ms) : QStringLiteral("'%1'").arg(ms);
        break;
    case ExpiresEncoding::EpochSeconds:
    case ExpiresEncoding::TextIso:
    case ExpiresEncoding::TextEpochMilliseconds:
        break;
    }
    return QStringLiteral("'%1'").arg(base::toIso(*instant));
}

/// A table of sessions with those of its users, read by two stores and written by somebody else.
class Table final
{
public:
    Table(test::StoreFixtures &fixtures, const Layout &layout, const QString &name) : m_layout(layout)
    {
        QString problem;
        const QByteArray sql = setUp().toUtf8();
        if (layout.kind == lite) {
            m_url = fixtures.sqlite(name, sql, problem);
        } else if (layout.kind == my) {
            problem = fixtures.mariaDb().createDatabase(name);
            if (problem.isEmpty())
                problem = fixtures.mariaDb().runSql(name, QString::fromUtf8(sql));
            m_url = fixtures.mariaDb().url(name);
        } else {
            problem = fixtures.server().createDatabase(name);
            if (problem.isEmpty())
                problem = fixtures.server().runSql(name, QString::fromUtf8(sql));
            m_url = fixtures.server().url(name);
        }
        if (problem.isEmpty())
            open(problem);
        if (!problem.isEmpty())
            QTest::qFail(qPrintable(problem), __FILE__, __LINE__);
    }

    [[nodiscard]] bool isReady() const { return m_one && m_other && m_writer; }
    [[nodiscard]] store::SessionStore &one() { return *m_one; }
    [[nodiscard]] store::SessionStore &other() { return *m_other; }
    /// The token that @p row has here; empty for NULL.
    [[nodiscard]] QString tokenOf(const CaseRow &row) const
    {
        CaseRow holder = row;
        if (m_layout.tokens != Tokens::Plain && row.number % 3 == 0)
            return {};
        if (m_layout.tokens == Tokens::Anything && row.number % 2 == 0)
            holder.number = 2; // another in some, with other capitals
        return holder.token();
    }
    [[nodiscard]] bool nullsAreLargest() const { return m_layout.kind == pg; }

    /// Makes the table hold @p rows and nothing else. What went wrong, empty for nothing (as the next).
    [[nodiscard]] QString load(const std::vector<CaseRow> &rows)
    {
        QStringList statements{QStringLiteral("DELETE FROM sessions")};
        QStringList values;
        for (const CaseRow &row : rows)
            values << valuesOf(row);
        if (!values.isEmpty())
            statements << QStringLiteral("INSERT INTO sessions VALUES ") + values.join(QStringLiteral(", "));
        return write(statements);
    }
    [[nodiscard]] QString apply(const CaseChange &change)
    {
        const QString where = QStringLiteral(" WHERE \"ipAddress\" = '%1'").arg(change.row.name());
        switch (change.kind) {
        case CaseChange::Kind::Insert:
            return write({QStringLiteral("INSERT INTO sessions VALUES ") + valuesOf(change.row)});
        case CaseChange::Kind::Delete:
            return write({QStringLiteral("DELETE FROM sessions") + where});
        case CaseChange::Kind::Move:
            return write({QStringLiteral("UPDATE sessions SET expires = ") +
                          literal(change.row.expires, change.row.microseconds, m_layout) + where});
        }
        return QStringLiteral("an unknown change");
    }

private:
    [[nodiscard]] QString setUp() const
    {
        QString sql = QStringLiteral("CREATE TABLE users (id %1 PRIMARY KEY, name varchar(99), email varchar(99), "
                                     "image varchar(99));\nCREATE TABLE accounts (\"userId\" %1, provider "
                                     "varchar(99), \"providerAccountId\" varchar(99));\n")
                          .arg(QLatin1StringView(m_layout.userType));
        for (int user = 1; user <= test::caseUsers; ++user) {
            QString name = test::caseUserName(user);
            sql += QStringLiteral("INSERT INTO users (id, name, email) VALUES ('%1', '%2', '%3');\n")
                       .arg(QString::number(user), name.replace(QLatin1Char('\''), QStringLiteral("''")),
                            test::caseUserEmail(user));
            for (const QString &provider : test::caseProviders(user))
                sql += QStringLiteral("INSERT INTO accounts VALUES ('%1', '%2', 'x%1');\n")
                           .arg(QString::number(user), provider);
        }
        const QString key = m_layout.idType[0] == '\0'
                                ? QString()
                                : QStringLiteral("id %1 PRIMARY KEY, ").arg(QLatin1StringView(m_layout.idType));
        return sql +
               QStringLiteral("CREATE TABLE sessions (%1\"sessionToken\" varchar(99) %2, \"userId\" %3, expires "
                              "%4, \"createdAt\" %4, \"ipAddress\" varchar(99));\n")
                   .arg(key, tokenRule(), QLatin1StringView(m_layout.userType), QLatin1StringView(m_layout.timeType)) +
               (m_layout.isIndexed ? QStringLiteral("CREATE INDEX ends ON sessions (expires);\n") : QString());
    }

    [[nodiscard]] QString tokenRule() const
    {
        if (m_layout.tokens == Tokens::Anything)
            return {};
        if (m_layout.idType[0] != '\0')
            return QStringLiteral("NOT NULL UNIQUE");
        // SQLite takes NULL for such a key, too.
        const bool isKey = m_layout.tokens == Tokens::Plain || m_layout.kind == lite;
        return isKey ? QStringLiteral("PRIMARY KEY") : QStringLiteral("UNIQUE");
    }

    void open(QString &problem)
    {
        store::SchemaProfile profile;
        const QString schema = m_layout.kind == lite ? QStringLiteral("main")
                               : m_layout.kind == my ? m_url.database
                                                     : QStringLiteral("public");
        profile.sessions.schema = schema;
        profile.sessions.table = QStringLiteral("sessions");
        profile.sessions.token = QStringLiteral("sessionToken");
        profile.sessions.userId = QStringLiteral("userId");
        profile.sessions.expires = QStringLiteral("expires");
        profile.sessions.createdAt = QStringLiteral("createdAt");
        profile.sessions.ipAddress = QStringLiteral("ipAddress");
        if (m_layout.idType[0] != '\0')
            profile.sessions.id = QStringLiteral("id");
        profile.sessions.encoding = m_layout.encoding;
        profile.users = store::SchemaProfile::Users{schema,
                                                    QStringLiteral("users"),
                                                    QStringLiteral("id"),
                                                    QStringLiteral("name"),
                                                    QStringLiteral("email"),
                                                    std::nullopt,
                                                    {}};
        profile.accounts = store::SchemaProfile::Accounts{schema, QStringLiteral("accounts"), QStringLiteral("userId"),
                                                          QStringLiteral("provider")};
        store::StoreOptions options;
        options.timeZone = QTimeZone(m_layout.zone);
        for (auto *place : {&m_one, &m_other}) {
            auto opened = store::openStore(m_url, profile, options, store::Access::ReadOnly, soon());
            if (opened)
                *place = std::move(*opened);
            else
                problem = base::oneLine(opened.error());
        }
        auto writer =
            m_layout.kind == lite ? store::SqliteConnection::open(m_url, options, store::Access::Write, soon())
            : m_layout.kind == my ? store::MariaDbConnection::open(m_url, options, store::Access::Write, soon())
                                  : store::PostgresConnection::open(m_url, options, store::Access::Write, soon());
        if (writer)
            m_writer = std::move(*writer);
        else
            problem = base::oneLine(writer.error());
    }

    [[nodiscard]] QString valuesOf(const CaseRow &row) const
    {
        const QString id = QLatin1StringView(m_layout.idType).startsWith(QLatin1StringView("varchar"))
                               ? QStringLiteral("'%1', ").arg(row.token().left(2) + QString::number(row.number))
                           : m_layout.idType[0] == '\0' ? QString()
                                                        : QStringLiteral("%1, ").arg(row.number);
        const QString token = tokenOf(row);
        return QStringLiteral("(%1%2, %3, %4, %5, '%6')")
            .arg(id, token.isEmpty() ? QStringLiteral("NULL") : QStringLiteral("'%1'").arg(token),
                 row.user ? QStringLiteral("'%1'").arg(*row.user) : QStringLiteral("NULL"),
                 literal(row.expires, row.microseconds, m_layout), literal(row.created, row.microseconds, m_layout),
                 row.name());
    }

    [[nodiscard]] QString write(const QStringList &statements)
    {
        if (const auto begun = m_writer->begin(store::TransactionMode::Write, soon()); !begun)
            return base::oneLine(begun.error());
        for (const QString &sql : statements) {
            if (const auto done = m_writer->execute({.sql = sql}, {}, soon()); !done) {
                m_writer->rollback();
                return base::oneLine(done.error());
            }
        }
        const auto done = m_writer->commit(soon());
        return done ? QString() : base::oneLine(done.error());
    }

    Layout m_layout;
    store::DatabaseUrl m_url;
    std::unique_ptr<store::SessionStore> m_one, m_other;
    std::unique_ptr<store::SqlConnection> m_writer;
};

/// As on DatabaseKind.
constexpr const char *names[]{"pg", "mysql", "sqlite"};

/// A layout of each database in which no row id helps.
std::vector<Layout> withoutKeys()
{
    return {{pg, "timestamptz", ExpiresEncoding::Timestamptz, "integer", ""},
            {my, "datetime(6)", ExpiresEncoding::TimestampNaive, "varchar(40)", ""},
            {lite, "", ExpiresEncoding::Mixed, "text", ""},
            {lite, "integer", ExpiresEncoding::EpochMilliseconds, "integer", "", "UTC", true}};
}

using Sessions = std::vector<session::ListedSession>;

/// Goes through one case; what is wrong first, in @ref problem.
class Walk final
{
public:
    Walk(Table &table, const PagingCase &given) : m_table(table), m_case(given)
    {
        if (m_problem = m_table.load(m_case.rows); !m_problem.isEmpty())
            return;
        for (const CaseRow &row : m_case.rows)
            m_rows.insert(row.name(), row);
        checkWhole() && checkPages() && checkWhileOthersWrite();
    }
    [[nodiscard]] QString problem() const { return m_problem; }

private:
    bool say(const QString &problem)
    {
        m_problem = problem;
        return false;
    }

    std::optional<store::SessionPage> page(store::SessionStore &sessions, const store::SessionQuery &query,
                                           const std::optional<QByteArray> &cursor)
    {
        auto page = sessions.page(query, cursor, fixtureNow(), soon());
        if (!page) {
            say(base::oneLine(page.error()));
            return std::nullopt;
        }
        return std::move(*page);
    }

    /// The whole answer is what the rows say, once each and in order; and the other way round in the other direction.
    bool checkWhole()
    {
        store::SessionQuery query = m_case.query;
        query.limit = 10'000;
        auto whole = page(m_table.one(), query, std::nullopt);
        query.descending = !query.descending;
        auto backwards = page(m_table.other(), query, std::nullopt);
        if (!whole || !backwards)
            return false;
        m_whole = std::move(whole->sessions);
        std::ranges::reverse(backwards->sessions);
        if (backwards->sessions != m_whole)
            return say(QStringLiteral("the other direction is not the same backwards"));
        QSet<QString> seen;
        for (const auto &session : m_whole) {
            const QString name = session.ipAddress.value_or(QString());
            const auto row = m_rows.constFind(name);
            if (row == m_rows.constEnd())
                return say(QStringLiteral("nobody is called ") + name);
            if (seen.contains(name))
                return say(name + QStringLiteral(" comes twice"));
            seen.insert(name);
            const QString token = m_table.tokenOf(*row);
            if (session.fingerprint != (token.isEmpty() ? base::Fingerprint() : base::Fingerprint::of(token.toUtf8())))
                return say(name + QStringLiteral(" has another token"));
            if (session.expires != row->expires || session.createdAt != row->created ||
                session.state != test::stateOf(*row, fixtureNow()))
                return say(name + QStringLiteral(" is shown otherwise than it is"));
        }
        for (const CaseRow &row : m_case.rows) {
            if (seen.contains(row.name()) != test::matches(row, m_case.query, fixtureNow()))
                return say(row.name() + QStringLiteral(" is listed or left out wrongly"));
        }
        const auto counted = m_table.one().count(m_case.query, fixtureNow(), soon());
        if (!counted || *counted != qint64(m_whole.size()))
            return say(QStringLiteral("the count is another"));
        return checkOrder();
    }

    bool checkOrder()
    {
        if (m_case.query.order == SessionOrder::User)
            return checkUsersTogether();
        const bool byExpiry = m_case.query.order == SessionOrder::Expires;
        for (std::size_t i = 1; i < m_whole.size(); ++i) {
            const auto &before = m_case.query.descending ? m_whole[i] : m_whole[i - 1];
            const auto &after = m_case.query.descending ? m_whole[i - 1] : m_whole[i];
            const auto &smaller = byExpiry ? before.expires : before.createdAt;
            const auto &larger = byExpiry ? after.expires : after.createdAt;
            const bool ordered = smaller && larger           ? *smaller <= *larger
                                 : m_table.nullsAreLargest() ? !larger
                                                             : !smaller;
            if (!ordered)
                return say(after.ipAddress.value_or(QString()) + QStringLiteral(" stands in the wrong place"));
        }
        return true;
    }

    bool checkUsersTogether()
    {
        QSet<std::optional<QString>> passed;
        for (std::size_t i = 1; i < m_whole.size(); ++i) {
            if (m_whole[i].userId == m_whole[i - 1].userId)
                continue;
            passed.insert(m_whole[i - 1].userId);
            if (passed.contains(m_whole[i].userId))
                return say(QStringLiteral("sessions of one user stand apart"));
        }
        return true;
    }

    /// Pages are the whole answer cut in pieces, whoever is asked and however often.
    bool checkPages()
    {
        std::optional<QByteArray> cursor;
        std::size_t at = 0;
        do {
            const auto next = page(m_table.one(), m_case.query, cursor);
            const auto again = page(m_table.other(), m_case.query, cursor);
            if (!next || !again)
                return false;
            if (next->sessions != again->sessions || next->next != again->next)
                return say(QStringLiteral("the same cursor leads to two pages"));
            const auto size = std::min(static_cast<std::size_t>(m_case.query.limit), m_whole.size() - at);
            if (next->sessions.size() != size ||
                !std::ranges::equal(next->sessions, std::span(m_whole).subspan(at, size)))
                return say(QStringLiteral("the page from row %1 on is not what is there").arg(at));
            at += size;
            cursor = next->next;
        } while (cursor);
        return at == m_whole.size() || say(QStringLiteral("the pages end at row %1").arg(at));
    }

    /// What nobody touches comes exactly once, in the order that it had; what is gone is not shown.
    bool checkWhileOthersWrite()
    {
        QSet<QString> touched;
        for (const CaseChange &change : m_case.changes)
            touched.insert(change.row.name());
        QSet<QString> gone;
        QHash<QString, int> changes;
        QHash<QString, int> seen;
        QStringList order;
        std::optional<QByteArray> cursor;
        int number = 0;
        do {
            for (const CaseChange &change : m_case.changes) {
                if (number == 0 || change.beforePage != number)
                    continue;
                if (const QString failed = m_table.apply(change); !failed.isEmpty())
                    return say(failed);
                changes[change.row.name()] += 1;
                if (change.kind == CaseChange::Kind::Delete)
                    gone.insert(change.row.name());
            }
            const auto next = page(number % 2 == 0 ? m_table.one() : m_table.other(), m_case.query, cursor);
            if (!next)
                return false;
            for (const auto &session : next->sessions) {
                const QString name = session.ipAddress.value_or(QString());
                if (gone.contains(name))
                    return say(name + QStringLiteral(" is gone and yet shown"));
                if (++seen[name] > 1 + changes.value(name))
                    return say(name + QStringLiteral(" comes again"));
                if (!touched.contains(name))
                    order << name;
            }
            cursor = next->next;
            if (++number > 1'000)
                return say(QStringLiteral("the pages do not end"));
        } while (cursor);
        QStringList expected;
        for (const auto &session : m_whole) {
            if (!touched.contains(session.ipAddress.value_or(QString())))
                expected << session.ipAddress.value_or(QString());
        }
        if (order == expected)
            return true;
        return say(QStringLiteral("while others wrote: expected %1, came %2")
                       .arg(expected.join(QStringLiteral(", ")), order.join(QStringLiteral(", "))));
    }

    Table &m_table;
    const PagingCase &m_case;
    QHash<QString, CaseRow> m_rows;
    Sessions m_whole;
    QString m_problem;
};

} // namespace

Q_DECLARE_METATYPE(Layout)

/// Any filter, order and page size, over any rows, against a plain answer worked out row by row; and again while others
/// insert, delete and extend. ROLLCALL_PAGING_SEED and ROLLCALL_PAGING_CASES choose others than the usual cases.
class PagingPropertyTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pagesAreTheAnswer_data();
    void pagesAreTheAnswer();
    void rowsThatNothingTellsApart_data();
    void rowsThatNothingTellsApart();

private:
    test::StoreFixtures m_fixtures;
    int m_number = 0;
};

void PagingPropertyTest::pagesAreTheAnswer_data()
{
    QTest::addColumn<Layout>("layout");
    const auto row = [](const char *name, const Layout &layout) { QTest::newRow(name) << layout; };
    row("pg timestamptz", {pg, "timestamptz", ExpiresEncoding::Timestamptz, "integer", "integer"});
    row("pg timestamptz, token is key", {pg, "timestamptz", ExpiresEncoding::Timestamptz, "text", ""});
    row("pg timestamp New York",
        {pg, "timestamp", ExpiresEncoding::TimestampNaive, "text", "varchar(40)", "America/New_York"});
    row("pg text, mixed, token is key", {pg, "text", ExpiresEncoding::Mixed, "integer", ""});
    row("mysql datetime", {my, "datetime(6)", ExpiresEncoding::TimestampNaive, "varchar(40)", "varchar(40)"});
    row("mysql timestamp, token is key", {my, "timestamp(6) NULL", ExpiresEncoding::Timestamptz, "int", ""});
    row("mysql microseconds", {my, "bigint", ExpiresEncoding::EpochMicroseconds, "int", "bigint"});
    row("mysql text, mixed", {my, "varchar(40)", ExpiresEncoding::Mixed, "int", "int"});
    row("sqlite milliseconds", {lite, "integer", ExpiresEncoding::EpochMilliseconds, "integer", "integer"});
    row("sqlite mixed, token is key", {lite, "", ExpiresEncoding::Mixed, "text", ""});
    // Where all are stored in one form, an index serves; the rest is read with care.
    row("sqlite milliseconds, indexed",
        {lite, "timestamp", ExpiresEncoding::EpochMilliseconds, "integer", "integer", "UTC", true});
    row("sqlite ISO texts, indexed, token is key", {lite, "date", ExpiresEncoding::TextIso, "text", "", "UTC", true});
    row("sqlite mixed, indexed", {lite, "", ExpiresEncoding::Mixed, "text", "varchar(40)", "UTC", true});
    // The token is the key, and yet some rows have none, or share one: at a page's end too.
    for (const Layout &layout : withoutKeys()) {
        for (const Tokens tokens : {Tokens::SomeNull, Tokens::Anything}) {
            Layout loose = layout;
            loose.tokens = tokens;
            QTest::addRow("%s%s, %s", names[static_cast<int>(layout.kind)], layout.isIndexed ? ", indexed" : "",
                          tokens == Tokens::SomeNull ? "tokens NULL" : "tokens NULL or shared")
                << loose;
        }
    }
}

void PagingPropertyTest::pagesAreTheAnswer()
{
    QFETCH(Layout, layout);
    bool given = false;
    const quint64 chosen = qEnvironmentVariable("ROLLCALL_PAGING_SEED").toULongLong(&given);
    const quint64 seed = given ? chosen : usualSeed;
    const int number = qEnvironmentVariableIntValue("ROLLCALL_PAGING_CASES", &given);
    const int cases = given ? number : usualCases;
    qInfo("%d cases from seed %llu", cases, static_cast<unsigned long long>(seed));
    Table table(m_fixtures, layout, QStringLiteral("property_%1").arg(++m_number));
    QVERIFY(table.isReady());
    for (int i = 0; i < cases; ++i) {
        const PagingCase drawn = test::drawCase(seed + static_cast<quint64>(i));
        if (Walk(table, drawn).problem().isEmpty())
            continue;
        const PagingCase small = test::smallest(
            drawn, [&table](const PagingCase &smaller) { return !Walk(table, smaller).problem().isEmpty(); }, 300);
        const QString problem = Walk(table, small).problem();
        QFAIL(qPrintable(
            QStringLiteral("seed %1: %2\n%3").arg(seed + static_cast<quint64>(i)).arg(problem, small.text())));
    }
}

void PagingPropertyTest::rowsThatNothingTellsApart_data()
{
    QTest::addColumn<Layout>("layout");
    for (Layout layout : withoutKeys()) {
        layout.tokens = Tokens::Anything;
        QTest::addRow("%s%s", names[static_cast<int>(layout.kind)], layout.isIndexed ? ", indexed" : "") << layout;
    }
}

void PagingPropertyTest::rowsThatNothingTellsApart()
{
    QFETCH(Layout, layout);
    Table table(m_fixtures, layout, QStringLiteral("alike_%1").arg(++m_number));
    QVERIFY(table.isReady());
    // Seven times the same row with a token, seven times one without, and others around them.
    std::vector<CaseRow> rows;
    for (const int number : {1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 4, 5, 6})
        rows.push_back({number, 1, fixtureNow(), fixtureNow()});
    QCOMPARE(table.load(rows), QString());
    for (const SessionOrder order : {SessionOrder::Expires, SessionOrder::User, SessionOrder::Created}) {
        for (int size = 1; size <= 8; ++size) {
            for (const bool descending : {false, true}) {
                store::SessionQuery query;
                query.order = order;
                query.descending = descending;
                query.limit = size;
                QHash<QString, int> seen;
                std::optional<QByteArray> cursor;
                int shown = 0;
                do {
                    const auto page = table.one().page(query, cursor, fixtureNow(), soon());
                    QVERIFY2(page, page ? "" : qPrintable(base::oneLine(page.error())));
                    for (const auto &session : page->sessions)
                        ++seen[session.ipAddress.value_or(QString())];
                    shown += static_cast<int>(page->sessions.size());
                    cursor = page->next;
                } while (cursor && shown <= 18);
                QCOMPARE(shown, 18);
                QCOMPARE(seen, (QHash<QString, int>{{QStringLiteral("row 1"), 1},
                                                    {QStringLiteral("row 2"), 7},
                                                    {QStringLiteral("row 3"), 7},
                                                    {QStringLiteral("row 4"), 1},
                                                    {QStringLiteral("row 5"), 1},
                                                    {QStringLiteral("row 6"), 1}}));
            }
        }
    }
}

QTEST_GUILESS_MAIN(PagingPropertyTest)
#include "tst_PagingProperty.moc"
