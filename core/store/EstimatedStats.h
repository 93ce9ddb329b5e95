#pragma once

#include "core/store/SessionSql.h"

namespace rollcall::store {

/// About how many sessions there are, for when counting takes too long; `estimated` is set. By the planner's figures
/// in PostgreSQL. In MySQL, whose planner guesses a fixed share without an index, by the number of rows that the
/// catalogue keeps and the states of the first and last few thousand rows by key. @p connection and @p list are
/// borrowed. Errors: as SqlConnection.
/// **Thread-safety:** as @p connection.
[[nodiscard]] base::Result<SessionStats> plannedStats(SqlConnection &connection, const SessionSql &list,
                                                      base::Instant now, const base::Call &call);
[[nodiscard]] base::Result<SessionStats> sampledStats(SqlConnection &connection, const SessionSql &list,
                                                      base::Instant now, const base::Call &call);

} // namespace rollcall::store
