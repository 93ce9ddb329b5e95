#pragma once

#include <vector>

#include "core/store/sql/DatabaseUrl.h"
#include "core/workspace/ConnectionProfile.h"

namespace rollcall::deployment {

/// Whether one of @p saved that demands approval (ConnectionProfile::needsApproval) is of the database at @p database,
/// so that nobody gets around the demand by another connection to the same rows: the same kind, host (as written),
/// port and name, whoever logs in; of SQLite the same file. An address that cannot be read is no such database.
/// **Thread-safety:** reentrant.
[[nodiscard]] bool isApprovalDemanded(const std::vector<workspace::ConnectionProfile> &saved,
                                      const store::DatabaseUrl &database);

} // namespace rollcall::deployment
