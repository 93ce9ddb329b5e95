#include <QtTest>

#include <QRandomGenerator>

#include "core/base/ErrorText.h"
#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;
using session::SessionState;
using store::ExpiresEncoding;
using store::SessionOrder;
using store::SessionQuery;
using store::StateFilter;
using test::fixtureNow;
using test::soon;

namespace {

constexpr int userCount = 9;
constexpr int sessionCount = 120;

/// A session as the test made it: what the store must say of it.
struct Made
{
    QString token;
    std::optional<int> user;              ///< beyond userCount: no such user
    std::optional<base::Instant> expires; ///< nullopt: NULL
    bool infinite = false;
};

SessionState stateOf(const Made &made, base::Instant now)
{
    if (!made.user || (!made.expires && !made.infinite))
        return SessionState::Unknown;
    if (*made.user > userCount)
        return SessionState::Orphan;
    return made.infinite || *made.expires >= now ? SessionState::Live : SessionState::Expired;
}

/// Sessions with many equal expiries, NULLs, orphans and one that ends at the very instant.
std::vector<Made> makeSessions()
{
    QRandomGenerator random(20260615);
    std::vector<Made> made;
    for (int i = 0; i < sessionCount; ++i) {
        Made one;
        one.token = QStringLiteral("token-%1-%2").arg(random.generate(), 8, 16, QLatin1Char('0')).arg(i);
        if (random.bounded(10) > 0)
            one.user = random.bounded(1, userCount + 3);
        if (random.bounded(12) > 0)
            one.expires = fixtureNow() + std::chrono::seconds(random.bounded(-6, 7) * 60);
        made.push_back(one);
    }
    made.front().user = 1;
    made.front().expires = fixtureNow();
    return made;
}

/// How a layout stores its expiry.
struct Layout
{
    const char *type;
    ExpiresEncoding encoding;
    const char *zone;
    bool tokenIsKey;
    store::DatabaseKind kind;
};

constexpr auto postgres = store::DatabaseKind::PostgreSql;
constexpr auto mysql = store::DatabaseKind::MySql;
constexpr auto sqlite = store::DatabaseKind::Sqlite;

QString literal(const std::optional<base::Instant> &instant, const Layout &layout)
{
    if (!instant)
        return QStringLiteral("NULL");
    const qint64 ms = instant->time_since_epoch().count();
    const QDateTime utc = QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
    switch (layout.encoding) {
    case ExpiresEncoding::EpochSeconds:
        return QString::number(ms / 1000);
    case ExpiresEncoding::EpochMilliseconds:
        return QString::number(ms);
    case ExpiresEncoding::EpochMicroseconds:
        return QString::number(ms * 1000);
    case ExpiresEncoding::TextEpochMilliseconds:
        return QStringLiteral("'%1'").arg(ms);
    case ExpiresEncoding::TimestampNaive:
        return utc.toTimeZone(QTimeZone(layout.zone)).toString(QStringLiteral("''yyyy-MM-dd HH:mm:ss.zzz''"));
    case ExpiresEncoding::Mixed: // every form in turn
        if (ms / 1000 % 3 == 0)
            return layout.kind == sqlite ? QString::number(ms) : QStringLiteral("'%1'").arg(ms);
        if (ms / 1000 % 3 == 1)
            return utc.toTimeZone(QTimeZone(layout.zone)).toString(QStringLiteral("''yyyy-MM-dd HH:mm:ss.zzz''"));
        return utc.addSecs(7200).toString(QStringLiteral("''yyyy-MM-ddTHH:mm:ss.zzz'+02:00'''"));
    case ExpiresEncoding::Timestamptz:
        if (layout.kind == mysql) // knows no Z; the connection that writes is in UTC
            return utc.toString(QStringLiteral("''yyyy-MM-dd HH:mm:ss.zzz''"));
        break;
    case ExpiresEncoding::TextIso:
        break;
    }
    return QStringLiteral("'%1'").arg(base::toIso(*instant));
}

// Names that break whatever quotes carelessly.
const QString schemaName = QStringLiteral("we \"ird' schéma;--");
const QString sessionsName = QStringLiteral("Sess\"ions – ünï %1 $1");
const QString usersName = QStringLiteral("select from \"where\"");
const QString accountsName = QStringLiteral("acc'ounts");

QString quoted(QString name)
{
    return QLatin1Char('"') + name.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
}

QByteArray script(const Layout &layout, const std::vector<Made> &made)
{
    const QString prefix = layout.kind == sqlite ? QString() : quoted(schemaName) + QLatin1Char('.');
    // A schema is a database to MySQL: made before.
    QString sql = layout.kind == postgres ? QStringLiteral("CREATE SCHEMA %1;\n").arg(quoted(schemaName)) : QString();
    const QString key = layout.tokenIsKey
                            ? QStringLiteral("\"the \"\"token\" varchar(255) PRIMARY KEY")
                            : QStringLiteral("\"id %2\" integer PRIMARY KEY, \"the \"\"token\" varchar(255)");
    sql += QStringLiteral("CREATE TABLE ") + prefix + quoted(sessionsName) + QStringLiteral(" (") + key +
           QStringLiteral(", \"us'er\" integer, \"ex;pires %1 %2\" ") + QLatin1StringView(layout.type) +
           QStringLiteral(");\n");
    sql += QStringLiteral("CREATE TABLE ") + prefix + quoted(usersName) +
           QStringLiteral(" (id integer PRIMARY KEY, name text, email text);\n");
    sql += QStringLiteral("CREATE TABLE ") + prefix + quoted(accountsName) +
           QStringLiteral(" (\"userId\" integer, provider text);\n");
    for (int user = 1; user <= userCount; ++user) {
        const QString name = user == 3 ? QStringLiteral("NULL") : QStringLiteral("'50%_off User %1'").arg(user);
        sql += QStringLiteral("INSERT INTO ") + prefix + quoted(usersName) +
               QStringLiteral(" VALUES (%1, %2, 'user%1@example.com');\n").arg(QString::number(user), name);
        if (user % 2 == 0)
            sql += QStringLiteral("INSERT INTO ") + prefix + quoted(accountsName) +
                   QStringLiteral(" VALUES (%1, 'github'), (%1, 'google');\n").arg(QString::number(user));
    }
    int id = 0;
    for (const Made &one : made) {
        const QString expires = one.infinite ? QStringLiteral("'infinity'") : literal(one.expires, layout);
        const QString user = one.user ? QString::number(*one.user) : QStringLiteral("NULL");
        const QString row =
            layout.tokenIsKey
                ? QStringLiteral("('%1', %2, %3)").arg(one.token, user, expires)
                : QStringLiteral("(%4, '%1', %2, %3)").arg(one.token, user, expires, QString::number(++id));
        sql += QStringLiteral("INSERT INTO ") + prefix + quoted(sessionsName) + QStringLiteral(" VALUES ") + row +
               QStringLiteral(";\n");
    }
    return sql.toUtf8();
}

store::SchemaProfile profileFor(const Layout &layout)
{
    const QString schema = layout.kind == sqlite ? QStringLiteral("main") : schemaName;
    store::SchemaProfile profile;
    profile.sessions.schema = schema;
    profile.sessions.table = sessionsName;
    profile.sessions.token = QStringLiteral("the \"token");
    profile.sessions.userId = QStringLiteral("us'er");
    profile.sessions.expires = QStringLiteral("ex;pires %1 %2");
    if (!layout.tokenIsKey)
        profile.sessions.id = QStringLiteral("id %2");
    profile.sessions.encoding = layout.encoding;
    profile.users = store::SchemaProfile::Users{
        schema, usersName, QStringLiteral("id"), QStringLiteral("name"), QStringLiteral("email"), std::nullopt, {}};
    profile.accounts =
        store::SchemaProfile::Accounts{schema, accountsName, QStringLiteral("userId"), QStringLiteral("provider")};
    return profile;
}

} // namespace

