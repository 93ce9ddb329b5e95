#include <QtTest>

#include "core/findings/Collectors.h"
#include "core/findings/Findings.h"

using namespace rollcall;
using namespace rollcall::findings;
using namespace std::chrono_literals;

namespace {

base::Instant now()
{
    using namespace std::chrono;
    return base::Instant(sys_days(2026y / June / 15) + 12h);
}

Expiries someExpiries()
{
    Expiries expiries;
    expiries.days.assign(daysBefore + daysAfter, 0);
    expiries.days[daysBefore + 20] = 8;
    expiries.live = 8;
    expiries.newest = now() + 24h * 20;
    return expiries;
}

/// A table that nothing is wrong with.
Survey healthy()
{
    store::RoleRights rights;
    rights.role = QStringLiteral("rollcall_revoke");
    rights.sessions = {
        .schema = {}, .table = QStringLiteral("sessions"), .select = true, .insert = true, .remove = true};
    store::SchemaProfile schema;
    schema.adapter = QStringLiteral("prisma");
    schema.sessions.token = QStringLiteral("sessionToken");
    schema.sessions.userId = QStringLiteral("userId");
    schema.sessions.expires = QStringLiteral("expires");
    std::vector<IndexState> indexes;
    for (const auto column : {store::LookupColumn::Token, store::LookupColumn::User, store::LookupColumn::Expires})
        indexes.push_back({.column = column,
                           .name = QStringLiteral("c"),
                           .exists = true,
                           .create = QStringLiteral("CREATE INDEX"),
                           .createUnique = QStringLiteral("CREATE UNIQUE INDEX"),
                           .plan = {}});
    store::SessionStats stats;
    stats.live = 8;
    return {.now = now(),
            .version = session::AuthVersion::V5,
            .strategy = session::Strategy::Database,
            .strategyIsSaid = false,
            .lifetime = 24h * 30,
            .hasCache = false,
            .timeZone = QStringLiteral("UTC"),
            .timeZoneIsSaid = false,
            .stats = stats,
            .tables = SurveyedTables{.schema = schema,
                                     .sessions = QStringLiteral("\"sessions\""),
                                     .tokenIsUnique = true,
                                     .userIsReferenced = true,
                                     .orderCanUseIndex = true,
                                     .indexes = indexes,
                                     .size = store::TableSize{.rows = 8, .bytes = 8192, .bytesAreOfDatabase = false},
                                     .rights = std::optional(rights),
                                     .inspectRole = QStringLiteral("CREATE ROLE inspect"),
                                     .revokeRole = QStringLiteral("CREATE ROLE revoke"),
                                     .expiries = someExpiries(),
                                     .duplicates = store::DuplicateTokens{},
                                     .zoneless = false}};
}

const Finding *find(const std::vector<Finding> &all, const QString &id)
{
    const auto found = std::ranges::find(all, id, &Finding::id);
    return found == all.end() ? nullptr : &*found;
}

using Change = std::function<void(Survey &)>;

} // namespace

Q_DECLARE_METATYPE(Change)
Q_DECLARE_METATYPE(Weight)

/// What collectors conclude from what a survey found.
class FindingsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsWrongWithAHealthyTable()
    {
        const auto found = findingsOf(healthy());
        QVERIFY2(found.empty(), found.empty() ? "" : qPrintable(found.front().id));
    }

    void concludes_data();
    void concludes();
    void theHeaviestStandsFirst();
    void hintsAtAZoneOnlyByWholeHours();
    void countsWhatIsAddedADay();
    void offersAUniqueIndexWhereItCanBeMade();
    void saysWhatAnIndexOnTheExpiryServes();
    void goesByTheCountsWhereThereAreNoTables();
};

