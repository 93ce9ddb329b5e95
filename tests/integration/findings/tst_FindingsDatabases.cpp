#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/findings/Findings.h"
#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;
using findings::Finding;
using store::DatabaseKind;

namespace {

base::Call soon()
{
    return base::Call::within(std::chrono::seconds(30));
}

/// What a survey of a database came to, or why there is none.
struct Surveyed
{
    std::vector<Finding> findings;
    std::optional<findings::Survey> survey;
    std::optional<base::Error> error;

    [[nodiscard]] const Finding *find(const char *id) const
    {
        const auto found = std::ranges::find(findings, QString::fromLatin1(id), &Finding::id);
        return found == findings.end() ? nullptr : &*found;
    }
    [[nodiscard]] QStringList ids() const
    {
        QStringList all;
        for (const Finding &finding : findings)
            all << finding.id;
        return all;
    }
    [[nodiscard]] QByteArray all() const
    {
        QStringList texts;
        for (const Finding &finding : findings)
            texts << finding.id + QStringLiteral(": ") + finding.evidence;
        if (error)
            texts << base::oneLine(*error);
        return texts.join(QLatin1Char('\n')).toUtf8();
    }
};

/// Surveys the sessions at @p url at the fixtures' instant.
Surveyed surveyOf(const store::DatabaseUrl &url, const base::Call &call = soon(),
                  std::chrono::milliseconds timeout = std::chrono::seconds(10))
{
    static const base::FixedClock clock(test::fixtureNow());
    deployment::ConnectionConfig config;
    config.database = url.clone();
    config.storeOptions.timeout = timeout;
    Surveyed result;
    const auto deployment = deployment::Deployment::open(std::move(config), {}, clock, soon());
    if (!deployment) {
        result.error = deployment.error();
        return result;
    }
    const auto store = findings::openForSurvey(**deployment, soon());
    if (!store) {
        result.error = store.error();
        return result;
    }
    auto survey = findings::survey(**deployment, **store, findings::Depth::Exact, call);
    if (!survey) {
        result.error = survey.error();
        return result;
    }
    result.findings = findings::findingsOf(*survey);
    result.survey = std::move(*survey);
    return result;
}

} // namespace

/// What is wrong with every adapter's real tables, and whether the statements offered mend it.
class FindingsDatabasesTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsWhatAdaptersLack_data();
    void findsWhatAdaptersLack();
    void itsStatementsMakeTheIndexes_data();
    void itsStatementsMakeTheIndexes();
    void itsRolesAreWhatTheySay_data();
    void itsRolesAreWhatTheySay();
    void rightsOfGrantedRolesCount_data();
    void rightsOfGrantedRolesCount();
    void tellsDuplicatesAndOddDates();
    void quotesHostileNames();
    void saysWhatCouldNotBeChecked();
    void stopsWhenCancelled();

private:
    /// Runs @p sql as the administrator of the database at @p url.
    void run(const store::DatabaseUrl &url, const QString &sql);
    test::StoreFixtures m_fixtures;
};

void FindingsDatabasesTest::run(const store::DatabaseUrl &url, const QString &sql)
{
    QString problem;
    switch (url.kind) {
    case DatabaseKind::PostgreSql:
        // One statement each: CONCURRENTLY wants no transaction around it.
        for (const QString &statement : sql.split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
            problem = m_fixtures.server().runSql(url.database, statement);
            QVERIFY2(problem.isEmpty(), qPrintable(statement + QLatin1Char('\n') + problem));
        }
        return;
    case DatabaseKind::MySql:
        problem = m_fixtures.mariaDb().runSql(url.database, sql);
        break;
    case DatabaseKind::Sqlite:
        problem = test::runSqlite(url.database, sql.toUtf8());
        break;
    case DatabaseKind::Redis:
        problem = QStringLiteral("no SQL is understood there");
        break;
    }
    QVERIFY2(problem.isEmpty(), qPrintable(sql + QLatin1Char('\n') + problem));
}

