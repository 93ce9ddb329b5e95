#include "core/findings/Survey.h"

#include "core/base/LostLink.h"

namespace rollcall::findings {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::Instant;

namespace {

using namespace std::chrono;

constexpr Instant firstMeant{sys_days(year(2015) / January / 1)};
constexpr Instant lastMeant{sys_days(year(2100) / January / 1)};
// The edges: 2015, then the days from -14 to +30 (now is one of them), then 2100.
constexpr std::size_t firstDay = 2; ///< bucket of the first day
constexpr std::size_t today = firstDay + daysBefore;
constexpr std::size_t afterDays = today + daysAfter;
constexpr std::size_t afterMeant = afterDays + 1;

std::vector<Instant> edgesAround(Instant now)
{
    std::vector<Instant> edges{firstMeant};
    for (int day = -daysBefore; day <= daysAfter; ++day)
        edges.push_back(now + hours(24) * day);
    edges.push_back(lastMeant);
    return edges;
}

Expiries expiriesOf(const store::ExpiryHistogram &histogram)
{
    Expiries found;
    found.unreadable = histogram.unreadable;
    found.absent = histogram.absent;
    for (std::size_t i = 0; i < histogram.buckets.size(); ++i) {
        const store::ExpiryBucket &bucket = histogram.buckets[i];
        if (i == 0)
            found.tooEarly = bucket.rows;
        else if (i == afterMeant)
            found.tooLate = bucket.rows;
        if (i < today)
            found.expired += bucket.rows;
        else if (i < afterMeant)
            found.live += bucket.rows;
        if (i + 1 < today) // the day before now is the margin
            found.prunable += bucket.rows;
        if (i == afterDays)
            found.beyondDays = bucket.rows;
        if (i >= firstDay && i < afterDays)
            found.days.push_back(bucket.rows);
        if (i == 0 || i == afterMeant)
            continue;
        if (bucket.first && (!found.oldest || *bucket.first < *found.oldest))
            found.oldest = bucket.first;
        if (bucket.last && (!found.newest || *bucket.last > *found.newest))
            found.newest = bucket.last;
    }
    return found;
}

/// Asks one question after the other, until one ends the survey.
class Asker final
{
public:
    Asker(milliseconds each, const Call &call) : m_each(each), m_call(call) {}

