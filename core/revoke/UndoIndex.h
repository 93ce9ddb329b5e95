#pragma once

#include "core/revoke/UndoBatches.h"

namespace rollcall::revoke {

/// Which rows an undo record holds and where in it, without the rows themselves: those are read a batch at a time
/// (UndoReader), as a record may be larger than memory. Holds no token. **Thread-safety:** plain value.
struct UndoIndex
{
    /// A row that was deleted.
    struct Row
    {
        std::size_t place = 0; ///< in the plan of the revocation
        quint32 batch = 0;     ///< the batch that holds it
        quint32 inBatch = 0;
        quint64 user = 0; ///< begin of the SHA-256 of its user's id; 0: none
    };

    QString path;      ///< of the record's rows
    QString id;        ///< of the revocation
    QString statement; ///< KeptBatch::statement of all; empty where there is no batch
    std::vector<BatchPlace> batches;
    /// Each once, in the order in which they were planned. A key without an id can have been that of several rows:
    /// these follow each other.
    std::vector<Row> rows;

    /// The row at @p place of the plan, of several the one of number @p n from 0; null where none is kept.
    [[nodiscard]] const Row *find(std::size_t place, std::size_t n = 0) const;
    /// Distinct users. Two of a million are told apart but for one case in forty million.
    [[nodiscard]] qint64 users() const;
};

/// Reads the index of the record of operation @p id in @p folder. What is damaged at the end is left out, and logged.
/// Errors: FileUnreadable, FileFormatInvalid (also: damaged before the end, of another key, of several tables).
[[nodiscard]] base::Result<UndoIndex> readUndoIndex(const QString &folder, const QString &id,
                                                    const OperationSeal &seal);

/// Reads rows of an undo record, with one batch in memory. **Thread-safety:** one object, one thread.
class UndoReader final
{
public:
    /// Both are borrowed.
    UndoReader(const UndoIndex &index, const OperationSeal &seal) : m_index(index), m_seal(seal) {}

    /// Copies of @p rows, which are of the index, in their order. Errors: FileUnreadable, FileFormatInvalid (also: it
    /// is not what was indexed).
    [[nodiscard]] base::Result<std::vector<store::KeptRow>> read(std::span<const UndoIndex::Row *const> rows);

private:
    const UndoIndex &m_index;
    const OperationSeal &m_seal;
    std::optional<quint32> m_opened; ///< which batch m_batch is
    KeptBatch m_batch;
};

} // namespace rollcall::revoke
