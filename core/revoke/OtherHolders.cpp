#include "core/revoke/OtherHolders.h"

#include <algorithm>
#include <map>
#include <span>

#include "core/base/ErrorText.h"

namespace rollcall::revoke {

namespace {

constexpr std::size_t mostAtOnce = 1000; ///< tokens in a statement that asks who holds them

/// The rows of the plan that are worth looking for others by, one of a token and without what is shown.
std::vector<store::PlannedRow> rowsToLookBy(const RevocationPlan &plan)
{
    std::map<base::Fingerprint, std::size_t> first;
    std::set<base::Fingerprint> shared(plan.heldByOthers.begin(), plan.heldByOthers.end());
    for (std::size_t i = 0; i < plan.rows.size(); ++i) {
        if (!first.try_emplace(plan.rows[i].key.fingerprint, i).second)
            shared.insert(plan.rows[i].key.fingerprint);
    }
    const bool isFew = first.size() <= mostAtOnce;
    std::vector<store::PlannedRow> rows;
    for (const auto &[fingerprint, row] : first) {
        if (isFew || shared.contains(fingerprint))
            rows.push_back({plan.rows[row].key.clone(), {}});
    }
    return rows;
}

} // namespace

OtherHolders otherHolders(const RevocationPlan &plan, store::SessionStore &store, base::Instant now,
                          const base::Call &call)
{
    OtherHolders held;
    const std::vector<store::PlannedRow> rows = rowsToLookBy(plan);
    if (plan.rows.size() > mostAtOnce)
        held.whyUnknown = plan.whyNotLooked;
    for (std::size_t from = 0; from < rows.size(); from += mostAtOnce) {
        const auto some = std::span(rows).subspan(from, std::min(mostAtOnce, rows.size() - from));
        const auto found = store.rowsOfTokens(some, 1, now, call);
        if (!found) {
            held.whyUnknown = base::oneLine(found.error());
            break;
        }
        for (const store::PlannedRow &row : *found)
            held.tokens.insert(row.key.fingerprint);
    }
    return held;
}

} // namespace rollcall::revoke
