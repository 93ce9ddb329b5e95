#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/engine/ServerHelpers.h"
#include "core/engine/SessionRuntime.h"
#include "core/engine/betterauth/SignedCookie.h"
#include "core/engine/betterauth/StoreRows.h"
#include "core/http/Cookie.h"
#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;
using test::soon;

namespace {

const base::Instant now{std::chrono::seconds(1'760'000'000)}; // 2025-10-09T08:53:20Z

/// Tables of an Auth.js deployment that grew: columns of its own in both.
QString authJsTables(bool isPostgres)
{
    return QStringLiteral(
               "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(255), email VARCHAR(255), "
               "\"emailVerified\" %1, image TEXT, role TEXT NOT NULL, logins INTEGER, big BIGINT, admin BOOLEAN, "
               "settings %2);"
               "CREATE TABLE sessions (id INTEGER PRIMARY KEY, \"userId\" INTEGER NOT NULL, expires %1 NOT NULL, "
               "\"sessionToken\" VARCHAR(255) NOT NULL UNIQUE, device TEXT, \"createdAt\" %1);"
               "INSERT INTO users VALUES (7, 'Ada', 'ada@example.com', '2025-01-02 03:04:05+00', NULL, 'admin', 3, "
               "9007199254740993, %3, '{\"theme\": \"dark\"}');"
               "INSERT INTO sessions VALUES (1, 7, '2025-11-08 08:53:20+00', '00000000-0000-4000-8000-000000000001', "
               "'phone', "
               "'2025-10-01 00:00:00.5+00'), (2, 8, '2025-11-08 08:53:20+00', '00000000-0000-4000-8000-000000000002', "
               "NULL, NULL)")
        .arg(isPostgres ? QStringLiteral("TIMESTAMPTZ") : QStringLiteral("DATETIME"),
             isPostgres ? QStringLiteral("JSONB") : QStringLiteral("JSON"),
             isPostgres ? QStringLiteral("true") : QStringLiteral("1"));
}

QString betterAuthTables(bool isPostgres)
{
    return QStringLiteral(
               "CREATE TABLE \"user\" (id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, "
               "\"emailVerified\" %2 NOT NULL, image TEXT, \"createdAt\" %1 NOT NULL, \"updatedAt\" %1 NOT NULL);"
               "CREATE TABLE session (id TEXT PRIMARY KEY, \"expiresAt\" %1 NOT NULL, token TEXT NOT NULL UNIQUE, "
               "\"createdAt\" %1 NOT NULL, \"updatedAt\" %1 NOT NULL, \"ipAddress\" TEXT, \"userAgent\" TEXT, "
               "\"userId\" TEXT NOT NULL REFERENCES \"user\" (id));"
               "INSERT INTO \"user\" VALUES ('u1', 'Ada', 'ada@example.com', %3, NULL, '2025-01-02T03:04:05.678Z', "
               "'2025-01-03T00:00:00.000Z');"
               "INSERT INTO session VALUES ('s1', '2025-10-15T09:53:20.000Z', 'Abcdefghijklmnopqrstuvwxyz012345', "
               "'2025-10-01T00:00:00.000Z', "
               "'2025-10-08T00:00:00.000Z', '192.0.2.7', 'Mozilla/5.0', 'u1')")
        .arg(isPostgres ? QStringLiteral("TIMESTAMPTZ") : QStringLiteral("date"),
             isPostgres ? QStringLiteral("BOOLEAN") : QStringLiteral("INTEGER"),
             isPostgres ? QStringLiteral("true") : QStringLiteral("1"));
}

std::shared_ptr<session::AuthProfile> profileOf(session::AuthVersion version)
{
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = version;
    profile->secrets.emplace_back(QByteArrayView("secret"));
    return profile;
}

} // namespace

/// What shows all columns of a row: v5's auth() and Better Auth's get-session over real databases. The expected texts
/// are what the adapters of the packages hand on: column by column, dates as dates, 64-bit integers as text (pg).
class WholeRowsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void authShowsEveryColumn_data() { databases(); }
    void authShowsEveryColumn();
    void betterAuthsBody_data() { databases(); }
    void betterAuthsBody();
    void manyInTheirOrder_data() { databases(); }
    void manyInTheirOrder();

private:
    static void databases()
    {
        QTest::addColumn<bool>("isPostgres");
        QTest::newRow("postgres") << true;
        QTest::newRow("sqlite") << false;
    }
    std::unique_ptr<store::SessionStore> open(bool isPostgres, const QString &sql);

    test::StoreFixtures m_fixtures;
    int m_number = 0;
};

std::unique_ptr<store::SessionStore> WholeRowsTest::open(bool isPostgres, const QString &sql)
{
    const QString name = QStringLiteral("whole%1").arg(++m_number);
    QString problem;
    store::DatabaseUrl url;
    if (isPostgres) {
        auto &server = m_fixtures.server();
        problem = server.problem();
        if (problem.isEmpty())
            problem = server.createDatabase(name);
        if (problem.isEmpty())
            problem = server.runSql(name, sql);
        url = server.url(name);
    } else {
        url = m_fixtures.sqlite(name, sql.toUtf8(), problem);
    }
    auto opened = problem.isEmpty() ? test::openDetected(url, store::Access::ReadOnly, problem) : nullptr;
    if (!opened)
        QTest::qFail(qPrintable(problem), __FILE__, __LINE__);
    return opened;
}

void WholeRowsTest::authShowsEveryColumn()
{
    QFETCH(bool, isPostgres);
    const auto sessions = open(isPostgres, authJsTables(isPostgres));
    QVERIFY(sessions);
    const auto adapter = engine::makeStoreAdapter(*sessions, engine::RowDetail::Whole);
    const engine::SessionEndpoint endpoint(profileOf(session::AuthVersion::V5), nullptr);
    const auto answer = engine::authHelper(endpoint, "authjs.session-token=00000000-0000-4000-8000-000000000001",
                                           "http://localhost:3000/api/auth/session", {now, adapter.get()}, soon());
    QCOMPARE(
        answer.session.value_or(answer.outcome.evidence.toUtf8()),
        QByteArray(
            R"({"user":{"id":7,"name":"Ada","email":"ada@example.com",)"
            R"("emailVerified":"2025-01-02T03:04:05.000Z","image":null,"role":"admin","logins":3,)"
            R"("big":"9007199254740993","admin":true,"settings":{"theme":"dark"}},)"
            R"("id":1,"userId":7,"expires":"2025-11-08T08:53:20.000Z","sessionToken":"00000000-0000-4000-8000-000000000001",)"
            R"("device":"phone","createdAt":"2025-10-01T00:00:00.500Z"})"));
    const auto orphan = engine::authHelper(endpoint, "authjs.session-token=00000000-0000-4000-8000-000000000002",
                                           "http://localhost:3000/api/auth/session", {now, adapter.get()}, soon());
    QCOMPARE(orphan.outcome.reason, session::NullReason::UserMissing);
}

void WholeRowsTest::betterAuthsBody()
{
    QFETCH(bool, isPostgres);
    const auto sessions = open(isPostgres, betterAuthTables(isPostgres));
    QVERIFY(sessions);
    const auto clock = std::make_shared<const base::FixedClock>(now);
    engine::LocalRuntime local;
    local.profile = profileOf(session::AuthVersion::BetterAuth);
    local.clock = clock;
    local.openRows = [&](const base::Call &) -> base::Result<std::unique_ptr<engine::betterauth::SessionRows>> {
        return std::make_unique<engine::betterauth::StoreRows>(*sessions, *clock);
    };
    engine::SessionRuntime runtime;
    QVERIFY(runtime.configureLocal(std::move(local)));
    const QByteArray cookie =
        "better-auth.session_token=" +
        http::encodeUriComponent(
            engine::betterauth::signCookie("secret", QByteArrayLiteral("Abcdefghijklmnopqrstuvwxyz012345")).view());
    const auto answer = runtime.getServerSession(engine::RequestHeaders::fromCookie(cookie), soon());
    QVERIFY(answer.has_value());
    QCOMPARE(
        answer->session.value_or(answer->evidence.toUtf8()),
        QByteArray(R"({"session":{"expiresAt":"2025-10-15T09:53:20.000Z","token":"Abcdefghijklmnopqrstuvwxyz012345",)"
                   R"("createdAt":"2025-10-01T00:00:00.000Z","updatedAt":"2025-10-08T00:00:00.000Z",)"
                   R"("ipAddress":"192.0.2.7","userAgent":"Mozilla/5.0","userId":"u1","id":"s1"},)"
                   R"("user":{"name":"Ada","email":"ada@example.com","emailVerified":true,"image":null,)"
                   R"("createdAt":"2025-01-02T03:04:05.678Z","updatedAt":"2025-01-03T00:00:00.000Z","id":"u1"}})"));
}

void WholeRowsTest::manyInTheirOrder()
{
    QFETCH(bool, isPostgres);
    const auto sessions = open(isPostgres, authJsTables(isPostgres));
    QVERIFY(sessions);
    const QByteArrayView known("00000000-0000-4000-8000-000000000001");
    const QByteArrayView orphan("00000000-0000-4000-8000-000000000002");
    const std::vector<QByteArrayView> asked{"unknown", orphan, known, "\xff", known};
    const auto rows = sessions->wholeRows(asked, soon());
    QVERIFY2(rows.has_value(), rows ? "" : qPrintable(base::oneLine(rows.error())));
    QStringList found;
    for (const auto &row : *rows)
        found << (row ? QStringLiteral("%1/%2").arg(row->session.size()).arg(row->user.size()) : QString());
    QCOMPARE(found, (QStringList{{}, QStringLiteral("6/0"), QStringLiteral("6/10"), {}, QStringLiteral("6/10")}));
    // What an adapter knows by look-up alone stands in the whole row too.
    const auto one = sessions->lookup(known, soon());
    QVERIFY(one.has_value() && one->has_value());
    QCOMPARE(rows->at(2)->row.userEmail, (*one)->userEmail);
    QCOMPARE(rows->at(2)->row.expires, (*one)->expires);
}

QTEST_GUILESS_MAIN(WholeRowsTest)
#include "tst_WholeRows.moc"
