#pragma once

#include <memory>

#include "core/store/StoreFactory.h"
#include "core/store/sql/SqlConnection.h"

namespace rollcall::store {

/// Connects to the relational database at @p url by its own client library. Errors: as openStore(), Internal for a
/// Redis database. **Thread-safety:** reentrant.
[[nodiscard]] base::Result<std::unique_ptr<SqlConnection>>
openConnection(const DatabaseUrl &url, const StoreOptions &options, Access access, const base::Call &call);

} // namespace rollcall::store