void FindingsDatabasesTest::findsWhatAdaptersLack_data()
{
    QTest::addColumn<bool>("tokenIndexed");
    QTest::addColumn<bool>("userIndexed");
    QTest::addColumn<bool>("zoneless");
    QTest::addColumn<int>("orphans");
    const QJsonObject all = test::fixtureExpectations();
    QVERIFY(!all.isEmpty());
    for (auto fixture = all.begin(); fixture != all.end(); ++fixture) {
        const QString name = fixture.key();
        const auto has = [&name](const char *part) { return name.contains(QLatin1StringView(part)); };
        const QString type = fixture.value().toObject().value(QStringLiteral("expires_type")).toString();
        // Source: facts/database-schemas.md §2.
        const bool tokenIndexed = !has("pg-adapter") && !has("neon-adapter");
        const bool userIndexed =
            has("-mysql") || has("better-auth") || has("kysely") || name == u"mikro-orm-adapter-sqlite";
        const bool zoneless =
            !has("-sqlite") && (type.startsWith(u"timestamp without") || type.startsWith(u"datetime"));
        QTest::newRow(qPrintable(name)) << tokenIndexed << userIndexed << zoneless
                                        << fixture.value().toObject().value(QStringLiteral("orphan_sessions")).toInt();
    }
}