Q_DECLARE_METATYPE(Layout)

/// The union of all pages is the whole answer, for every order, filter and way of storing; and the whole answer is what
/// was put in.
class StorePagingTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void pagesAddUp_data();
    void pagesAddUp();
    void filters_data();
    void filters();
    void aDeletedRowDoesNotLoseOthers_data();
    void aDeletedRowDoesNotLoseOthers();

private:
    std::unique_ptr<store::SessionStore> open(const Layout &layout, const std::vector<Made> &made,
                                              store::Access access);
    std::vector<session::ListedSession> all(store::SessionStore &sessions, SessionQuery query);
    test::StoreFixtures m_fixtures;
    std::vector<Made> m_made;
    int m_number = 0;
};

void StorePagingTest::initTestCase()
{
    m_made = makeSessions();
    QVERIFY2(m_fixtures.server().problem().isEmpty(), qPrintable(m_fixtures.server().problem()));
}

std::unique_ptr<store::SessionStore> StorePagingTest::open(const Layout &layout, const std::vector<Made> &made,
                                                           store::Access access)
{
    store::DatabaseUrl url;
    QString problem;
    if (layout.kind == sqlite) {
        url = m_fixtures.sqlite(QStringLiteral("paging"), script(layout, made), problem);
    } else if (layout.kind == mysql) {
        auto &server = m_fixtures.mariaDb();
        problem = server.problem();
        if (problem.isEmpty())
            problem =
                server.runSql(QStringLiteral("mysql"), QStringLiteral("DROP DATABASE IF EXISTS ") + quoted(schemaName));
        if (problem.isEmpty())
            problem = server.createDatabase(schemaName);
        if (problem.isEmpty())
            problem = server.runSql(schemaName, QString::fromUtf8(script(layout, made)));
        url = server.url(schemaName);
    } else {
        const QString name = QStringLiteral("paging_%1").arg(++m_number);
        problem = m_fixtures.server().createDatabase(name);
        QTemporaryFile file;
        if (!file.open())
            problem = file.errorString();
        file.write(script(layout, made));
        file.close();
        if (problem.isEmpty())
            problem = m_fixtures.server().runSqlFile(name, file.fileName());
        url = m_fixtures.server().url(name);
    }
    store::StoreOptions options;
    options.timeZone = QTimeZone(layout.zone);
    if (!problem.isEmpty()) {
        qWarning("%s", qPrintable(problem));
        return nullptr;
    }
    auto opened = store::openStore(url, profileFor(layout), options, access, soon());
    if (!opened) {
        qWarning("%s", qPrintable(base::oneLine(opened.error())));
        return nullptr;
    }
    return std::move(*opened);
}

