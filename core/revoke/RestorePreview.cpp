#include "core/revoke/RestorePreview.h"

#include <algorithm>

#include "core/revoke/RestoreRun.h"

namespace rollcall::revoke {

using base::Call;
using store::RestoreOutcome;

namespace {

constexpr std::size_t rowsAtOnce = 100; ///< in memory

void add(const store::KeptRow &row, RestoreOutcome outcome, RestoreReport &report)
{
    report.restored += outcome == RestoreOutcome::Restored ? 1 : 0;
    report.thereAgain += outcome == RestoreOutcome::ThereAgain ? 1 : 0;
    report.userGone += outcome == RestoreOutcome::UserGone ? 1 : 0;
    if (outcome != RestoreOutcome::Restored && report.leftOut.size() < RestoreReport::mostNamed)
        report.leftOut.push_back({row.key.fingerprint, row.key.userId, outcome});
}

} // namespace

base::Result<RestoreReport> previewRestore(const RestorePlan &plan, store::SessionStore &store,
                                           const OperationPlace &place, const Call &call)
{
    store::KeptRows *const kept = store.keptRows();
    if (!kept)
        return base::fail(takesNothingBack());
    const auto seal = OperationSeal::load(place.vault, false, call);
    if (!seal)
        return base::fail(seal.error());
    UndoReader reader(plan.kept, *seal);
    std::vector<const UndoIndex::Row *> places;
    for (const UndoIndex::Row &row : plan.kept.rows)
        places.push_back(&row);
    RestoreReport report;
    report.matched = plan.count();
    for (std::size_t from = 0; from < places.size(); from += rowsAtOnce) {
        const auto rows = reader.read(std::span(places).subspan(from, std::min(rowsAtOnce, places.size() - from)));
        if (!rows)
            return base::fail(rows.error());
        const auto outcomes = kept->wouldRestore(*rows, call);
        if (!outcomes)
            return base::fail(outcomes.error());
        for (std::size_t i = 0; i < rows->size(); ++i)
            add((*rows)[i], (*outcomes)[i], report);
    }
    return report;
}

} // namespace rollcall::revoke
