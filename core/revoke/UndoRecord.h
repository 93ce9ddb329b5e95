#pragma once

#include <QString>

#include "core/base/Call.h"
#include "core/base/Clock.h"
#include "core/revoke/OperationSeal.h"
#include "core/store/KeptRows.h"

namespace rollcall::revoke {

/// What an undo record is of, in clear: for those who look whether there is one without a key.
struct UndoHead
{
    QString id;         ///< the revocation's
    QString connection; ///< the connection's name
    QString database;   ///< its address, without a password: rows go back where they came from
    QString planDigest;
    base::Instant keptUntil; ///< then it is destroyed
};

/// The rows that one revocation deleted, kept so that they can be put back: a folder of its own, `ID/`, below the
/// folder of undo records.
///
/// | file | what |
/// | --- | --- |
/// | `undo.json` | the head, in clear |
/// | `rows.sealed` | for each batch four bytes, the length (big endian), and so many bytes: its rows (KeptRowBytes),
/// sealed by OperationSeal as `ID/undo` |
///
/// A batch is on disk before its delete is committed; one that was then undone stands in the record all the same, and
/// its rows are there. What a crash left half written was committed by nobody and is cut off.
/// **Thread-safety:** one object, one thread.
class UndoRecord final
{
public:
    /// Makes the record of @p head in @p folder, or goes on with the one that is there. @p seal is borrowed.
    /// Errors: FileUnwritable, DiskFull, FileUnreadable.
    [[nodiscard]] static base::Result<UndoRecord> open(const QString &folder, UndoHead head, const OperationSeal &seal);

    [[nodiscard]] const UndoHead &head() const { return m_head; }
    /// Adds @p rows; they are on disk when it returns. Errors: FileUnwritable, DiskFull, Internal.
    [[nodiscard]] base::Status keep(std::span<const store::KeptRow> rows);

private:
    UndoRecord(QString path, UndoHead head, const OperationSeal &seal)
        : m_path(std::move(path)), m_head(std::move(head)), m_seal(&seal)
    {}

    QString m_path;
    UndoHead m_head;
    const OperationSeal *m_seal;
    qint64 m_bytes = 0; ///< of whole batches
};

/// The folder of undo records beside the folder of @p operations.
[[nodiscard]] QString undoBeside(const QString &operations);

/// The head of the record of operation @p id; nullopt where there is none. Errors: FileUnreadable, FileFormatInvalid.
[[nodiscard]] base::Result<std::optional<UndoHead>> readUndoHead(const QString &folder, const QString &id);

/// The rows of the record of operation @p id, each once, in the order in which they were planned.
/// Errors: FileUnreadable, FileFormatInvalid.
[[nodiscard]] base::Result<std::vector<store::KeptRow>> readUndoRows(const QString &folder, const QString &id,
                                                                     const OperationSeal &seal);

/// Destroys the record of operation @p id; fine where there is none. Errors: FileUnwritable.
[[nodiscard]] base::Status destroyUndo(const QString &folder, const QString &id);

/// Destroys the records in @p folder whose window is over at @p now. What cannot be destroyed is logged, and tried
/// again the next time. **Thread-safety:** thread-safe; blocks on files.
void destroyOldUndos(const QString &folder, base::Instant now);

} // namespace rollcall::revoke