std::vector<session::ListedSession> StorePagingTest::all(store::SessionStore &sessions, SessionQuery query)
{
    query.limit = 10'000;
    auto page = sessions.page(query, std::nullopt, fixtureNow(), soon());
    if (!page)
        qWarning("%s", qPrintable(base::oneLine(page.error())));
    return page ? std::move(page->sessions) : std::vector<session::ListedSession>{};
}

void StorePagingTest::pagesAddUp_data()
{
    QTest::addColumn<Layout>("layout");
    const auto row = [](const char *name, const Layout &layout) { QTest::newRow(name) << layout; };
    row("pg timestamptz", {"timestamptz", ExpiresEncoding::Timestamptz, "UTC", false, postgres});
    row("pg timestamptz, token is key", {"timestamptz", ExpiresEncoding::Timestamptz, "UTC", true, postgres});
    row("pg timestamp UTC", {"timestamp(3)", ExpiresEncoding::TimestampNaive, "UTC", false, postgres});
    row("pg timestamp New York", {"timestamp", ExpiresEncoding::TimestampNaive, "America/New_York", false, postgres});
    row("pg seconds", {"integer", ExpiresEncoding::EpochSeconds, "UTC", false, postgres});
    row("pg milliseconds", {"bigint", ExpiresEncoding::EpochMilliseconds, "UTC", true, postgres});
    row("pg microseconds", {"numeric", ExpiresEncoding::EpochMicroseconds, "UTC", false, postgres});
    row("pg iso text", {"text", ExpiresEncoding::TextIso, "UTC", false, postgres});
    row("pg iso text in char(30)", {"char(30)", ExpiresEncoding::TextIso, "UTC", false, postgres});
    row("pg text of milliseconds", {"varchar(255)", ExpiresEncoding::TextEpochMilliseconds, "UTC", true, postgres});
    row("pg text, mixed, New York", {"text", ExpiresEncoding::Mixed, "America/New_York", false, postgres});
    row("mysql timestamp", {"timestamp(3) NULL", ExpiresEncoding::Timestamptz, "UTC", false, mysql});
    row("mysql datetime UTC, token is key", {"datetime(3)", ExpiresEncoding::TimestampNaive, "UTC", true, mysql});
    row("mysql datetime New York", {"datetime(3)", ExpiresEncoding::TimestampNaive, "America/New_York", false, mysql});
    row("mysql seconds", {"int", ExpiresEncoding::EpochSeconds, "UTC", false, mysql});
    row("mysql milliseconds", {"bigint unsigned", ExpiresEncoding::EpochMilliseconds, "UTC", true, mysql});
    row("mysql microseconds", {"decimal(20,0)", ExpiresEncoding::EpochMicroseconds, "UTC", false, mysql});
    row("mysql iso text", {"varchar(64)", ExpiresEncoding::TextIso, "UTC", false, mysql});
    row("mysql text of milliseconds", {"varchar(255)", ExpiresEncoding::TextEpochMilliseconds, "UTC", true, mysql});
    row("mysql text, mixed, New York", {"text", ExpiresEncoding::Mixed, "America/New_York", false, mysql});
    row("sqlite milliseconds", {"integer", ExpiresEncoding::EpochMilliseconds, "UTC", false, sqlite});
    row("sqlite iso text, token is key", {"text", ExpiresEncoding::TextIso, "UTC", true, sqlite});
    row("sqlite mixed, New York", {"datetime", ExpiresEncoding::Mixed, "America/New_York", false, sqlite});
}

