#include "core/revoke/PlanCheck.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace rollcall::revoke {

using base::Call;
using store::PlannedRow;
using store::SessionRow;

namespace {

using Identity = std::tuple<QByteArrayView, QByteArrayView, std::optional<QString>>;

Identity identity(const PlannedRow &row)
{
    return {row.key.key.view(), row.key.token.view(), row.key.userId};
}

/// Looks at some rows of a plan.
class Look
{
public:
    Look(std::vector<PlannedRow> holders, store::SessionStore &store, const Call &call)
        : m_holders(std::move(holders)), m_store(store), m_call(call)
    {
        for (const PlannedRow &holder : m_holders)
            m_held.emplace(identity(holder), &holder);
    }

    /// How each of @p rows stands.
    base::Result<std::vector<RowOutcome>> operator()(std::span<PlannedRow> rows) const
    {
        std::vector<RowOutcome> outcomes(rows.size(), RowOutcome::AlreadyGone);
        std::vector<std::size_t> asked;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (const auto held = m_held.find(identity(rows[i])); held != m_held.end()) {
                outcomes[i] = RowOutcome::NotTried;
                const session::ListedSession &shown = held->second->shown;
                show(rows[i], shown.name, shown.email, shown.expires);
            } else if (m_holders.empty() || rows[i].key.key.view() != rows[i].key.token.view()) {
                asked.push_back(i); // else a row without an id, that only its token and user tell from others
            }
        }
        std::vector<store::RowKey> keys;
        for (const std::size_t i : asked)
            keys.push_back(rows[i].key.clone());
        const auto there = m_store.stillThere(keys, m_call);
        if (!there)
            return base::fail(there.error());
        std::vector<std::size_t> left;
        for (std::size_t i = 0; i < asked.size(); ++i) {
            if ((*there)[i])
                left.push_back(asked[i]);
        }
        if (!m_holders.empty()) {
            for (const std::size_t i : left)
                outcomes[i] = RowOutcome::Changed;
            return outcomes;
        }
        if (auto status = lookUp(rows, left, outcomes); !status)
            return base::fail(std::move(status.error()));
        return outcomes;
    }

private:
    /// Whose those of @p rows are that are @p left. Only where no two rows hold one token: by one that several hold, a
    /// look-up finds any of them, and without an index each reads the table.
    base::Status lookUp(std::span<PlannedRow> rows, const std::vector<std::size_t> &left,
                        std::vector<RowOutcome> &outcomes) const
    {
        std::vector<QByteArrayView> tokens;
        for (const std::size_t i : left)
            tokens.push_back(rows[i].key.token.view());
        const auto found = m_store.lookupMany(tokens, m_call);
        if (!found)
            return base::fail(found.error());
        for (std::size_t i = 0; i < left.size(); ++i) {
            PlannedRow &row = rows[left[i]];
            const std::optional<SessionRow> &now = (*found)[i];
            // Not found: a token that no library looks up.
            const bool isOfUser = !now || now->userId == row.key.userId;
            outcomes[left[i]] = isOfUser ? RowOutcome::NotTried : RowOutcome::Changed;
            if (now && isOfUser)
                show(row, now->userName, now->userEmail, now->expires);
        }
        return {};
    }

    static void show(PlannedRow &row, const std::optional<QString> &name, const std::optional<QString> &email,
                     const std::optional<base::Instant> &expires)
    {
        row.shown.name = name;
        row.shown.email = email;
        row.shown.expires = expires;
    }

    std::vector<PlannedRow> m_holders; ///< where tokens can repeat: all rows that hold one of the plan's
    std::map<Identity, const PlannedRow *> m_held;
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
