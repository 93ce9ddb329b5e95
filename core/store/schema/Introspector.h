#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "core/store/schema/Catalogue.h"
#include "core/store/sql/DatabaseUrl.h"
#include "core/store/sql/SqlConnection.h"

namespace rollcall::store {

/// Which tables to read of: all, those of one schema, or exactly those named.
struct CatalogueScope
{
    QString schema;                                  ///< PostgreSQL; empty: all but the system's
    std::vector<std::pair<QString, QString>> tables; ///< schema and name; empty: all
};

/// Base tables (no views) with columns, keys and foreign keys, from pg_catalog, information_schema or
/// SQLite's pragmas; in the order of schema and name. Reads the catalogue only, no rows. Blocks within @p call.
/// Errors: as SqlConnection. **Source:** facts/database-schemas.md §8.
[[nodiscard]] base::Result<std::vector<TableInfo>> readCatalogue(SqlConnection &connection, DatabaseKind kind,
                                                                 const CatalogueScope &scope, const base::Call &call);

} // namespace rollcall::store
