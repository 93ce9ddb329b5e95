#pragma once

#include "core/store/SessionSql.h"

namespace rollcall::store {

/// About how many sessions a MySQL database has, for when counting takes too long; `estimated` is set. Its planner
/// guesses a fixed share without an index; so by the number of rows that the catalogue keeps and the states of the
/// first and last few thousand rows by key. @p connection and @p list are borrowed. Errors: as SqlConnection.
/// **Thread-safety:** as @p connection.
[[nodiscard]] base::Result<SessionStats> sampledStats(SqlConnection &connection, const SessionSql &list,
                                                      base::Instant now, const base::Call &call);

} // namespace rollcall::store
