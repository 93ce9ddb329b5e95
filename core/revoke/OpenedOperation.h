#pragma once

#include "core/revoke/OperationSeal.h"
#include "core/revoke/Operations.h"

namespace rollcall::revoke {

/// What an operation begins with.
struct OperationOrder
{
    QString kind; ///< revocationKind(), …
    QString planDigest;
    QString reason;
    qint64 planned = 0; ///< rows
    QString id = audit::newOperationId();
};

/// An operation whose lock is held, with the key of what it keeps.
struct OpenedOperation
{
    OperationJournal journal;
    OperationSeal seal;
};

/// Begins an operation against @p deployment; @p plan is sealed in its journal. Errors: NoKeyStore and those of the
/// vault, FileUnwritable, DiskFull. **Thread-safety:** thread-safe; blocks on files.
[[nodiscard]] base::Result<OpenedOperation> beginOperation(const OperationOrder &order, const base::SecretBytes &plan,
                                                           const deployment::Deployment &deployment,
                                                           const OperationPlace &place, const base::Call &call);

/// Opens the operation @p id of @p kind again, to go on with it against @p deployment. Errors: NotFound, WriteRefused
/// (another process runs it), PlanStale (another kind, another database), NoKeyStore and those of the vault,
/// FileUnreadable, FileFormatInvalid. **Thread-safety:** as beginOperation().
[[nodiscard]] base::Result<OpenedOperation> reopenOperation(const QString &id, const QString &kind,
                                                            const deployment::Deployment &deployment,
                                                            const OperationPlace &place, const base::Call &call);

/// The key that sealed what there is of the operation @p id. Errors: NoKeyStore and those of the vault,
/// FileFormatInvalid (Part "sealed operation": the vault has no such key, so that another sealed it).
[[nodiscard]] base::Result<OperationSeal> sealOf(const QString &id, const OperationPlace &place,
                                                 const base::Call &call);

/// What beginOperation() sealed. Errors: FileFormatInvalid (Part "sealed operation": altered, or another key's).
[[nodiscard]] base::Result<base::SecretBytes> openPlan(const OpenedOperation &operation);

/// That what was sealed for operation @p id does not open, and @p why: it wants the key that it was sealed with.
/// **Thread-safety:** pure.
[[nodiscard]] base::Error doesNotOpen(const QString &id, const QString &why);

} // namespace rollcall::revoke
