#pragma once

#include "core/store/SchemaSql.h"

namespace rollcall::store {

/// A column of the sessions table that a row is kept and put back by.
struct KeptColumn
{
    QString name;
    QString given; ///< expression over the table: its value as text from which nothing is lost
    QString taken; ///< expression with "%1" for such a text: that value
};

/// The columns of the sessions table that take values: all but those that the database computes. What makes text of
/// them is the database, so that no value is converted by us. Errors: as SqlConnection. **Thread-safety:** as
/// @p connection.
///
/// PostgreSQL: the types' own input and output. MySQL and MariaDB: hexadecimal for texts and bytes (in the column's own
/// character set), digits and ISO times for the rest. SQLite: rollcall_packed() and rollcall_unpacked(), as any value
/// may stand in any column.
[[nodiscard]] base::Result<std::vector<KeptColumn>> readKeptColumns(SqlConnection &connection, DatabaseKind kind,
                                                                    const SchemaSql &schema, const base::Call &call);

/// What makes the texts of columns of @p kind complete, to be run in the transaction before them; empty: nothing.
[[nodiscard]] QString exactTexts(DatabaseKind kind);

} // namespace rollcall::store
