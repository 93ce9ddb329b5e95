#pragma once

#include "core/revoke/OperationSeal.h"
#include "core/revoke/RevocationPlan.h"

namespace rollcall::revoke {

/// What everybody may read of a saved plan, so that another can see what they approve.
struct PlanSummary
{
    QString digest;
    qint64 matched = 0;
    qint64 users = 0;
    base::Instant frozenAt;
    QString selection; ///< in words: RevocationPlan::what
    QString statement;
    QString connection;
    QString database; ///< address without password

    bool operator==(const PlanSummary &) const = default;
};

/// What @p plan of @p deployment would say in clear if it were saved, and what an approval of it is about.
/// **Thread-safety:** pure.
[[nodiscard]] PlanSummary summaryOf(const RevocationPlan &plan, const deployment::Deployment &deployment);

/// A plan that is kept in a file to be approved and carried out later: JSON, `"format":"rollcall-plan"`, the members of
/// PlanSummary in clear (`frozenAt` ISO 8601) and `"sealed"`, Base64 of the row keys (PlanFile, sealed by OperationSeal
/// as `plan/DIGEST`): only who made it can carry it out. **Thread-safety:** plain value.
struct SavedPlan
{
    PlanSummary summary;
    QByteArray sealed;
};

/// @p plan of @p deployment, frozen in a file's bytes. Errors: Internal.
[[nodiscard]] base::Result<QByteArray>
savedPlanBytes(const RevocationPlan &plan, const deployment::Deployment &deployment, const OperationSeal &seal);

/// Reads a plan's file; @p path is for errors. Errors: FileFormatInvalid.
[[nodiscard]] base::Result<SavedPlan> readSavedPlan(const QByteArray &content, const QString &path);

/// Whether the plan was sealed with this key, also where its clear text was changed afterwards (its digest aside).
[[nodiscard]] bool isSealedWith(const OperationSeal &seal, const SavedPlan &saved);

/// The plan that was saved, if nothing of its file was changed. Errors: FileFormatInvalid (changed, or sealed under
/// another key), PlanStale (another database than that of @p deployment).
[[nodiscard]] base::Result<RevocationPlan> openSavedPlan(const SavedPlan &saved,
                                                         const deployment::Deployment &deployment,
                                                         const OperationSeal &seal, const QString &path);

} // namespace rollcall::revoke
