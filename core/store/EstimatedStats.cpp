#include "core/store/EstimatedStats.h"

#include <QtGlobal>

using rollcall::base::Call;
using rollcall::base::fail;
using rollcall::base::Result;

namespace rollcall::store {

namespace {

constexpr int rowsAtEachEnd = 2'000; ///< some milliseconds by the key's index

} // namespace

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