void StorePagingTest::pagesAddUp()
{
    QFETCH(Layout, layout);
    std::vector<Made> made = m_made;
    if (layout.encoding == ExpiresEncoding::Timestamptz && layout.kind == postgres)
        made[5].infinite = true;
    const auto sessions = open(layout, made, store::Access::ReadOnly);
    QVERIFY(sessions);
    QHash<QString, const Made *> byFingerprint;
    for (const Made &one : made)
        byFingerprint.insert(base::Fingerprint::of(one.token.toUtf8()).text(), &one);

    for (const StateFilter state : {StateFilter::Live, StateFilter::Expired, StateFilter::Orphan, StateFilter::All}) {
        for (const SessionOrder order : {SessionOrder::Expires, SessionOrder::User, SessionOrder::Created}) {
            for (const bool descending : {false, true}) {
                SessionQuery query;
                query.state = state;
                query.order = order;
                query.descending = descending;
                const auto whole = all(*sessions, query);
                // the whole answer is what was put in
                qint64 expected = 0;
                for (const Made &one : made) {
                    const SessionState is = stateOf(one, fixtureNow());
                    expected += state == StateFilter::All || (state == StateFilter::Live && is == SessionState::Live) ||
                                        (state == StateFilter::Expired && is == SessionState::Expired) ||
                                        (state == StateFilter::Orphan && is == SessionState::Orphan)
                                    ? 1
                                    : 0;
                }
                QCOMPARE(qint64(whole.size()), expected);
                for (const auto &session : whole) {
                    const Made *one = byFingerprint.value(session.fingerprint.text());
                    QVERIFY(one);
                    QCOMPARE(session.state, stateOf(*one, fixtureNow()));
                    if (!one->infinite)
                        QVERIFY(session.expires == one->expires);
                    QCOMPARE(session.id.has_value(), !layout.tokenIsKey);
                }
                for (std::size_t i = 1; order == SessionOrder::Expires && state != StateFilter::All && i < whole.size();
                     ++i) {
                    if (whole[i - 1].expires && whole[i].expires)
                        QVERIFY(descending ? whole[i - 1].expires >= whole[i].expires
                                           : whole[i - 1].expires <= whole[i].expires);
                }
                // pages of any size give the same rows in the same order
                for (const int size : {3, 40}) {
                    query.limit = size;
                    std::vector<session::ListedSession> joined;
                    std::optional<QByteArray> cursor;
                    for (int pages = 0; pages <= sessionCount + 1; ++pages) {
                        const auto page = sessions->page(query, cursor, fixtureNow(), soon());
                        QVERIFY2(page.has_value(), page ? "" : qPrintable(base::oneLine(page.error())));
                        joined.insert(joined.end(), page->sessions.begin(), page->sessions.end());
                        cursor = page->next;
                        if (!cursor)
                            break;
                        for (const Made &one : made)
                            QVERIFY(!QByteArray::fromBase64(*cursor, QByteArray::Base64UrlEncoding)
                                         .contains(one.token.toUtf8()));
                    }
                    QVERIFY(!cursor);
                    QVERIFY(joined == whole);
                }
            }
        }
    }
}

