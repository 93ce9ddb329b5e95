#include <QtTest>

#include "core/audit/AuditLog.h"
#include "core/base/ErrorText.h"
#include "core/revoke/PlanCheck.h"
#include "core/revoke/PlanOutlook.h"
#include "core/revoke/Restorer.h"
#include "core/revoke/ResurrectionWatch.h"
#include "core/revoke/Revoker.h"
#include "core/store/UserDirectory.h"
#include "core/workspace/Workspace.h"
#include "tests/integration/store/StoreFixtures.h"
#include "tests/support/FaultyStore.h"

using namespace rollcall;
using revoke::RevocationPlan;
using revoke::RevocationReport;
using revoke::RowOutcome;
using std::chrono::milliseconds;
using test::failureOf;
using test::soon;

namespace {

/// Two users; a row is "ID TOKEN USER HOURS", its session ending so many hours from now.
constexpr auto tables =
    "CREATE TABLE users (id varchar(40) PRIMARY KEY, name varchar(80), email varchar(80));"
    "CREATE TABLE accounts (id varchar(40) PRIMARY KEY, user_id varchar(40) NOT NULL, type "
    "varchar(20) NOT NULL, provider varchar(40) NOT NULL, provider_account_id varchar(40) NOT "
    "NULL);"
    "INSERT INTO users VALUES ('ada', 'Ada', 'ada@example.com'), ('ben', 'Ben', ' Ben@example.com');";
constexpr auto withId =
    "CREATE TABLE sessions (id varchar(40) PRIMARY KEY, session_token varchar(80) NOT NULL, user_id "
    "varchar(40) NOT NULL, expires bigint NOT NULL);";
constexpr auto withoutId = "CREATE TABLE sessions (session_token varchar(80) NOT NULL, user_id varchar(40) NOT NULL, "
                           "expires bigint NOT NULL);";

/// "a, b" as a list.
QStringList names(const char *text)
{
    return QString::fromLatin1(text).split(QStringLiteral(", "));
}

QByteArray tokenOf(const QString &name)
{
    return "5e551000-0000-4000-8000-0000000000" + name.toLatin1();
}

} // namespace

/// Sessions that stand in several rows, as tables without a unique index on the token allow: a deployment accepts them
/// by any of these.
class SharedTokensTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theRowsOfATokenGoTogether_data() { everyDatabase(); }
    void theRowsOfATokenGoTogether();
    void theNewestAreCountedByToken_data() { everyDatabase(); }
    void theNewestAreCountedByToken();
    void anotherUsersRowIsToldAndStays_data() { everyDatabase(); }
    void anotherUsersRowIsToldAndStays();
    void rowsThatCameSinceThePlanAreTold_data() { everyDatabase(); }
    void rowsThatCameSinceThePlanAreTold();
    void tokensMayBeBytes_data() { everyDatabase(); }
    void tokensMayBeBytes();
    void manyAreReadAtOnce_data() { everyDatabase(); }
    void manyAreReadAtOnce();
    void withoutIdsUsersAreApart_data() { everyDatabase(); }
    void withoutIdsUsersAreApart();
    void withoutIdsRepeatedRowsAreRefused_data() { everyDatabase(); }
    void withoutIdsRepeatedRowsAreRefused();
    void withoutIdsAllRowsOfAKeyComeBack_data() { everyDatabase(); }
    void withoutIdsAllRowsOfAKeyComeBack();
    void whatCannotBeLookedForIsNoFailure_data() { everyDatabase(); }
    void whatCannotBeLookedForIsNoFailure();
    void theProofComesFirst_data() { everyDatabase(); }
    void theProofComesFirst();
    void usersAreFoundByNearlyTheirName_data() { everyDatabase(); }
    void usersAreFoundByNearlyTheirName();

