#pragma once

#include <QString>

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/Call.h"
#include "core/base/Clock.h"
#include "core/base/FileLock.h"
#include "core/revoke/RevocationReport.h"

namespace rollcall::revoke {

/// What an operation is, in clear: for those who list them without a key.
struct OperationHead
{
    QString id;
    QString kind;       ///< revocationKind(), restoreKind(), pruneKind()
    QString connection; ///< the connection's name
    QString database;   ///< its address, without a password: a resumption must be of the same one
    QString planDigest;
    QString reason;
    base::Instant startedAt;
    qint64 planned = 0; ///< rows
};

/// "revoke", "restore", "prune".
[[nodiscard]] inline QString revocationKind()
{
    return QStringLiteral("revoke");
}
[[nodiscard]] inline QString restoreKind()
{
    return QStringLiteral("restore");
}

[[nodiscard]] inline QString pruneKind()
{
    return QStringLiteral("prune");
}

/// One step of a prune: how many rows it deleted, and where the next one begins.
struct StepNote
{
    qint64 deleted = 0;
    QByteArray next;    ///< sealed; empty: this was the last
    bool again = false; ///< the step before, done once more because its end was not known
};

/// What the lines of a journal say.
struct JournalLines
{
    std::vector<RowOutcome> outcomes; ///< of each row of the plan; see OperationJournal::outcomes()
    std::vector<std::size_t> batch;   ///< the rows of the batch that was begun last
    qint64 batches = 0;               ///< that were begun
    std::vector<StepNote> steps;      ///< of a prune: the last two, as far as there are
    qint64 deleted = 0;               ///< by all steps, the last one among them
    bool isLastKnown = true;          ///< whether it is known that the last step was committed
    QString canary;                   ///< fingerprint of the canary that may be there; empty: none is
    qint64 bytes = 0;                 ///< of whole lines

    /// Of a prune: rows that a step deleted of which it is not known whether it was committed.
    [[nodiscard]] qint64 inDoubt() const { return isLastKnown ? 0 : steps.back().deleted; }
};

/// What one operation has done, kept so that a process that dies at any moment loses nothing of it: a folder of its
/// own, `ID/`, below the folder of operations.
///
/// - `operation.json`: the head, in clear
/// - `plan.sealed`: plan and options (PlanFile and its like, sealed by OperationSeal as `ID/plan`)
/// - `journal.ndjson`: `{"batch":N,"rows":"0-99,105"}` before a batch, `{"batch":N,"outcomes":"RRG…"}` after it: a
/// letter
///   a row, R revoked, G already gone, C changed, F failed, U unknown; of a restore R put back, G its user is gone, C
///   there again. Rows are numbers in the plan. Of a prune `{"batch":N,"deleted":N,"next":"…","again":bool}` before the
///   commit of a step, with the next one's position sealed as `ID/position`: of the last one the end is not known,
///   unless `{"batch":N,"committed":true}` follows it, which is written where the run ends in good order.
/// - in it also `{"canary":"FINGERPRINT"}` before a canary is inserted, `{"canary":""}` when it is gone
/// - `lock`: held by the process that runs the operation
/// - `pause`: made by who wants it to pause; gone when it is gone on with
///
/// Each line is on disk when its function returns; a line that a crash left half written is cut off when the journal
/// is opened again. **Thread-safety:** one object, one thread.
class OperationJournal final
{
public:
    OperationJournal(OperationJournal &&) noexcept = default;
    OperationJournal &operator=(OperationJournal &&) noexcept = default;

    /// Makes the folder of a new operation in @p operations, with @p sealedPlan in it, and holds its lock.
    /// Errors: FileUnwritable, DiskFull.
    [[nodiscard]] static base::Result<OperationJournal> begin(const QString &operations, OperationHead head,
                                                              const QByteArray &sealedPlan, const base::Call &call);

    /// Opens that of @p id again and holds its lock. Errors: NotFound, WriteRefused (another process runs it),
    /// FileUnreadable, FileFormatInvalid.
    [[nodiscard]] static base::Result<OperationJournal> reopen(const QString &operations, const QString &id,
                                                               const base::Call &call);

    [[nodiscard]] const OperationHead &head() const { return m_head; }
    [[nodiscard]] const QByteArray &sealedPlan() const { return m_sealedPlan; }
    /// What is known of each row: NotTried of those that were in no batch, Unknown of those whose batch has no end.
    [[nodiscard]] const std::vector<RowOutcome> &outcomes() const { return m_lines.outcomes; }
    [[nodiscard]] qint64 batches() const { return m_lines.batches; }

    /// Notes that @p rows are about to be deleted. Errors: FileUnwritable, DiskFull.
    [[nodiscard]] base::Status beginBatch(std::span<const std::size_t> rows);
    /// Notes what became of the rows of the batch that was begun last, in their order. Errors: as beginBatch().
    [[nodiscard]] base::Status endBatch(std::span<const RowOutcome> outcomes);

    /// Of a prune: the step that is about to be committed. Errors: as beginBatch().
    [[nodiscard]] base::Status noteStep(const StepNote &step);
    /// The step that was noted last is committed. Not on disk before keepEnd(): a sync a step would be for nothing.
    void stepEnded() { m_lines.isLastKnown = true; }
    /// Has the journal say whether the last step is known to be committed. Errors: as beginBatch().
    [[nodiscard]] base::Status keepEnd();
    /// What the steps so far say.
    [[nodiscard]] const JournalLines &lines() const { return m_lines; }

    /// Notes the canary that is about to be inserted by the fingerprint of its token; empty: it is gone. Errors: as
    /// beginBatch().
    [[nodiscard]] base::Status noteCanary(const QString &fingerprint);

    /// Whether somebody wants it to stop at the next border of a batch, and to be gone on with later.
    [[nodiscard]] bool isPauseWanted() const;

    /// Removes the operation: it has ended. Errors: FileUnwritable.
    [[nodiscard]] base::Status remove();

private:
    OperationJournal() = default;
    [[nodiscard]] base::Status append(const QByteArray &line);

    QString m_folder;
    OperationHead m_head;
    QByteArray m_sealedPlan;
    std::unique_ptr<base::FileLock> m_lock;
    JournalLines m_lines;
};

/// The head of the operation whose folder is @p folder. Errors: FileUnreadable, FileFormatInvalid.
[[nodiscard]] base::Result<OperationHead> readHead(const QString &folder);

/// What the journal in @p folder says of the operation of @p head, also while its process writes it. Errors: as
/// readHead().
[[nodiscard]] base::Result<JournalLines> readJournal(const QString &folder, const OperationHead &head);

/// NotFound (Part "operation"): nobody knows an operation @p id.
[[nodiscard]] base::Error noOperation(const QString &id);

/// The file in @p folder whose being there says that the operation is to pause.
[[nodiscard]] QString pausePath(const QString &folder);

/// Whether the outcome is one that another try may change.
[[nodiscard]] constexpr bool isOpen(RowOutcome outcome)
{
    return outcome == RowOutcome::NotTried || outcome == RowOutcome::Unknown || outcome == RowOutcome::Failed;
}

} // namespace rollcall::revoke