void StorePagingTest::filters_data()
{
    QTest::addColumn<Layout>("layout");
    QTest::newRow("pg") << Layout{"timestamptz", ExpiresEncoding::Timestamptz, "UTC", false, postgres};
    QTest::newRow("mysql") << Layout{"timestamp(3) NULL", ExpiresEncoding::Timestamptz, "UTC", false, mysql};
    QTest::newRow("sqlite") << Layout{"integer", ExpiresEncoding::EpochMilliseconds, "UTC", true, sqlite};
}

void StorePagingTest::filters()
{
    QFETCH(Layout, layout);
    const auto sessions = open(layout, m_made, store::Access::ReadOnly);
    QVERIFY(sessions);
    const auto expectedFor = [&](const std::function<bool(const Made &)> &matches) {
        return std::ranges::count_if(m_made, matches);
    };
    const auto found = [&](const std::function<void(SessionQuery &)> &change) {
        SessionQuery query;
        query.state = StateFilter::All;
        change(query);
        const auto rows = all(*sessions, query);
        const auto counted = sessions->count(query, fixtureNow(), soon());
        return counted && *counted == qint64(rows.size()) ? qint64(rows.size()) : qint64(-1);
    };
    const auto ofUser = [](int user) { return [user](const Made &one) { return one.user == user; }; };
    const auto hasUser = [](const Made &one) { return one.user && *one.user <= userCount; };
    QCOMPARE(found([](SessionQuery &q) { q.user = QStringLiteral("2"); }), expectedFor(ofUser(2)));
    QCOMPARE(found([](SessionQuery &q) { q.user = QStringLiteral("user4@example.com"); }), expectedFor(ofUser(4)));
    QCOMPARE(found([](SessionQuery &q) { q.user = QStringLiteral("11"); }), expectedFor(ofUser(11)));
    QCOMPARE(found([](SessionQuery &q) { q.user = QStringLiteral("user%@example.com"); }), 0);
    QCOMPARE(found([](SessionQuery &q) { q.user = QStringLiteral("99999999999999999999"); }), 0);
    QCOMPARE(found([](SessionQuery &q) { q.user = QStringLiteral("' OR 1=1 --"); }), 0);
    QCOMPARE(found([](SessionQuery &q) { q.provider = QStringLiteral("github"); }),
             expectedFor([&](const Made &one) { return hasUser(one) && *one.user % 2 == 0; }));
    QCOMPARE(found([](SessionQuery &q) { q.provider = QStringLiteral("none"); }),
             expectedFor([&](const Made &one) { return !hasUser(one) || *one.user % 2 == 1; }));
    QCOMPARE(found([](SessionQuery &q) { q.search = QStringLiteral("USER5@"); }), expectedFor(ofUser(5)));
    QCOMPARE(found([](SessionQuery &q) { q.search = QStringLiteral("50%_OFF user 7"); }), expectedFor(ofUser(7)));
    QCOMPARE(found([](SessionQuery &q) { q.search = QStringLiteral("5%user"); }), 0);
    QCOMPARE(found([](SessionQuery &q) { q.search = QStringLiteral("50__off"); }), 0);
    QCOMPARE(found([](SessionQuery &q) { q.search = QStringLiteral("\\"); }), 0);
    QCOMPARE(found([](SessionQuery &q) { q.expiresBefore = fixtureNow(); }),
             expectedFor([](const Made &one) { return one.expires && *one.expires < fixtureNow(); }));
    QCOMPARE(found([](SessionQuery &q) { q.expiresAfter = fixtureNow(); }),
             expectedFor([](const Made &one) { return one.expires && *one.expires >= fixtureNow(); }));

    const auto stats = sessions->stats(fixtureNow(), soon());
    QVERIFY2(stats.has_value(), stats ? "" : qPrintable(base::oneLine(stats.error())));
    QSet<int> active;
    qint64 live = 0;
    qint64 withAccount = 0;
    for (const Made &one : m_made) {
        if (stateOf(one, fixtureNow()) != SessionState::Live)
            continue;
        ++live;
        active.insert(*one.user);
        withAccount += *one.user % 2 == 0 ? 1 : 0;
    }
    QCOMPARE(stats->live, live);
    QCOMPARE(stats->activeUsers, qint64(active.size()));
    QCOMPARE(stats->expiring1h, live); // all end within minutes
    QVERIFY(!stats->estimated);
    const std::vector<std::pair<QString, qint64>> providers{{QStringLiteral("github"), withAccount},
                                                            {QStringLiteral("google"), withAccount},
                                                            {QStringLiteral("none"), live - withAccount}};
    QCOMPARE(stats->byProvider, providers);
}

