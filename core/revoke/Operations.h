#pragma once

#include "core/audit/AuditLog.h"
#include "core/deployment/Deployment.h"
#include "core/revoke/OperationJournal.h"

namespace rollcall::revoke {

/// Where unfinished operations rest, and with what they are sealed.
struct OperationPlace
{
    QString folder;                     ///< made by the first operation
    base::SecretVault *vault = nullptr; ///< borrowed; null: operations can be listed, nothing else
};

/// The folder of operations in the folder of @p state.
[[nodiscard]] QString operationsBelow(const QString &state);

enum class OperationState {
    Running,     ///< by a process that is alive
    Paused,      ///< it stopped because that was wanted
    Interrupted, ///< that process was killed, or the database went away
};

/// "running", "paused", "interrupted".
[[nodiscard]] QString operationStateName(OperationState state);

/// An operation that has not ended.
struct Operation
{
    OperationHead head;
    OperationState state = OperationState::Interrupted;
    qint64 done = 0; ///< rows that need no other try
};

/// The database of @p deployment as OperationHead::database names it.
[[nodiscard]] QString databaseNameOf(const deployment::Deployment &deployment);

/// Whether what was made for the database @p address (databaseNameOf()) may be carried out at @p deployment: it is the
/// same, however it is spelt. Errors: PlanStale (Part "connection"). **Thread-safety:** reentrant.
[[nodiscard]] base::Status isMadeFor(const QString &address, const deployment::Deployment &deployment);

/// The operations in @p folder that have not ended, the oldest first. A folder that is not there has none.
/// Errors: FileUnreadable, FileFormatInvalid. **Thread-safety:** thread-safe; blocks on files.
[[nodiscard]] base::Result<std::vector<Operation>> listOperations(const QString &folder, const base::Call &call);

/// What the unfinished operation @p id is. Errors: NotFound, FileUnreadable, FileFormatInvalid.
[[nodiscard]] base::Result<OperationHead> operationHead(const QString &folder, const QString &id);

/// Why there is no unfinished operation @p id: it has ended, and when, as @p log tells (NotFound, Part "ended
/// operation"), or there never was one (NotFound); or the error of reading the log. **Thread-safety:** as the log.
[[nodiscard]] base::Error whyNoOperation(const QString &id, const audit::AuditLog &log);

/// Has the process that runs the operation @p id stop at the next border of a batch; it can be gone on with. Returns at
/// once. Errors: NotFound, WriteRefused (it is not running), FileUnwritable.
[[nodiscard]] base::Status pauseOperation(const QString &folder, const QString &id);

/// Ends the operation @p id where it stands: on record in @p log, with what it had done, then its files are removed.
/// Nothing is written to the deployment; rows whose batch was under way count as unknown. The key is not needed.
/// Errors: NotFound, WriteRefused (it is running), those of OperationJournal and of AuditLog::append().
[[nodiscard]] base::Status discardOperation(const QString &id, const OperationPlace &place, audit::AuditLog &log,
                                            const base::Call &call);

} // namespace rollcall::revoke