private:
    void everyDatabase();
    void load(const char *sessions, const QStringList &rows, const QString &baseUrl = {});
    void sql(const QString &statement);
    void insert(const QString &row);
    [[nodiscard]] QString row(const QString &row) const;
    [[nodiscard]] RevocationPlan plan(revoke::Selection selection);
    [[nodiscard]] RevocationPlan planOfIds(const QStringList &ids);
    [[nodiscard]] RevocationReport carryOut(const RevocationPlan &plan, const revoke::RevocationOptions &options = {});
    /// What becomes of a restore of @p auditId, or why there is none.
    [[nodiscard]] QString restored(const QString &auditId, qsizetype batchSize = 100);
    [[nodiscard]] static revoke::Selection ofUser(const char *user, store::StateFilter state);
    [[nodiscard]] revoke::OperationPlace place() const
    {
        return {revoke::operationsBelow(m_folder->path()), m_vault.get()};
    }
    /// What m_store is from now on.
    test::FaultyStore &faulty();
    /// The ids of the rows that are left, sorted; of rows without ids, token and user.
    [[nodiscard]] QStringList left();
    [[nodiscard]] QString whatIsWatchedOf(const RevocationPlan &plan, const RevocationReport &report);

    test::StoreFixtures m_fixtures;
    base::SystemClock m_clock;
    std::unique_ptr<QTemporaryDir> m_folder;
    store::DatabaseUrl m_url;
    std::unique_ptr<base::SecretVault> m_vault;
    std::unique_ptr<audit::AuditLog> m_log;
    std::shared_ptr<deployment::Deployment> m_deployment;
    std::unique_ptr<store::SessionStore> m_store;
};

void SharedTokensTest::everyDatabase()
{
    QTest::addColumn<QString>("database");
    for (const char *database : {"postgres", "mariadb", "sqlite"})
        QTest::newRow(database) << QString::fromLatin1(database);
}

