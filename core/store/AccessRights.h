#pragma once

#include <span>

#include "core/base/Error.h"
#include "core/store/sql/SqlConnection.h"

namespace rollcall::store {

/// A right on a table that an operation needs.
struct NeededRight
{
    QString schema, table, right;
};

/// @p denied with the table and the right that the role lacks, as the server's own catalogue tells (PostgreSQL: its
/// message names the table in its own language only; MySQL has named both already). The first of @p needed that is
/// missing, else the first of all. Blocks for at most two seconds.
[[nodiscard]] base::Error missingRight(SqlConnection &connection, base::Error denied,
                                       std::span<const NeededRight> needed);

} // namespace rollcall::store
