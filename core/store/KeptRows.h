#pragma once

#include <functional>

#include "core/store/SessionStore.h"

namespace rollcall::store {

/// A column of a row as the database itself writes it: the text that it takes back for the same value.
struct KeptCell
{
    QString column;
    bool isNull = false;
    base::SecretBytes value; ///< empty where isNull
    [[nodiscard]] KeptCell clone() const { return {column, isNull, value.clone()}; }
};

/// A whole row that was deleted, so that it can be put back byte for byte. It holds a token. Move-only.
struct KeptRow
{
    std::size_t place = 0; ///< of its key among those that were to be deleted
    RowKey key;
    bool hadUser = true; ///< false: its user was gone already
    std::vector<KeptCell> cells;
    [[nodiscard]] KeptRow clone() const
    {
        KeptRow copy{place, key.clone(), hadUser, {}};
        copy.cells.reserve(cells.size());
        for (const KeptCell &cell : cells)
            copy.cells.push_back(cell.clone());
        return copy;
    }
};

/// What became of one row that was to be put back.
enum class RestoreOutcome {
    Restored,
    /// A row of its key exists, or one of its token; where tokens can repeat, one of its id or, without ids, of its
    /// token and user.
    ThereAgain,
    UserGone, ///< its user, or another row that it points to, is gone
};

/// Deletes rows so that they can be put back. **Thread-safety:** as the store that it belongs to.
/// Errors of all functions: those of SessionStore.
class KeptRows
{
public:
    /// Takes the rows that are about to be gone; an Error undoes their delete and is returned by deleteRows().
    using Keep = std::function<base::Status(std::span<KeptRow> rows)>;

    virtual ~KeptRows() = default;

    /// Whether this role may read whole rows. Errors: PermissionDenied where it may not, WriteRefused
    /// (its Detail says why) where rows of these tables could not be put back.
    [[nodiscard]] virtual base::Status canKeep(const base::Call &call) = 0;

    /// As SessionStore::deleteRows(); @p keep has returned before the transaction is committed. It is not called where
    /// no row is deleted. Errors besides: those of @p keep.
    [[nodiscard]] virtual base::Result<std::vector<DeleteOutcome>>
    deleteRows(std::span<const RowKey> keys, const Keep &keep, const base::Call &call) = 0;

    /// Puts @p rows back with all columns as they were, those aside that the database itself computes: in one
    /// transaction or, where one of them is in another's way, each in its own; rows of one key that follow each other
    /// were deleted together, and come back so. Needs INSERT. Errors besides:
    /// SchemaChanged (a column that a row had is gone), WriteRefused (a store for reading).
    [[nodiscard]] virtual base::Result<std::vector<RestoreOutcome>> restoreRows(std::span<const KeptRow> rows,
                                                                                const base::Call &call) = 0;

    /// What restoreRows() would make of @p rows now, as far as their keys and users tell: a constraint of another
    /// column is found out by it alone. Reads only. Errors besides: SchemaChanged (as restoreRows()).
    [[nodiscard]] virtual base::Result<std::vector<RestoreOutcome>> wouldRestore(std::span<const KeptRow> rows,
                                                                                 const base::Call &call) = 0;
};

} // namespace rollcall::store
