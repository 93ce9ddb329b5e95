#include "core/store/SqlSessionStore.h"

#include "core/store/EstimatedStats.h"

// How many sessions there are: counted, and as the database reckons.

using rollcall::base::Call;
using rollcall::base::ErrorCode;
using rollcall::base::fail;
using rollcall::base::Result;

namespace rollcall::store {

Result<SessionStats> SqlSessionStore::stats(base::Instant now, const Call &call)
{
    auto exact = exactStats(now, call);
    if (exact || exact.error().code != ErrorCode::Timeout || m_kind == DatabaseKind::Sqlite)
        return exact;
    // The time given is over: an estimate costs a few milliseconds more.
    const Call brief = Call::within(std::chrono::seconds(2), call.stop);
    if (m_kind == DatabaseKind::MySql) {
        auto sampled = sampledStats(*m_connection, m_list, now, brief);
        if (!sampled)
            return fail(explain(std::move(sampled.error()), reading()));
        return sampled;
    }
    auto reckoned = estimatedStats(now, brief);
    if (!reckoned)
        return fail(std::move(reckoned.error()));
    return *reckoned ? Result<SessionStats>(std::move(**reckoned)) : exact;
}

Result<SessionStats> SqlSessionStore::exactStats(base::Instant now, const Call &call)
{
    SessionStats stats;
    auto transaction = SqlTransaction::begin(*m_connection, TransactionMode::Read, call);
    if (!transaction)
        return fail(explain(std::move(transaction.error()), reading()));
    auto read = m_connection->execute(
        m_list.totals(now),
        [&stats](const SqlRow &row) {
            stats.live = row.integer(0);
            stats.expired = row.integer(1);
            stats.orphan = row.integer(2);
            stats.activeUsers = row.integer(3);
            stats.expiring1h = row.integer(4);
            stats.expiring24h = row.integer(5);
            stats.expiring7d = row.integer(6);
        },
        call);
    if (read)
        read = m_connection->execute(
            m_list.liveByProvider(now),
            [&stats](const SqlRow &row) {
                stats.byProvider.emplace_back(row.text(0).value_or(QStringLiteral("none")), row.integer(1));
            },
            call);
    if (!read) {
        m_connection->rollback();
        return fail(explain(std::move(read.error()), reading()));
    }
    if (auto done = transaction->commit(call); !done)
        return fail(std::move(done.error()));
    std::ranges::sort(stats.byProvider);
    return stats;
}

Result<std::optional<SessionStats>> SqlSessionStore::estimatedStats(base::Instant now, const Call &call)
{
    using namespace std::chrono_literals;
    SessionStats stats;
    stats.estimated = true;
    SessionQuery live;
    SessionQuery expired;
    expired.state = StateFilter::Expired;
    const auto ending = [&](std::chrono::milliseconds within) {
        SessionQuery query;
        query.expiresBefore = now + within;
        return query;
    };
    for (const auto &[query, into] : {std::pair<SessionQuery, qint64 *>{live, &stats.live},
                                      {expired, &stats.expired},
                                      {ending(1h), &stats.expiring1h},
                                      {ending(24h), &stats.expiring24h},
                                      {ending(24h * 7), &stats.expiring7d}}) {
        const auto rows = estimatedCount(query, now, call);
        if (!rows)
            return fail(rows.error());
        if (!*rows)
            return std::nullopt;
        *into = **rows;
    }
    return stats;
}

Result<std::optional<qint64>> SqlSessionStore::estimatedCount(const SessionQuery &query, base::Instant now,
                                                              const Call &call)
{
    // MySQL has no figures of how conditions on several tables go together.
    const bool filtersUsers = query.user || query.provider || query.search;
    if (!m_inspector.knowsExpiries() || (m_kind == DatabaseKind::MySql && filtersUsers))
        return std::nullopt;
    const auto resolved = resolve(query, false, call);
    if (!resolved)
        return fail(resolved.error());
    auto rows = m_inspector.estimatedRows(m_list.matches(*resolved, now), call);
    if (!rows)
        return fail(explain(std::move(rows.error()), reading()));
    return rows;
}

Result<qint64> SqlSessionStore::count(const SessionQuery &query, base::Instant now, const Call &call)
{
    const auto resolved = resolve(query, false, call);
    if (!resolved)
        return fail(resolved.error());
    qint64 rows = 0;
    const auto read = m_connection->read(
        m_list.count(*resolved, now), [&rows](const SqlRow &row) { rows = row.integer(0); }, call);
    if (!read)
        return fail(explain(read.error(), reading()));
    return rows;
}

} // namespace rollcall::store