void FindingsTest::concludes_data()
{
    QTest::addColumn<Change>("change");
    QTest::addColumn<QString>("id");
    QTest::addColumn<Weight>("weight");
    const auto row = [](const char *name, Change change, const char *id, Weight weight) {
        QTest::newRow(name) << std::move(change) << QString::fromLatin1(id) << weight;
    };
    row(
        "no token index", [](Survey &s) { s.tables->indexes[0].exists = false; }, "index-token-missing", Weight::High);
    row(
        "no user index", [](Survey &s) { s.tables->indexes[1].exists = false; }, "index-user-missing", Weight::Medium);
    row(
        "no expiry index, few rows", [](Survey &s) { s.tables->indexes[2].exists = false; }, "index-expires-missing",
        Weight::Low);
    row(
        "no expiry index, many rows",
        [](Survey &s) {
            s.tables->indexes[2].exists = false;
            s.tables->expiries->live = 100'000;
        },
        "index-expires-missing", Weight::Medium);
    row(
        "superuser", [](Survey &s) { (*s.tables->rights)->isSuperuser = true; }, "rights-too-large", Weight::Medium);
    row(
        "may update users",
        [](Survey &s) {
            (*s.tables->rights)->users =
                store::TableRights{.schema = {}, .table = QStringLiteral("users"), .select = true, .update = true};
        },
        "rights-too-large", Weight::Medium);
    row(
        "may not delete", [](Survey &s) { (*s.tables->rights)->sessions.remove = false; }, "rights-inspect-only",
        Weight::Low);
    row(
        "may not read users",
        [](Survey &s) {
            (*s.tables->rights)->users = store::TableRights{.schema = {}, .table = QStringLiteral("users")};
            s.stats = base::fail(base::Error(base::ErrorCode::PermissionDenied));
        },
        "rights-too-small", Weight::Medium);
    row(
        "rights unknown", [](Survey &s) { s.tables->rights = base::fail(base::Error(base::ErrorCode::Timeout)); },
        "unchecked-rights", Weight::Low);
    row(
        "few expired", [](Survey &s) { s.tables->expiries->prunable = s.tables->expiries->expired = 8; }, "prune-due",
        Weight::Low);
    row(
        "most expired", [](Survey &s) { s.tables->expiries->prunable = s.tables->expiries->expired = 100; },
        "prune-due", Weight::Medium);
    row(
        "orphans", [](Survey &s) { s.stats->orphan = 1; }, "orphans", Weight::Medium);
    row(
        "counts cut short", [](Survey &s) { s.stats->estimated = true; }, "unchecked-orphans", Weight::Low);
    row(
        "reckoned",
        [](Survey &s) {
            s.depth = Depth::Estimates;
            s.stats->estimated = true;
        },
        "uncounted", Weight::Low);
    row(
        "reckoned, most expired",
        [](Survey &s) { // beside what is not counted, of which the row above tells
            s.tables->expiries->prunable = s.tables->expiries->expired = 6'712'345;
            s.tables->expiries->estimated = true;
        },
        "prune-due", Weight::Medium);
    row(
        "no counts", [](Survey &s) { s.stats = base::fail(base::Error(base::ErrorCode::Timeout)); }, "unchecked-counts",
        Weight::Low);
    row(
        "expiries not read", [](Survey &s) { s.tables->expiries = base::fail(base::Error(base::ErrorCode::Timeout)); },
        "unchecked-expiries", Weight::Low);
    row(
        "not unique", [](Survey &s) { s.tables->tokenIsUnique = false; }, "token-not-unique", Weight::Medium);
    row(
        "duplicates",
        [](Survey &s) {
            s.tables->tokenIsUnique = false;
            s.tables->duplicates = store::DuplicateTokens{.rowsRead = 8, .tokens = 1, .rows = 2, .complete = true};
        },
        "tokens-duplicated", Weight::High);
    row(
        "duplicates not compared",
        [](Survey &s) {
            s.tables->tokenIsUnique = false;
            s.tables->duplicates = base::fail(base::Error(base::ErrorCode::Timeout));
        },
        "unchecked-duplicates", Weight::Low);
    row(
        "unreadable dates", [](Survey &s) { s.tables->expiries->unreadable = 1; }, "expiry-unreadable", Weight::Medium);
    row(
        "no dates", [](Survey &s) { s.tables->expiries->absent = 1; }, "expiry-unreadable", Weight::Medium);
    row(
        "absurd dates", [](Survey &s) { s.tables->expiries->tooLate = 1; }, "expiry-absurd", Weight::Medium);
    row(
        "zone assumed", [](Survey &s) { s.tables->zoneless = true; }, "zone-assumed", Weight::Low);
    row(
        "zone unknown", [](Survey &s) { s.tables->zoneless = base::fail(base::Error(base::ErrorCode::Timeout)); },
        "unchecked-zone", Weight::Low);
    row(
        "empty table",
        [](Survey &s) {
            s.tables->expiries = Expiries();
            s.tables->expiries->days.assign(daysBefore + daysAfter, 0);
        },
        "sessions-idle", Weight::Medium);
    row(
        "nobody signed in",
        [](Survey &s) {
            s.tables->expiries->live = 0;
            s.tables->expiries->expired = 8;
        },
        "sessions-idle", Weight::Medium);
    row(
        "JWT with live rows", [](Survey &s) { s.strategy = session::Strategy::Jwt; }, "sessions-unused",
        Weight::Medium);
    row(
        "JWT with old rows",
        [](Survey &s) {
            s.strategy = session::Strategy::Jwt;
            s.tables->expiries->live = 0;
            s.tables->expiries->expired = 8;
        },
        "sessions-unused", Weight::Low);
    row(
        "Better Auth", [](Survey &s) { s.tables->schema.adapter = QStringLiteral("better-auth"); },
        "secondary-storage-possible", Weight::Medium);
}

