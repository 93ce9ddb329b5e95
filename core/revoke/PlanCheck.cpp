#include "core/revoke/PlanCheck.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace rollcall::revoke {

using base::Call;
using store::PlannedRow;
using store::SessionRow;

namespace {

std::tuple<QByteArrayView, QByteArrayView, std::optional<QString>> identity(const PlannedRow &row)
{
    return {row.key.key.view(), row.key.token.view(), row.key.userId};
}

void show(PlannedRow &row, const SessionRow &found)
{
    row.shown.name = found.userName;
    row.shown.email = found.userEmail;
    row.shown.expires = found.expires;
}

/// Looks at some rows of a plan.
class Look
{
public:
    Look(std::vector<PlannedRow> holders, store::SessionStore &store, const Call &call)
        : m_holders(std::move(holders)), m_store(store), m_call(call)
    {
        for (const PlannedRow &holder : m_holders)
            m_held.insert(identity(holder));
    }

    /// How each of @p rows stands.
    base::Result<std::vector<RowOutcome>> operator()(std::span<PlannedRow> rows) const
    {
        std::vector<store::RowKey> keys;
        std::vector<QByteArrayView> tokens;
        for (const PlannedRow &row : rows) {
            keys.push_back(row.key.clone());
            tokens.push_back(row.key.token.view());
        }
        const auto there = m_store.stillThere(keys, m_call);
        if (!there)
            return base::fail(there.error());
        const auto found = m_store.lookupMany(tokens, m_call);
        if (!found)
            return base::fail(found.error());
        std::vector<RowOutcome> outcomes;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::optional<SessionRow> &row = (*found)[i];
            outcomes.push_back(!(*there)[i]             ? RowOutcome::AlreadyGone
                               : isOfUser(rows[i], row) ? RowOutcome::NotTried
                                                        : RowOutcome::Changed);
            if (outcomes.back() == RowOutcome::NotTried && row && row->userId == rows[i].key.userId)
                show(rows[i], *row);
        }
        return outcomes;
    }

private:
    /// Whether a row that is there is still its user's. By a token that several rows hold, a look-up finds any of them.
    [[nodiscard]] bool isOfUser(const PlannedRow &row, const std::optional<SessionRow> &found) const
    {
        if (!m_holders.empty())
            return m_held.contains(identity(row));
        return !found || found->userId == row.key.userId; // not found: a token that no library looks up
    }

    std::vector<PlannedRow> m_holders; ///< where tokens can repeat: all rows that hold one of the plan's
    std::set<decltype(identity(m_holders.front()))> m_held;
    store::SessionStore &m_store;
    const Call &m_call;
};

} // namespace

base::Result<RevocationReport> checkPlan(RevocationPlan &plan, store::SessionStore &store, base::Instant now,
                                         const Call &call)
{
    auto holders = store.rowsOfTokens(plan.rows, 1, now, call);
    if (!holders)
        return base::fail(holders.error());
    const Look look(std::move(*holders), store, call);
    RevocationReport report;
    report.matched = static_cast<qint64>(plan.rows.size());
    for (std::size_t from = 0; from < plan.rows.size(); from += store::mostLookedUpAtOnce) {
        const auto some =
            std::span(plan.rows).subspan(from, std::min(store::mostLookedUpAtOnce, plan.rows.size() - from));
        const auto outcomes = look(some);
        if (!outcomes)
            return base::fail(outcomes.error());
        for (std::size_t i = 0; i < some.size(); ++i) {
            RowReport &row = report.rows.emplace_back();
            row.fingerprint = some[i].key.fingerprint;
            row.userId = some[i].key.userId;
            row.outcome = (*outcomes)[i];
            report.skipped += row.outcome == RowOutcome::NotTried ? 0 : 1;
        }
    }
    return report;
}

} // namespace rollcall::revoke
