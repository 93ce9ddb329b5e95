#pragma once

#include "core/revoke/OperationRun.h"
#include "core/revoke/RevocationReport.h"

namespace rollcall::revoke {

/// The check's own check: a fresh session, a row of our own, that the deployment must accept before its refusals say
/// anything. Another deployment than the one of this database, or one that is down in part, refuses whatever it is
/// asked. **Thread-safety:** one thread; blocks.
class VerificationControl final
{
public:
    /// All are borrowed.
    VerificationControl(store::SessionStore &store, const deployment::Deployment &deployment, OperationJournal &journal,
                        OperationRun &run)
        : m_store(store), m_deployment(deployment), m_journal(journal), m_run(run)
    {}

    /// Removes the canary that the journal names, if it is there: a run that was cut off left it. Where that fails, it
    /// is noted, and remove() tries again: no canary is to keep sessions alive.
    void removeLeft();

    /// Inserts a canary and asks about it until it is accepted or @p wait is over; @p report gets what came of it.
    void plant(std::chrono::milliseconds wait, const base::Call &call, VerificationReport &report);
    /// Removes it, where there is one; where that fails, the report of the run says so.
    void remove();

private:
    [[nodiscard]] base::Status removeNamed();
    void noteGone();

    store::SessionStore &m_store;
    const deployment::Deployment &m_deployment;
    OperationJournal &m_journal;
    OperationRun &m_run;
    std::optional<store::CanaryKey> m_planted;
};

/// Takes back what the deployment's refusal of @p row proved, as @p report says that it refused the control too.
void withdrawProof(RowReport &row, const VerificationReport &report);

} // namespace rollcall::revoke
