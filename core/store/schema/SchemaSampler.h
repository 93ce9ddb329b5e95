#pragma once

#include "core/store/schema/SchemaDetector.h"
#include "core/store/sql/SqlConnection.h"

namespace rollcall::store {

/// Looks at up to 200 rows of a candidate: sets its expiry encoding and warnings, and says whether the data agree with
/// it (tokens distinct and long enough, expiries between 2015 and 2100, at least half of the users found; an empty
/// table agrees). @p table is the sessions table, @p zone the one in which zoneless times are read. Blocks within @p
/// call. Errors: as SqlConnection. **Source:** facts/database-schemas.md §8 step 6.
[[nodiscard]] base::Result<bool> confirmWithData(SqlConnection &connection, DatabaseKind kind, const TableInfo &table,
                                                 const QTimeZone &zone, SchemaProfile &profile, const base::Call &call);

} // namespace rollcall::store
