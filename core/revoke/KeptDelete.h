#pragma once

#include "core/deployment/Deployment.h"
#include "core/revoke/OperationJournal.h"
#include "core/revoke/UndoRecord.h"

namespace rollcall::revoke {

/// Deletes the rows of one operation so that they can be put back, where that can be done and is wanted; else it
/// deletes them all the same, and says why there is no undo. **Thread-safety:** as the store.
class KeptDelete final
{
public:
    /// All but @p operations are borrowed. @p window: how long rows are kept after this run; 0: they are not.
    KeptDelete(store::SessionStore &store, const QString &operations, const OperationSeal &seal,
               std::chrono::milliseconds window)
        : m_store(store), m_operations(operations), m_seal(seal), m_window(window)
    {}

    /// Finds out whether rows can be kept, and makes their record; writes nothing to the database. Errors: those of
    /// KeptRows::canKeep() but PermissionDenied and WriteRefused, of UndoRecord::open().
    [[nodiscard]] base::Status prepare(const OperationHead &head, base::Instant now, const base::Call &call);

    /// Until when rows are kept; nullopt: they are not.
    [[nodiscard]] std::optional<base::Instant> keptUntil() const;
    /// For people: why they are not although it was wanted; empty where they are, or nobody wanted it.
    [[nodiscard]] const QString &whyNot() const { return m_whyNot; }

    /// Deletes @p keys, which are those of the plan's @p rows, in one transaction; what an earlier try kept of rows
    /// that are not deleted now is taken back. Errors: those of the store and, before anything is committed or where
    /// nothing was deleted, of UndoRecord::keep().
    [[nodiscard]] base::Result<std::vector<store::DeleteOutcome>>
    deleteRows(std::span<const std::size_t> rows, std::span<const store::RowKey> keys, const base::Call &call);

    /// The plan's @p rows are there after all: what was kept of them is taken back. Errors: those of
    /// UndoRecord::keep().
    [[nodiscard]] base::Status takeBack(std::span<const std::size_t> rows);

    /// The run ends at @p now: from now on the rows are kept for their window. Until then the operation is unfinished,
    /// and its record is not destroyed. Errors: those of UndoRecord::keepUntil().
    [[nodiscard]] base::Status beginWindow(base::Instant now);

    /// The operation has ended and deleted nothing: there is nothing to keep. Errors: FileUnwritable.
    [[nodiscard]] base::Status dropRecord();

private:
    store::SessionStore &m_store;
    QString m_operations;
    const OperationSeal &m_seal;
    std::chrono::milliseconds m_window;
    std::optional<UndoRecord> m_record;
    QString m_whyNot;
};

} // namespace rollcall::revoke
