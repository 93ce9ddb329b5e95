#pragma once

#include <QString>

#include <unordered_set>

#include "core/base/Call.h"
#include "core/base/Clock.h"
#include "core/revoke/KeptRowBytes.h"
#include "core/revoke/OperationSeal.h"

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
/// | `rows.sealed` | for each batch four bytes, the length (big endian, never 0), and so many bytes: its rows, and
/// where they came from (KeptRowBytes), sealed by OperationSeal as `ID/undo` |
/// | `restore-ID` | empty: that operation puts the rows back, see noteRestore() |
///
/// A batch is on disk before its delete is committed; one that was then undone stands in the record all the same, and
/// its rows are there. Tried again, a row that was not deleted then is taken back. Two things stay undecidable: of a
/// row that is gone when the outcome of its commit was never learnt, whether this revocation deleted it or somebody
/// else did since (it counts as deleted here, and comes back); and a commit that took effect only after its rows were
/// read as still there (they count as gone by another hand, and do not).
///
/// What a crash left damaged at the end was committed by nobody and is cut off. **Thread-safety:** one object, one
/// thread.
class UndoRecord final
{
public:
    /// Makes the record of @p head in @p folder, or goes on with the one that is there, whose window becomes that of
    /// @p head. @p statement: of the store that deletes (KeptBatch::statement). @p seal is borrowed, and is the one
    /// that an earlier run had. Errors: FileUnwritable, DiskFull, FileUnreadable, FileFormatInvalid (of another
    /// version).
    [[nodiscard]] static base::Result<UndoRecord> open(const QString &folder, UndoHead head, QString statement,
                                                       const OperationSeal &seal);

    [[nodiscard]] const UndoHead &head() const { return m_head; }
    /// Adds @p rows, and takes back those at the places @p notDeleted that an earlier batch holds; it is on disk when
    /// it returns. Nothing where that is nothing. Errors: FileUnwritable, DiskFull, Internal.
    [[nodiscard]] base::Status keep(std::span<const store::KeptRow> rows, std::span<const std::size_t> notDeleted);
    /// Moves the end of the window to @p until. Errors: FileUnwritable, DiskFull; it is then where it was.
    [[nodiscard]] base::Status keepUntil(base::Instant until);

private:
    UndoRecord(const QString &folder, UndoHead head, QString statement, const OperationSeal &seal);
    [[nodiscard]] base::Status takeUp();
    [[nodiscard]] base::Status writeHead(const UndoHead &head) const;

    QString m_headPath;
    QString m_path; ///< of the rows
    UndoHead m_head;
    QString m_statement;
    const OperationSeal *m_seal;
    std::unordered_set<std::size_t> m_places; ///< of the rows that it holds
    qint64 m_bytes = 0;                       ///< of whole batches
};

/// The folder of undo records beside the folder of @p operations.
[[nodiscard]] QString undoBeside(const QString &operations);

/// The head of the record of operation @p id; nullopt where there is none, or half of one. Errors: FileUnreadable,
/// FileFormatInvalid.
[[nodiscard]] base::Result<std::optional<UndoHead>> readUndoHead(const QString &folder, const QString &id);

/// Notes in the record of operation @p id that the operation @p restore puts its rows back: until that has ended the
/// record stays, also where its window is over. Errors: FileUnwritable, DiskFull.
[[nodiscard]] base::Status noteRestore(const QString &folder, const QString &id, const QString &restore);

/// Destroys the record of operation @p id, the rows first; fine where there is none. Errors: FileUnwritable.
[[nodiscard]] base::Status destroyUndo(const QString &folder, const QString &id);

/// Destroys the records whose window is over at @p now, and halves of records; but none of an operation in the folder
/// of @p operations, which has not ended, and none that such an operation puts back. What cannot be destroyed is
/// logged, and tried again the next time.
/// **Thread-safety:** thread-safe; blocks on files.
void destroyOldUndos(const QString &operations, base::Instant now);

} // namespace rollcall::revoke