void FindingsTest::concludes()
{
    QFETCH(Change, change);
    QFETCH(QString, id);
    QFETCH(Weight, weight);
    Survey survey = healthy();
    change(survey);
    const auto all = findingsOf(survey);
    const Finding *found = find(all, id);
    QVERIFY(found);
    QCOMPARE(weightName(found->weight), weightName(weight));
    QVERIFY(!found->title.isEmpty() && !found->evidence.isEmpty() && !found->remedy.isEmpty());
}

void FindingsTest::theHeaviestStandsFirst()
{
    Survey survey = healthy();
    survey.tables->indexes[2].exists = false; // low
    survey.tables->tokenIsUnique = false;     // medium
    survey.tables->indexes[0].exists = false; // high
    survey.tables->zoneless = true;           // low
    const auto all = findingsOf(survey);
    QCOMPARE(all.size(), std::size_t(4));
    QVERIFY(std::ranges::is_sorted(all, std::ranges::greater(), &Finding::weight));
    QCOMPARE(all.front().id, QStringLiteral("index-token-missing"));
}

void FindingsTest::hintsAtAZoneOnlyByWholeHours()
{
    Survey survey = healthy();
    survey.tables->zoneless = true;
    const auto at = [&](std::chrono::milliseconds off) {
        survey.tables->expiries->newest = now() + survey.lifetime + off;
        const auto all = findingsOf(survey);
        const Finding *found = find(all, QStringLiteral("zone-assumed"));
        return found ? std::optional(found->weight) : std::nullopt;
    };
    QCOMPARE(at(0h), Weight::Low); // agrees with UTC
    QCOMPARE(at(-4h - 1min), Weight::Medium);
    QCOMPARE(at(2h), Weight::Medium);
    QCOMPARE(at(-4h - 30min), Weight::Low);
    QCOMPARE(at(15h), Weight::Low);
    survey.timeZoneIsSaid = true;
    QVERIFY(!at(0h)); // chosen, and nothing speaks against it
    QCOMPARE(at(-4h), Weight::Medium);
}

