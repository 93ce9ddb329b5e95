#include "core/store/EstimatedStats.h"

#include <QtGlobal>

#include "core/store/AccessRights.h"

using rollcall::base::Call;
using rollcall::base::fail;
using rollcall::base::Result;

namespace rollcall::store {

namespace {

constexpr int rowsAtEachEnd = 2'000; ///< some milliseconds by the key's index

Result<qint64> plannedRows(SqlConnection &connection, SqlStatement statement, const Call &call)
{
    statement.sql.prepend(QStringLiteral("EXPLAIN (FORMAT JSON) "));
    QByteArray plan;
    const auto read = connection.read(
        statement, [&plan](const SqlRow &row) { plan += row.bytes(0).toByteArray(); }, call);
    if (!read)
        return fail(read.error());
    return estimatedRows(plan);
}

} // namespace

Result<SessionStats> plannedStats(SqlConnection &connection, const SessionSql &list, base::Instant now,
                                  const Call &call)
{
    SessionStats stats;
    stats.estimated = true;
    for (const auto &[state, into] :
         {std::pair<StateFilter, qint64 *>{StateFilter::Live, &stats.live}, {StateFilter::Expired, &stats.expired}}) {
        SessionQuery query;
        query.state = state;
        const auto rows =
            plannedRows(connection, list.list({query, std::nullopt}, std::nullopt, now, INT32_MAX, false), call);
        if (!rows)
            return fail(rows.error());
        *into = *rows;
    }
    return stats;
}

Result<SessionStats> sampledStats(SqlConnection &connection, const SessionSql &list, base::Instant now,
                                  const Call &call)
{
    qint64 rows = 0;
    auto read = connection.read(
        list.rowsInCatalogue(), [&rows](const SqlRow &row) { rows = row.integer(0); }, call);
    if (!read)
        return fail(read.error());
    qint64 live = 0;
    qint64 expired = 0;
    qint64 sampled = 0;
    read = connection.read(
        list.statesAtBothEnds(now, rowsAtEachEnd),
        [&](const SqlRow &row) {
            live = row.integer(0);
            expired = row.integer(1);
            sampled = row.integer(2);
        },
        call);
    if (!read)
        return fail(read.error());
    const auto share = [&](qint64 part) {
        return sampled == 0 ? 0 : qRound64(static_cast<double>(rows) * static_cast<double>(part) / double(sampled));
    };
    SessionStats stats;
    stats.estimated = true;
    stats.live = share(live);
    stats.expired = share(expired);
    return stats;
}

} // namespace rollcall::store