void SharedTokensTest::sql(const QString &statement)
{
    const QString problem =
        m_url.kind == store::DatabaseKind::Sqlite  ? test::runSqlite(m_url.database, statement.toUtf8())
        : m_url.kind == store::DatabaseKind::MySql ? m_fixtures.mariaDb().runSql(m_url.database, statement)
                                                   : m_fixtures.server().runSql(m_url.database, statement);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

QString SharedTokensTest::row(const QString &row) const
{
    const QStringList parts = row.split(u' ');
    const base::Instant ends = m_clock.now() + std::chrono::hours(parts.at(3).toInt());
    const QString id = parts.at(0) == u"-" ? QString() : QStringLiteral("'%1', ").arg(parts.at(0));
    return QStringLiteral("(%1'%2', '%3', %4)")
        .arg(id, QString::fromLatin1(tokenOf(parts.at(1))), parts.at(2))
        .arg(ends.time_since_epoch().count());
}

void SharedTokensTest::insert(const QString &one)
{
    sql(QStringLiteral("INSERT INTO sessions VALUES ") + row(one));
}

void SharedTokensTest::load(const char *sessions, const QStringList &rows, const QString &baseUrl)
{
    QFETCH(QString, database);
    m_store.reset();
    QString problem;
    const bool isSqlite = database == u"sqlite";
    m_url = isSqlite ? m_fixtures.sqlite(QStringLiteral("shared"), {}, problem)
                     : m_fixtures.load(database == u"mariadb" ? QStringLiteral("typeorm-adapter-mysql")
                                                              : QStringLiteral("typeorm-adapter-postgres"),
                                       problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    if (!isSqlite)
        for (const char *table : {"sessions", "accounts", "users"})
            sql(QStringLiteral("DROP TABLE %1%2")
                    .arg(QLatin1StringView(table), database == u"postgres" ? QStringLiteral(" CASCADE") : QString()));
    sql(QLatin1StringView(tables));
    sql(QLatin1StringView(sessions));
    QStringList values;
    for (const QString &one : rows)
        values << row(one);
    sql(QStringLiteral("INSERT INTO sessions VALUES ") + values.join(QStringLiteral(", ")));

    m_folder = std::make_unique<QTemporaryDir>();
    m_vault = workspace::openKeyFileVault(m_folder->filePath(QStringLiteral("keys")));
    m_log = std::make_unique<audit::AuditLog>(m_folder->filePath(QStringLiteral("audit")), m_vault.get(), m_clock);
    QByteArray address = m_url.withoutPassword().toUtf8();
    if (!isSqlite)
        address.replace(QByteArray("@"), QByteArray(":" + m_url.password.view().toByteArray() + "@"));
    workspace::ConnectionProfile profile;
    profile.name = QStringLiteral("shop");
    profile.baseUrl = baseUrl;
    profile.database = workspace::redactUrl(address);
    workspace::ConnectionSecrets secrets;
    secrets.databaseUrl = base::SecretBytes(address);
    auto config = deployment::ConnectionConfig::from(std::move(profile), std::move(secrets), milliseconds(20'000));
    QVERIFY2(config.has_value(), failureOf(config).constData());
    auto opened = deployment::Deployment::open(std::move(*config), {true, false}, m_clock, soon());
    QVERIFY2(opened.has_value(), failureOf(opened).constData());
    m_deployment = std::move(*opened);
    auto store = m_deployment->openStore(store::Access::Write, soon());
    QVERIFY2(store.has_value(), failureOf(store).constData());
    m_store = std::move(*store);
}

RevocationPlan SharedTokensTest::plan(revoke::Selection selection)
{
    auto plan = revoke::freezePlan(*m_deployment, *m_store, std::move(selection), revoke::largestPlan, soon());
    if (plan)
        return std::move(*plan);
    qWarning("%s", failureOf(plan).constData());
    return {};
}

RevocationPlan SharedTokensTest::planOfIds(const QStringList &ids)
{
    revoke::Selection selection;
    selection.sessions = ids;
    return plan(std::move(selection));
}

RevocationReport SharedTokensTest::carryOut(const RevocationPlan &plan, const revoke::RevocationOptions &options)
{
    auto report = revoke::carryOut(plan, options, *m_deployment, *m_store, *m_log, place(), soon());
    if (report)
        return std::move(*report);
    qWarning("%s", failureOf(report).constData());
    return {};
}

QString SharedTokensTest::restored(const QString &auditId, qsizetype batchSize)
{
    const auto restore = revoke::planRestore(auditId, *m_deployment, *m_log, place(), soon());
    if (!restore)
        return base::oneLine(restore.error());
    revoke::RestoreOptions options;
    options.batchSize = batchSize;
    const auto report = revoke::carryOut(*restore, options, *m_deployment, *m_store, *m_log, place(), soon());
    if (!report || report->error)
        return base::oneLine(report ? *report->error : report.error());
    return QStringLiteral("%1 of %2, %3 there again")
        .arg(report->restored)
        .arg(report->matched)
        .arg(report->thereAgain);
}

revoke::Selection SharedTokensTest::ofUser(const char *user, store::StateFilter state)
{
    revoke::Selection selection;
    selection.query.emplace();
    selection.query->user = QString::fromLatin1(user);
    selection.query->state = state;
    return selection;
}

test::FaultyStore &SharedTokensTest::faulty()
{
    auto store = std::make_unique<test::FaultyStore>(std::move(m_store));
    test::FaultyStore &faulty = *store;
    m_store = std::move(store);
    return faulty;
}

QStringList SharedTokensTest::left()
{
    store::SessionQuery all;
    all.state = store::StateFilter::All;
    const auto rows = m_store->planRows(all, 10'000, m_clock.now(), soon());
    QStringList names;
    if (!rows)
        return {QString::fromUtf8(failureOf(rows))};
    for (const store::PlannedRow &row : *rows)
        names << row.shown.id.value_or(QString::fromUtf8(row.key.token.view().last(2)) + u' ' +
                                       row.key.userId.value_or(QString()));
    names.sort();
    return names;
}

QString SharedTokensTest::whatIsWatchedOf(const RevocationPlan &plan, const RevocationReport &report)
{
    revoke::ResurrectionWatch watch(plan, report, {}, *m_deployment, *m_log);
    const auto look = watch.look(*m_store, soon());
    if (!look)
        return QString::fromUtf8(failureOf(look));
    return QStringLiteral("%1 back, %2 looked for").arg(look->returned.size()).arg(watch.watched());
}

void SharedTokensTest::theRowsOfATokenGoTogether()
{
    // The older row of A1 has expired: the deployment may still find either.
    load(withId, names("1 A1 ada 400, 2 A1 ada -400, 3 A2 ada 400, 4 B1 ben 400"));
    QVERIFY(m_store);
    const RevocationPlan plan = planOfIds({QStringLiteral("1")});
    QCOMPARE(plan.rows.size(), std::size_t(2));
    QCOMPARE(plan.sharing, 1);
    QCOMPARE(plan.users, 1);
    QVERIFY(plan.heldByOthers.empty());
    const revoke::PlanOutlook outlook = revoke::outlookOf(plan, *m_deployment);
    QVERIFY2(outlook.sharing.startsWith(u"1 of these rows was not chosen"), qPrintable(outlook.sharing));
    QVERIFY(outlook.heldByOthers.isEmpty());
    // Both named: one plan all the same, and nothing was added to it.
    QCOMPARE(planOfIds({QStringLiteral("1"), QStringLiteral("2")}).sharing, 0);
    // A live row that goes with an expired one is no surprise.
    QCOMPARE(plan.sharingLive, 0);
    const RevocationPlan expired = this->plan(ofUser("ada", store::StateFilter::Expired));
    QCOMPARE(expired.rows.size(), std::size_t(2));
    QCOMPARE(expired.sharingLive, 1);
    QVERIFY(revoke::outlookOf(expired, *m_deployment).sharing.endsWith(u"goes with it. It is live."));

    const RevocationReport report = carryOut(plan);
    QVERIFY(!report.error);
    QCOMPARE(report.revoked, 2);
    QCOMPARE(report.stillHeld(), 0);
    QVERIFY(report.notEnded().isEmpty());
    QCOMPARE(left(), names("3, 4"));
    QCOMPARE(whatIsWatchedOf(plan, report), QStringLiteral("0 back, 2 looked for"));

    // And they come back together.
    QCOMPARE(restored(report.auditId), QStringLiteral("2 of 2, 0 there again"));
    QCOMPARE(left(), names("1, 2, 3, 4"));
}

void SharedTokensTest::theNewestAreCountedByToken()
{
    // By rows, the newest two would be both of A1, and A2 would go.
    load(withId, names("1 A1 ada 400, 2 A1 ada 390, 3 A2 ada 300, 4 A3 ada 200, 5 A3 ada 100"));
    QVERIFY(m_store);
    revoke::Selection selection;
    selection.query.emplace();
    selection.keepNewest = 2;
    const RevocationReport report = carryOut(plan(std::move(selection)));
    QCOMPARE(report.revoked, 2);
    QCOMPARE(left(), names("1, 2, 3"));
}

void SharedTokensTest::anotherUsersRowIsToldAndStays()
{
    load(withId, names("1 A1 ada 400, 2 A1 ben 400, 3 A2 ada 400"));
    QVERIFY(m_store);
    const RevocationPlan plan = planOfIds({QStringLiteral("1"), QStringLiteral("3")});
    QCOMPARE(plan.rows.size(), std::size_t(2));
    QCOMPARE(plan.heldByOthers, std::vector{base::Fingerprint::of(tokenOf(QStringLiteral("A1")))});
    const revoke::PlanOutlook outlook = revoke::outlookOf(plan, *m_deployment);
    QVERIFY2(outlook.heldByOthers.startsWith(u"1 session stays accepted"), qPrintable(outlook.heldByOthers));

    const RevocationReport report = carryOut(plan);
    QVERIFY(!report.error);
    QCOMPARE(report.revoked, 2);
    QCOMPARE(report.stillHeld(), 1);
    for (const revoke::RowReport &each : report.rows)
        QCOMPARE(each.stillHeld, each.fingerprint == plan.heldByOthers.front());
    QCOMPARE(report.notEnded().size(), 1);
    QCOMPARE(left(), names("2"));
    // Nothing wrote it back: it was never away.
    QCOMPARE(whatIsWatchedOf(plan, report), QStringLiteral("0 back, 1 looked for"));
    const auto entries = m_log->list(0, 100);
    QVERIFY(entries && entries->back().counts.value(u"stillHeld").toInt() == 1);

    // Nor is it in the way of the undo; what is, is not said to be back.
    insert(QStringLiteral("3 A3 ada 400"));
    QCOMPARE(restored(report.auditId), QStringLiteral("1 of 2, 1 there again"));
    QCOMPARE(left(), names("1, 2, 3"));
    const QString again = restored(report.auditId);
    QVERIFY2(again.contains(u"but for 1 row that it left out"), qPrintable(again));

    // Whoever takes everybody's takes both.
    revoke::Selection everyone;
    everyone.query.emplace();
    QVERIFY(carryOut(this->plan(std::move(everyone))).notEnded().isEmpty());
    QCOMPARE(left(), QStringList());
}

void SharedTokensTest::rowsThatCameSinceThePlanAreTold()
{
    load(withId, names("1 A1 ada 400, 2 A2 ada 400, 3 A3 ada 400"));
    QVERIFY(m_store);
    const RevocationPlan plan = planOfIds({QStringLiteral("1"), QStringLiteral("2"), QStringLiteral("3")});
    insert(QStringLiteral("4 A1 ada 400"));
    sql(QStringLiteral("UPDATE sessions SET user_id = 'ben' WHERE id = '2'"));
    const RevocationReport report = carryOut(plan);
    QVERIFY(!report.error);
    QCOMPARE(report.revoked, 2);
    QCOMPARE(report.count(RowOutcome::Changed), 1);
    QCOMPARE(report.stillHeld(), 1);
    const QStringList told = report.notEnded();
    QCOMPARE(told.size(), 2);
    QVERIFY2(told.first().startsWith(u"1 row was left alone"), qPrintable(told.first()));
    QVERIFY2(told.last().startsWith(u"1 session is still accepted"), qPrintable(told.last()));
    QCOMPARE(left(), names("2, 4"));
    // Of a row that came since, something wrote the token back.
    QCOMPARE(whatIsWatchedOf(plan, report), QStringLiteral("1 back, 1 looked for"));
}

void SharedTokensTest::tokensMayBeBytes()
{
    QFETCH(QString, database);
    const QByteArray type = database == u"postgres" ? "bytea" : database == u"mariadb" ? "varbinary(80)" : "blob";
    QByteArray sessions(withId);
    sessions.replace("session_token varchar(80)", QByteArray("session_token " + type));
    load(sessions.constData(), names("1 A1 ada 400, 2 A1 ada 300, 3 A2 ada 400, 4 A2 ben 400, 5 A3 ada 400"));
    QVERIFY(m_store);
    if (database == u"sqlite") // where each value has its own type
        sql(QStringLiteral("UPDATE sessions SET session_token = CAST(session_token AS BLOB) WHERE id IN ('2', '3')"));
    const RevocationPlan plan = planOfIds(names("1, 3, 5"));
    QCOMPARE(plan.rows.size(), std::size_t(4));
    QCOMPARE(plan.heldByOthers, std::vector{base::Fingerprint::of(tokenOf(QStringLiteral("A2")))});
    const RevocationReport report = carryOut(plan);
    QVERIFY2(!report.error, report.error ? qPrintable(base::oneLine(*report.error)) : "");
    QCOMPARE(report.stillHeld(), 1);
    QCOMPARE(left(), names("4"));
}

void SharedTokensTest::manyAreReadAtOnce()
{
    // More than one statement names, so that digests say which are shared; where a list is one value, many more.
    QFETCH(QString, database);
    const bool isMany = database != u"mariadb";
    const int count = isMany ? 20'100 : 1'100;
    QStringList rows{QStringLiteral("first A1 ada 500")};
    for (int i = 1; !isMany && i <= count; ++i)
        rows << QStringLiteral("r%1 x%1 ada 400").arg(i);
    load(withId, rows);
    QVERIFY(m_store);
    if (isMany) {
        sql(QStringLiteral("INSERT INTO sessions WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
                           "i < %1) SELECT 'r' || i, '%2' || i, 'ada', (SELECT max(expires) FROM sessions) FROM n")
                .arg(count)
                .arg(QString::fromLatin1(tokenOf(QStringLiteral("x")))));
    }
    insert(QStringLiteral("twin x7 ada -400"));
    insert(QStringLiteral("theirs x8 ben 400"));
    revoke::Selection ofAda;
    ofAda.query.emplace();
    ofAda.query->user = QStringLiteral("ada");
    const RevocationPlan plan = this->plan(std::move(ofAda));
    QCOMPARE(plan.rows.size(), static_cast<std::size_t>(count) + 2);
    QCOMPARE(plan.sharing, 1);
    QCOMPARE(plan.heldByOthers, std::vector{base::Fingerprint::of(tokenOf(QStringLiteral("x8")))});
    // One that is cut short, as a large table has it, leaves a connection that the revocation can go on with.
    const auto cut = m_store->rowsOfTokens(plan.rows, 2, m_clock.now(), base::Call::within(milliseconds(2)));
    if (!cut)
        QCOMPARE(cut.error().code, base::ErrorCode::Timeout);
    // After a run only those are looked for again that are known to be shared.
    std::size_t lookedFor = 0;
    faulty().beforeRowsOfTokens = [&](std::span<const store::PlannedRow> by, int) {
        lookedFor += by.size();
        return std::optional<base::Error>();
    };
    if (!isMany) {
        const RevocationReport report = carryOut(plan);
        QVERIFY2(!report.error, report.error ? qPrintable(base::oneLine(*report.error)) : "");
        QCOMPARE(report.stillHeld(), 1);
        QCOMPARE(lookedFor, std::size_t(2));
        QVERIFY(report.whyHeldUnknown.isEmpty());
        return;
    }
    // A dry run of the plan reads the table a few times, and not for each of its rows.
    RevocationPlan saved = this->plan(ofUser("ada", store::StateFilter::All));
    sql(QStringLiteral("DELETE FROM sessions WHERE id = 'r5'"));
    sql(QStringLiteral("UPDATE sessions SET user_id = 'ben' WHERE id = 'r6'"));
    const auto looked = revoke::checkPlan(saved, *m_store, m_clock.now(), base::Call::within(milliseconds(15'000)));
    QVERIFY2(looked.has_value(), failureOf(looked).constData());
    QCOMPARE(looked->count(RowOutcome::NotTried), std::ssize(plan.rows) - 2);
    QCOMPARE(looked->count(RowOutcome::AlreadyGone), 1);
    QCOMPARE(looked->count(RowOutcome::Changed), 1);
    QCOMPARE(looked->skipped, 2);
    QCOMPARE(saved.rows.front().shown.email, QStringLiteral("ada@example.com"));
    sql(QStringLiteral("UPDATE sessions SET user_id = 'ada' WHERE id = 'r6'"));
    // All that is there by these tokens, and of what is gone nothing.
    const auto there = m_store->rowsOfTokens(plan.rows, 1, m_clock.now(), soon());
    QVERIFY2(there.has_value(), failureOf(there).constData());
    QCOMPARE(there->size(), plan.rows.size()); // r5 is gone, and Ben's is there
    sql(QStringLiteral("DELETE FROM sessions WHERE user_id = 'ada'"));
    const auto left = m_store->rowsOfTokens(plan.rows, 1, m_clock.now(), soon());
    QVERIFY(left && left->size() == 1 && left->front().shown.id == u"theirs");
}

void SharedTokensTest::withoutIdsUsersAreApart()
{
    load(withoutId, names("- A1 ada 400, - A1 ben 400, - A2 ada 400, - A2 ADA 400"));
    QVERIFY(m_store);
    revoke::Selection ofAda;
    ofAda.query.emplace();
    ofAda.query->user = QStringLiteral("ada");
    RevocationPlan plan = this->plan(std::move(ofAda));
    // To MariaDB's collation ADA is ada, and matches: to a plan without that row it is another's.
    std::erase_if(plan.rows, [](const store::PlannedRow &each) { return each.key.userId == u"ADA"; });
    plan.digest = plan.computeDigest();
    QCOMPARE(plan.rows.size(), std::size_t(2));
    QVERIFY(revoke::noteHolders(plan, *m_store, soon()));
    QCOMPARE(plan.heldByOthers.size(), std::size_t(2));
    const RevocationReport report = carryOut(plan);
    QVERIFY2(!report.error, report.error ? qPrintable(base::oneLine(*report.error)) : "");
    QCOMPARE(report.revoked, 2);
    QCOMPARE(report.stillHeld(), 2);
    QCOMPARE(left(), names("A1 ben, A2 ADA")); // whatever the table's collation takes for the same
    // Their rows are gone, and those of others are not theirs changed.
    const RevocationReport again = carryOut(plan);
    QCOMPARE(again.count(RowOutcome::AlreadyGone), 2);

    insert(QStringLiteral("- A1 ada 400"));
    revoke::Selection everyone;
    everyone.query.emplace();
    everyone.query->state = store::StateFilter::All;
    const RevocationReport all = carryOut(this->plan(std::move(everyone)));
    QVERIFY2(!all.error, all.error ? qPrintable(base::oneLine(*all.error)) : "");
    QCOMPARE(left(), QStringList());
}

void SharedTokensTest::withoutIdsRepeatedRowsAreRefused()
{
    // One DELETE takes both of A1, whichever was chosen, and the plan could show but one.
    load(withoutId, names("- A1 ada 400, - A1 ada -400, - A2 ben 400"));
    QVERIFY(m_store);
    for (const auto state : {store::StateFilter::Live, store::StateFilter::Expired, store::StateFilter::All}) {
        const auto plan =
            revoke::freezePlan(*m_deployment, *m_store, ofUser("ada", state), revoke::largestPlan, soon());
        QVERIFY(!plan);
        QCOMPARE(plan.error().code, base::ErrorCode::WriteRefused);
        QCOMPARE(static_cast<int>(base::exitClass(plan.error().code)), 4);
        const QString said = base::oneLine(plan.error());
        QVERIFY2(said.contains(u"1 row holds the token and the user of another"), qPrintable(said));
    }
    // Others' sessions go all the same; of a saved plan it is found as well.
    RevocationPlan plan = this->plan(ofUser("ben", store::StateFilter::All));
    QCOMPARE(plan.rows.size(), std::size_t(1));
    QVERIFY(revoke::noteHolders(plan, *m_store, soon()));
    insert(QStringLiteral("- A2 ben 300"));
    const auto noted = revoke::noteHolders(plan, *m_store, soon());
    QVERIFY(!noted && noted.error().param(base::ErrorParam::Part) == u"twins");
}

void SharedTokensTest::withoutIdsAllRowsOfAKeyComeBack()
{
    load(withoutId, names("- A1 ada 400, - A2 ada 400, - A3 ada 400"));
    QVERIFY(m_store);
    const RevocationPlan plan = this->plan(ofUser("ada", store::StateFilter::All));
    // Since the plan.
    insert(QStringLiteral("- A1 ada 300"));
    insert(QStringLiteral("- A2 ada 300"));
    const RevocationReport report = carryOut(plan);
    QVERIFY2(!report.error, report.error ? qPrintable(base::oneLine(*report.error)) : "");
    QCOMPARE(left(), QStringList());
    insert(QStringLiteral("- A2 ada 200"));
    QCOMPARE(restored(report.auditId, 1), QStringLiteral("3 of 5, 2 there again"));
    QCOMPARE(left(), names("A1 ada, A1 ada, A2 ada, A3 ada"));
}

void SharedTokensTest::whatCannotBeLookedForIsNoFailure()
{
    load(withId, names("1 A1 ada 400, 2 A2 ada 400"));
    QVERIFY(m_store);
    faulty().beforeRowsOfTokens = [](std::span<const store::PlannedRow>, int) {
        return std::optional(base::Error(base::ErrorCode::Timeout));
    };
    const RevocationPlan plan = this->plan(ofUser("ada", store::StateFilter::All));
    QCOMPARE(plan.rows.size(), std::size_t(2));
    QVERIFY(!plan.whyNotLooked.isEmpty());
    const QString said = revoke::outlookOf(plan, *m_deployment).heldByOthers;
    QVERIFY2(said.startsWith(u"Whether other rows hold the tokens of these sessions was not looked for"),
             qPrintable(said));
    const RevocationReport report = carryOut(plan);
    QVERIFY(!report.error);
    QCOMPARE(report.revoked, 2);
    QVERIFY(!report.whyHeldUnknown.isEmpty());
    QVERIFY(!report.resumable);
    const auto entries = m_log->list(0, 100);
    QVERIFY(entries && entries->back().counts.value(u"stillHeld").toString() == u"not known");
    QVERIFY(!entries->back().counts.contains(u"error"));
}

void SharedTokensTest::theProofComesFirst()
{
    load(withId, names("1 A1 ada 400, 2 A1 ben 400"), QStringLiteral("http://127.0.0.1:9"));
    QVERIFY(m_store);
    revoke::RevocationOptions options;
    options.verify = true;
    options.verifyFor = milliseconds(200);
    const RevocationReport report = carryOut(planOfIds({QStringLiteral("1")}), options);
    const auto noted = [&](QStringView start) {
        return std::ranges::find_if(report.log, [start](const auto &done) { return done.what.startsWith(start); });
    };
    QVERIFY(noted(u"Asked the deployment") != report.log.end());
    QVERIFY(noted(u"Other rows hold") != report.log.end());
    QVERIFY(noted(u"Asked the deployment") < noted(u"Other rows hold"));
}

void SharedTokensTest::usersAreFoundByNearlyTheirName()
{
    load(withId, names("1 A1 ada 400"));
    QVERIFY(m_store);
    const auto alike = [this](const char *name) {
        const auto users = m_store->users()->usersAlike(QString::fromUtf8(name), soon());
        QStringList ids;
        for (const store::KnownUser &user : users.value_or(std::vector<store::KnownUser>()))
            ids << user.id;
        return users ? ids : QStringList(QString::fromUtf8(failureOf(users)));
    };
    QCOMPARE(alike("ADA"), names("ada"));
    QCOMPARE(alike(" Ada@Example.com\t"), names("ada"));
    QCOMPARE(alike("ben@example.com"), names("ben")); // the blank stands in the table
    QCOMPARE(alike("da"), QStringList());             // a part is not it
    QCOMPARE(alike("a%"), QStringList());
    QCOMPARE(alike(" "), QStringList());
}

QTEST_GUILESS_MAIN(SharedTokensTest)
#include "tst_SharedTokens.moc"