void StorePagingTest::aDeletedRowDoesNotLoseOthers_data()
{
    QTest::addColumn<Layout>("layout");
    QTest::newRow("pg") << Layout{"timestamptz", ExpiresEncoding::Timestamptz, "UTC", true, postgres};
    QTest::newRow("mysql") << Layout{"timestamp(3) NULL", ExpiresEncoding::Timestamptz, "UTC", true, mysql};
}

void StorePagingTest::aDeletedRowDoesNotLoseOthers()
{
    QFETCH(Layout, layout);
    const auto sessions = open(layout, m_made, store::Access::Write);
    QVERIFY(sessions);
    SessionQuery query;
    query.limit = 5;
    const auto whole = all(*sessions, query);
    const auto first = sessions->page(query, std::nullopt, fixtureNow(), soon());
    QVERIFY(first && first->next);
    QStringList unmatched;
    const QString last = first->sessions.back().fingerprint.text();
    const auto rows = sessions->findRows(std::span(&last, 1), unmatched, fixtureNow(), soon());
    QVERIFY(rows && rows->size() == 1);
    QVERIFY(sessions->deleteRows(std::span(&rows->front().key, 1), soon()).has_value());
    QSet<QString> seen;
    for (const auto &session : first->sessions)
        seen.insert(session.fingerprint.text());
    std::optional<QByteArray> cursor = first->next;
    for (int pages = 0; cursor && pages < sessionCount; ++pages) {
        const auto page = sessions->page(query, cursor, fixtureNow(), soon());
        QVERIFY(page.has_value());
        for (const auto &session : page->sessions)
            seen.insert(session.fingerprint.text());
        cursor = page->next;
    }
    QCOMPARE(seen.size(), qsizetype(whole.size()));
}

QTEST_GUILESS_MAIN(StorePagingTest)
#include "tst_StorePaging.moc"