void FindingsDatabasesTest::findsWhatAdaptersLack()
{
    QFETCH(bool, tokenIndexed);
    QFETCH(bool, userIndexed);
    QFETCH(bool, zoneless);
    QFETCH(int, orphans);
    QString problem;
    const auto url = m_fixtures.load(QString::fromUtf8(QTest::currentDataTag()), problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const Surveyed found = surveyOf(url);
    QVERIFY2(found.survey, found.all().constData());
    QCOMPARE(found.find("index-token-missing") == nullptr, tokenIndexed);
    QCOMPARE(found.find("token-not-unique") == nullptr, tokenIndexed);
    QCOMPARE(found.find("index-user-missing") == nullptr, userIndexed);
    QVERIFY2(found.find("index-expires-missing"), found.all().constData()); // nobody indexes it
    QVERIFY2((found.find("zone-assumed") != nullptr) == zoneless, found.all().constData());
    // A session without a user id is no orphan: nobody can say whose it was.
    QVERIFY2((found.find("orphans") != nullptr) == (found.survey->stats->orphan > 0), found.all().constData());
    QVERIFY(found.survey->stats->orphan <= orphans);
    const Finding *prune = found.find("prune-due");
    QVERIFY2(prune && prune->evidence.startsWith(u"2 of 12 rows expired"), found.all().constData());
    for (const char *id : {"tokens-duplicated", "expiry-unreadable", "expiry-absurd", "sessions-idle"})
        QVERIFY2(!found.find(id), found.all().constData());
    QVERIFY2(found.ids().filter(QStringLiteral("unchecked")).isEmpty(), found.all().constData());
    for (const findings::IndexState &index : found.survey->tables->indexes) {
        if (!index.exists)
            QVERIFY2(index.plan && *index.plan && (*index.plan)->readsAll, found.all().constData());
    }
}

void FindingsDatabasesTest::itsStatementsMakeTheIndexes_data()
{
    QTest::addColumn<QString>("fixture");
    for (const char *fixture : {"pg-adapter-postgres", "typeorm-adapter-mysql", "d1-adapter-sqlite"})
        QTest::newRow(fixture) << QString::fromLatin1(fixture);
}

void FindingsDatabasesTest::itsStatementsMakeTheIndexes()
{
    QFETCH(QString, fixture);
    QString problem;
    const auto url = m_fixtures.load(fixture, problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const Surveyed before = surveyOf(url);
    QVERIFY2(before.survey, before.all().constData());
    int made = 0;
    for (const Finding &finding : before.findings) {
        if (finding.id.startsWith(u"index-")) {
            QVERIFY2(!finding.statement.isEmpty(), before.all().constData());
            run(url, finding.statement);
            ++made;
        }
    }
    QVERIFY(made > 0);
    const Surveyed after = surveyOf(url);
    QVERIFY2(after.survey, after.all().constData());
    QVERIFY2(after.ids().filter(QStringLiteral("index-")).isEmpty(), after.all().constData());
    QVERIFY2(!after.find("token-not-unique"), after.all().constData());
}

void FindingsDatabasesTest::itsRolesAreWhatTheySay_data()
{
    QTest::addColumn<QString>("fixture");
    QTest::addColumn<QString>("password"); // how the role gets one
    QTest::newRow("PostgreSQL") << QStringLiteral("pg-adapter-postgres")
                                << QStringLiteral("ALTER ROLE %1 PASSWORD 'only-a-test'");
    QTest::newRow("MariaDB") << QStringLiteral("prisma-adapter-mysql")
                             << QStringLiteral("ALTER USER %1@'%' IDENTIFIED BY 'only-a-test' ACCOUNT UNLOCK");
}

void FindingsDatabasesTest::itsRolesAreWhatTheySay()
{
    QFETCH(QString, fixture);
    QFETCH(QString, password);
    QString problem;
    const auto url = m_fixtures.load(fixture, problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const Surveyed asOwner = surveyOf(url);
    const Finding *tooLarge = asOwner.find("rights-too-large");
    QVERIFY2(tooLarge, asOwner.all().constData());
    run(url, tooLarge->statement);

    const auto as = [&](const char *name) {
        const QString role = QString::fromLatin1(name);
        run(url, password.arg(role));
        return url.kind == DatabaseKind::PostgreSql
                   ? m_fixtures.server().url(url.database, role, QStringLiteral("only-a-test"))
                   : m_fixtures.mariaDb().url(url.database, role, QStringLiteral("only-a-test"));
    };
    const auto inspector = as("rollcall_inspect");
    const Surveyed looking = surveyOf(inspector);
    QVERIFY2(looking.survey, looking.all().constData());
    QVERIFY2(!looking.find("rights-too-large") && looking.find("rights-inspect-only"), looking.all().constData());
    QCOMPARE(looking.survey->stats->live, asOwner.survey->stats->live);
    QCOMPARE(looking.survey->tables->expiries->rows(), asOwner.survey->tables->expiries->rows());

    const auto revoker = as("rollcall_revoke");
    const Surveyed revoking = surveyOf(revoker);
    QVERIFY2(revoking.survey, revoking.all().constData());
    QVERIFY2(revoking.ids().filter(QStringLiteral("rights-")).isEmpty(), revoking.all().constData());

    // The one may not delete, the other may.
    for (const auto &[role, may] : {std::pair{&inspector, false}, {&revoker, true}}) {
        const auto store = test::openDetected(*role, store::Access::Write, problem);
        QVERIFY2(store, qPrintable(problem));
        const auto rows = store->planRows({}, 1, test::fixtureNow(), soon());
        QVERIFY(rows && !rows->empty());
        const store::RowKey key = rows->front().key.clone();
        const auto deleted = store->deleteRows({&key, 1}, soon());
        QCOMPARE(deleted.has_value(), may);
        if (!may)
            QCOMPARE(deleted.error().code, base::ErrorCode::PermissionDenied);
    }
}

void FindingsDatabasesTest::rightsOfGrantedRolesCount_data()
{
    QTest::addColumn<QString>("fixture");
    QTest::addColumn<QString>("grants"); // of what %1 is a member of
    QTest::addColumn<QStringList>("found");
    const QString pg = QStringLiteral("pg-adapter-postgres");
    const QString pgReads = QStringLiteral("CREATE ROLE %1_reads\nGRANT SELECT ON sessions, users, accounts TO "
                                           "%1_reads\nCREATE ROLE %1 LOGIN PASSWORD 'only-a-test'\n"
                                           "GRANT %1_reads TO %1\n");
    QTest::newRow("postgres_reader") << pg << pgReads << QStringList{QStringLiteral("rights-inspect-only")};
    QTest::newRow("postgres_revoker") << pg
                                << pgReads + QStringLiteral("CREATE ROLE %1_ends\nGRANT INSERT, DELETE ON sessions TO "
                                                            "%1_ends\nCREATE ROLE %1_between\nGRANT %1_ends TO "
                                                            "%1_between\nGRANT %1_between TO %1\n")
                                << QStringList();
    QTest::newRow("postgres_owner") << pg
                              << pgReads + QStringLiteral("CREATE ROLE %1_owns\nALTER TABLE sessions OWNER TO "
                                                          "%1_owns\nGRANT %1_owns TO %1\n")
                              << QStringList{QStringLiteral("rights-too-large")};
    QTest::newRow("postgres_idle") << pg
                             << pgReads + QStringLiteral("CREATE ROLE %1_ends\nGRANT DELETE ON sessions TO "
                                                         "%1_ends\nGRANT %1_ends TO %1\nALTER ROLE %1 NOINHERIT\n"
                                                         "GRANT SELECT ON sessions, users, accounts TO %1\n")
                             << QStringList{QStringLiteral("rights-inspect-only")};
    const QString my = QStringLiteral("typeorm-adapter-mysql");
    const QString myReads = QStringLiteral("CREATE ROLE %1_reads; GRANT SELECT ON sessions TO %1_reads; GRANT SELECT "
                                           "ON users TO %1_reads; GRANT SELECT ON accounts TO %1_reads; "
                                           "CREATE USER %1@'%' IDENTIFIED BY 'only-a-test'; ");
    const QString myUses = QStringLiteral("GRANT %1_reads TO %1@'%'; SET DEFAULT ROLE %1_reads FOR %1@'%'; ");
    QTest::newRow("my_reader") << my << myReads + myUses << QStringList{QStringLiteral("rights-inspect-only")};
    QTest::newRow("my_revoker") << my
                                << myReads +
                                       QStringLiteral("CREATE ROLE %1_ends; GRANT INSERT, DELETE ON sessions TO "
                                                      "%1_ends; GRANT %1_ends TO %1_reads; ") +
                                       myUses
                                << QStringList();
    QTest::newRow("my_writer") << my << myReads + QStringLiteral("GRANT ALL ON sessions TO %1_reads; ") + myUses
                               << QStringList{QStringLiteral("rights-too-large")};
}

void FindingsDatabasesTest::rightsOfGrantedRolesCount()
{
    QFETCH(QString, fixture);
    QFETCH(QString, grants);
    QFETCH(QStringList, found);
    QString problem;
    const auto owner = m_fixtures.load(fixture, problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const QString role = QString::fromLatin1(QTest::currentDataTag());
    run(owner, grants.arg(role));
    const auto url = owner.kind == DatabaseKind::PostgreSql
                         ? m_fixtures.server().url(owner.database, role, QStringLiteral("only-a-test"))
                         : m_fixtures.mariaDb().url(owner.database, role, QStringLiteral("only-a-test"));
    const Surveyed as = surveyOf(url);
    QVERIFY2(as.survey, as.all().constData());
    const QStringList ids = as.ids();
    QStringList rights;
    for (const QString &id : ids) {
        if (id.startsWith(u"rights-"))
            rights << id;
    }
    QVERIFY2(rights == found, as.all().constData());
    // What is said of it is what the server does.
    const auto store = test::openDetected(url, store::Access::Write, problem);
    QVERIFY2(store, qPrintable(problem));
    const auto rows = store->planRows({}, 0, test::fixtureNow(), soon());
    QVERIFY(rows && rows->size() == 1);
    const auto deleted = store->deleteRows({&rows->front().key, 1}, soon());
    QVERIFY2(deleted.has_value() != found.contains(QStringLiteral("rights-inspect-only")), as.all().constData());
}

void FindingsDatabasesTest::tellsDuplicatesAndOddDates()
{
    QString problem;
    const auto url = m_fixtures.load(QStringLiteral("pg-adapter-postgres"), problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    run(url, QStringLiteral(
                 "INSERT INTO sessions (\"userId\", expires, \"sessionToken\") "
                 "SELECT \"userId\", 'infinity', \"sessionToken\" FROM sessions LIMIT 2\n"
                 "INSERT INTO sessions (\"userId\", expires, \"sessionToken\") "
                 "VALUES (4711, '0001-01-01', 'a-token-of-nobody-1'), (4712, '2101-01-01', 'a-token-of-nobody-2')"));
    const Surveyed found = surveyOf(url);
    const Finding *duplicates = found.find("tokens-duplicated");
    QVERIFY2(duplicates && duplicates->weight == findings::Weight::High, found.all().constData());
    QVERIFY2(duplicates->evidence.contains(u"2 tokens stand in 4 rows, among all 16 rows"), found.all().constData());
    QCOMPARE(found.findings.front().weight, findings::Weight::High);
    const Finding *absurd = found.find("expiry-absurd");
    QVERIFY2(absurd && absurd->evidence.contains(u"4 rows: 1 before 2015, 3 after 2099 or never"),
             found.all().constData());
    QVERIFY2(found.find("orphans"), found.all().constData());
    // A unique index cannot be made now: the statement offered is a plain one.
    QVERIFY2(!found.find("index-token-missing")->statement.contains(u"UNIQUE"), found.all().constData());
}

void FindingsDatabasesTest::quotesHostileNames()
{
    QString problem = m_fixtures.server().problem();
    const QString name = QStringLiteral("hostile");
    if (problem.isEmpty())
        problem = m_fixtures.server().createDatabase(name);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    const auto url = m_fixtures.server().url(name);
    run(url, QStringLiteral("CREATE TABLE \"us\"\"er; %1\" (id text PRIMARY KEY, name text, email text)\n"
                            "CREATE TABLE \"session's \"\"; %2\" (\"session_Token\" text, \"user Id\" text REFERENCES "
                            "\"us\"\"er; %1\", \"expires\" timestamptz, \"id\" text)"));
    const Surveyed found = surveyOf(url);
    QVERIFY2(found.survey, found.all().constData());
    QVERIFY2(found.find("sessions-idle"), found.all().constData()); // it is empty
    const QStringList ids = found.ids().filter(QStringLiteral("index-"));
    QCOMPARE(ids.size(), 3);
    for (const QString &id : ids) {
        const QString statement = found.find(qPrintable(id))->statement;
        QVERIFY2(statement.contains(u"ON \"public\".\"session's \"\"; %2\" (\""), qPrintable(statement));
        run(url, statement);
    }
    QVERIFY(surveyOf(url).ids().filter(QStringLiteral("index-")).isEmpty());
}

void FindingsDatabasesTest::saysWhatCouldNotBeChecked()
{
    QString problem;
    const auto url = m_fixtures.load(QStringLiteral("pg-adapter-postgres"), problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    // A role that may not read the users: whose sessions they are cannot be counted.
    run(url, QStringLiteral("CREATE ROLE half LOGIN PASSWORD 'only-a-test'\nGRANT SELECT ON sessions TO half"));
    const auto half = m_fixtures.server().url(url.database, QStringLiteral("half"), QStringLiteral("only-a-test"));
    static const base::FixedClock clock(test::fixtureNow());
    const auto detection = store::detectSchema(url, {}, soon());
    QVERIFY(detection && detection->best);
    deployment::ConnectionConfig config;
    config.database = half.clone();
    config.schema = detection->best;
    const auto deployment = deployment::Deployment::open(std::move(config), {}, clock, soon());
    QVERIFY(deployment.has_value());
    const auto store = findings::openForSurvey(**deployment, soon());
    QVERIFY2(store.has_value(), store ? "" : qPrintable(base::oneLine(store.error())));
    const auto survey = findings::survey(**deployment, **store, findings::Depth::Exact, soon());
    QVERIFY(survey.has_value());
    Surveyed found;
    found.findings = findings::findingsOf(*survey);
    const Finding *counts = found.find("unchecked-counts");
    QVERIFY2(counts && counts->evidence.contains(u"users"), found.all().constData());
    const Finding *tooSmall = found.find("rights-too-small");
    QVERIFY2(tooSmall && tooSmall->statement.contains(u"GRANT SELECT (\"id\""), found.all().constData());
    // What needs the sessions table alone was checked all the same.
    QVERIFY2(found.find("prune-due") && found.find("index-user-missing"), found.all().constData());
}

void FindingsDatabasesTest::stopsWhenCancelled()
{
    QString problem;
    const auto url = m_fixtures.load(QStringLiteral("pg-adapter-postgres"), problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    std::stop_source stop;
    stop.request_stop();
    const Surveyed cancelled = surveyOf(url, base::Call::within(std::chrono::seconds(10), stop.get_token()));
    QVERIFY(!cancelled.survey);
    QCOMPARE(cancelled.error->code, base::ErrorCode::Cancelled);
    // Time that is up is no end: what could not be asked any more is said.
    const Surveyed late = surveyOf(url, base::Call::within(std::chrono::milliseconds(0)));
    QVERIFY2(late.survey, late.all().constData());
    QVERIFY2(late.find("unchecked-orphans") && late.find("unchecked-expiries") && late.find("unchecked-rights"),
             late.all().constData());
}

QTEST_GUILESS_MAIN(FindingsDatabasesTest)
#include "tst_FindingsDatabases.moc"
