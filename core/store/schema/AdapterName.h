#pragma once

#include "core/store/schema/Catalogue.h"
#include "core/store/schema/SchemaProfile.h"
#include "core/store/sql/DatabaseUrl.h"

namespace rollcall::store {

/// Lower case, letters and digits only: "session_token" and "sessionToken" become "sessiontoken".
[[nodiscard]] QString normalisedName(const QString &name);

/// Whether @p table has a column whose normalised name is @p name.
[[nodiscard]] bool hasColumn(const TableInfo &table, const char *name);

/// What most likely made these tables: "pg", "neon", "prisma", "drizzle", "kysely", "typeorm", "sequelize",
/// "mikro-orm", "supabase", "hasura", "d1", "better-auth", "next-auth-v3", else "custom". A name for people: nothing
/// depends on it.
/// **Source:** facts/database-schemas.md §2 and §8 step 7.
[[nodiscard]] QString adapterName(const SchemaProfile &profile, const TableInfo &sessions, const TableInfo *users,
                                  DatabaseKind kind);

} // namespace rollcall::store