    template <typename Question>
    auto ask(const Question &question) -> decltype(question(std::declval<const Call &>()))
    {
        if (m_end)
            return base::fail(*m_end);
        auto answer = question(m_call.atMost(m_each));
        if (!answer && (answer.error().code == ErrorCode::Cancelled || base::isLostLink(answer.error().code)))
            m_end = answer.error();
        return answer;
    }
    [[nodiscard]] const std::optional<Error> &end() const { return m_end; }

private:
    milliseconds m_each;
    const Call &m_call;
    std::optional<Error> m_end;
};

IndexState indexState(store::StoreInspector &inspector, store::LookupColumn column, const QString &name, bool exists,
                      Asker &asker)
{
    IndexState state{.column = column,
                     .name = name,
                     .exists = exists,
                     .create = inspector.createIndex(column, false),
                     .createUnique = inspector.createIndex(column, true),
                     .plan = {}};
    if (!exists)
        state.plan = asker.ask([&](const Call &call) { return inspector.plan(column, call); });
    return state;
}

base::Result<Expiries> expiriesAt(store::StoreInspector &inspector, Instant now, Depth depth, const Call &call)
{
    const std::vector<Instant> edges = edgesAround(now);
    if (depth == Depth::Estimates) {
        auto estimated = inspector.estimatedExpiries(edges, call);
        if (!estimated)
            return base::fail(std::move(estimated.error()));
        if (*estimated) {
            Expiries found = expiriesOf(**estimated);
            found.estimated = true;
            found.tooEarly = 0; // so few that no statistics show them
            found.tooLate = 0;
            return found;
        }
    }
    auto histogram = inspector.expiries(edges, call);
    if (!histogram)
        return base::fail(std::move(histogram.error()));
    return expiriesOf(*histogram);
}

SurveyedTables surveyTables(store::StoreInspector &inspector, Instant now, Depth depth, Asker &asker)
{
    const store::SchemaProfile &schema = inspector.schema();
    SurveyedTables tables{.schema = schema,
                          .sessions = inspector.quotedTable(schema.sessions.schema, schema.sessions.table),
                          .tokenIsUnique = inspector.tokenIsUnique(),
                          .userIsReferenced = inspector.userIsReferenced(),
                          .orderCanUseIndex = inspector.orderCanUseIndex(),
                          .indexes = {},
                          .size = {},
                          .rights = {},
                          .inspectRole = {},
                          .revokeRole = {},
                          .expiries = {},
                          .duplicates = {},
                          .zoneless = {}};
    tables.size = asker.ask([&](const Call &call) { return inspector.size(call); });
    tables.indexes.push_back(
        indexState(inspector, store::LookupColumn::Token, schema.sessions.token, schema.indexes.token, asker));
    tables.indexes.push_back(
        indexState(inspector, store::LookupColumn::User, schema.sessions.userId, schema.indexes.userId, asker));
    tables.indexes.push_back(
        indexState(inspector, store::LookupColumn::Expires, schema.sessions.expires, schema.indexes.expires, asker));
    tables.rights = asker.ask([&](const Call &call) { return inspector.rights(call); });
    if (tables.rights && *tables.rights) {
        tables.inspectRole =
            inspector.createRole(store::RolePurpose::Inspect, QStringLiteral("rollcall_inspect"), **tables.rights);
        tables.revokeRole =
            inspector.createRole(store::RolePurpose::Revoke, QStringLiteral("rollcall_revoke"), **tables.rights);
    }
    tables.zoneless = asker.ask([&](const Call &call) { return inspector.isZoneless(call); });
    tables.expiries = asker.ask([&](const Call &call) { return expiriesAt(inspector, now, depth, call); });
    // A unique column holds none, and need not be read.
    if (tables.tokenIsUnique)
        tables.duplicates = store::DuplicateTokens{.rowsRead = 0, .tokens = 0, .rows = 0, .complete = true};
    else
        tables.duplicates = asker.ask([&](const Call &call) { return inspector.duplicates(call); });
    return tables;
}

} // namespace

base::Result<Survey> survey(const deployment::Deployment &deployment, store::SessionStore &store, Depth depth,
                            const Call &call)
{
    const auto &config = deployment.config();
    Survey found{.now = deployment.clock().now(),
                 .depth = Depth::Exact,
                 .version = deployment.auth()->version,
                 .strategy = deployment.auth()->strategy,
                 .strategyIsSaid = config.profile.strategy.has_value(),
                 .lifetime = deployment.auth()->lifetime(),
                 .hasCache = config.cache.has_value(),
                 .timeZone = QString::fromUtf8(config.storeOptions.timeZone.id()),
                 .timeZoneIsSaid = !config.profile.timeZone.isEmpty(),
                 .stats = {},
                 .tables = {}};
    Asker asker(config.storeOptions.timeout, call);
    if (depth == Depth::Estimates) {
        const auto estimated = asker.ask([&](const Call &each) { return store.estimatedStats(found.now, each); });
        if (estimated && *estimated && (*estimated)->live + (*estimated)->expired > countedUnasked) {
            found.depth = Depth::Estimates;
            found.stats = **estimated;
        }
    }
    if (found.depth == Depth::Exact)
        found.stats = asker.ask([&](const Call &each) { return store.stats(found.now, each); });
    if (store::StoreInspector *inspector = store.inspector())
        found.tables = surveyTables(*inspector, found.now, found.depth, asker);
    if (asker.end())
        return base::fail(*asker.end());
    return found;
}

base::Result<std::unique_ptr<store::SessionStore>> openForSurvey(const deployment::Deployment &deployment,
                                                                 const Call &call)
{
    if (deployment.auth()->strategy == session::Strategy::Database)
        return deployment.openStore(store::Access::ReadOnly, call);
    const auto &config = deployment.config();
    if (!config.database)
        return base::fail(Error(ErrorCode::PartNotGiven)
                              .with(ErrorParam::Part, QStringLiteral("database"))
                              .with(ErrorParam::Flag, QStringLiteral("--database")));
    std::optional<store::SchemaProfile> schema = config.schema;
    if (!schema) {
        auto detection = store::detectSchema(*config.database, config.storeOptions, call);
        if (!detection)
            return base::fail(std::move(detection.error()));
        schema = std::move(detection->best);
    }
    if (!schema)
        return nullptr;
    return store::openStore(*config.database, *schema, config.storeOptions, store::Access::ReadOnly, call);
}

} // namespace rollcall::findings