void FindingsTest::countsWhatIsAddedADay()
{
    Survey survey = healthy();
    Expiries &expiries = *survey.tables->expiries;
    expiries.oldest = now() - 24h * 30;
    expiries.expired = expiries.prunable = 500;
    std::fill_n(expiries.days.begin() + daysBefore - 7, 7, 41);
    const auto all = findingsOf(survey);
    const Finding *found = find(all, QStringLiteral("prune-due"));
    QVERIFY(found);
    QCOMPARE(found->evidence, QStringLiteral("500 of 508 rows expired more than 24 h ago (98 %), the oldest on "
                                             "2026-05-16. About 41 a day are added to them. The table takes 8.0 kB "
                                             "with its indexes."));
}

void FindingsTest::offersAUniqueIndexWhereItCanBeMade()
{
    Survey survey = healthy();
    survey.tables->tokenIsUnique = false;
    survey.tables->indexes[0].exists = false;
    const auto statement = [&] {
        const auto all = findingsOf(survey);
        return find(all, QStringLiteral("index-token-missing"))->statement;
    };
    survey.tables->duplicates = store::DuplicateTokens{.rowsRead = 8, .tokens = 0, .rows = 0, .complete = true};
    QCOMPARE(statement(), QStringLiteral("CREATE UNIQUE INDEX"));
    survey.tables->duplicates->complete = false; // there may be more
    QCOMPARE(statement(), QStringLiteral("CREATE INDEX"));
    survey.tables->indexes[0].exists = true;
    const auto withIndex = findingsOf(survey);
    QVERIFY(find(withIndex, QStringLiteral("token-not-unique"))->statement.isEmpty());
    survey.tables->indexes[0].exists = false;
    survey.tables->duplicates = base::fail(base::Error(base::ErrorCode::Timeout));
    QCOMPARE(statement(), QStringLiteral("CREATE INDEX"));
    // A partitioned table takes a plain one alone, and it is said why.
    survey.tables->duplicates = store::DuplicateTokens{.rowsRead = 8, .tokens = 0, .rows = 0, .complete = true};
    survey.tables->indexes[0].createUnique.clear();
    QCOMPARE(statement(), QStringLiteral("CREATE INDEX"));
    const auto all = findingsOf(survey);
    for (const char *id : {"index-token-missing", "token-not-unique"})
        QVERIFY2(find(all, QLatin1StringView(id))->remedy.contains(QStringLiteral("partition")), id);
    QVERIFY(find(all, QStringLiteral("token-not-unique"))->statement.isEmpty());
}

void FindingsTest::saysWhatAnIndexOnTheExpiryServes()
{
    Survey survey = healthy();
    survey.tables->indexes[2].exists = false;
    const auto says = [&](const char *words) {
        const auto all = findingsOf(survey);
        const Finding *found = find(all, QStringLiteral("index-expires-missing"));
        return found && found->evidence.contains(QLatin1StringView(words));
    };
    constexpr auto never = "not Rollcall's own order";
    constexpr auto ofOneForm = "where every row stores it in one form";
    QVERIFY(!says(never) && !says(ofOneForm)); // a column of times
    for (const auto encoding : {store::ExpiresEncoding::TextIso, store::ExpiresEncoding::TextEpochMilliseconds,
                                store::ExpiresEncoding::Mixed}) { // SQLite, that orders them as they are stored
        survey.tables->schema.sessions.encoding = encoding;
        survey.tables->orderCanUseIndex = true;
        QVERIFY(!says(never) && says(ofOneForm));
        survey.tables->orderCanUseIndex = false;
        QVERIFY(says(never) && !says(ofOneForm));
    }
}

void FindingsTest::goesByTheCountsWhereThereAreNoTables()
{
    Survey survey = healthy();
    survey.tables.reset();
    QVERIFY(findingsOf(survey).empty());
    survey.stats->expired = 92;
    const auto all = findingsOf(survey);
    QCOMPARE(all.size(), std::size_t(1));
    QCOMPARE(all.front().evidence, QStringLiteral("92 of 100 rows have expired."));
    QCOMPARE(all.front().weight, Weight::Medium);
}

QTEST_GUILESS_MAIN(FindingsTest)
#include "tst_Findings.moc"
