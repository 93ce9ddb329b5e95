#pragma once

#include "core/store/schema/Introspector.h"
#include "core/store/schema/SchemaProfile.h"

namespace rollcall::store {

/// A profile that was held against the live catalogue: every name exists, types and indexes are the database's own.
/// **Thread-safety:** plain value.
struct BoundSchema
{
    SchemaProfile profile;
    TableInfo sessions;
    std::optional<TableInfo> users;
    QString accountUserIdType, accountProviderType;
    /// The row is addressed by its id. False where there is none, or where only the token is unique (Hasura's id is a
    /// plain column): then the token is the key.
    bool keyIsId = false;

    /// Not every row has a key of its own: it can be NULL, or nothing keeps two rows from sharing one.
    [[nodiscard]] bool keyCanTie() const
    {
        return !sessions.isUnique(keyColumn()) || !sessions.isNeverNull(keyColumn());
    }
    /// Nothing keeps two rows from holding the same token.
    [[nodiscard]] bool tokenCanRepeat() const { return !sessions.isUnique(profile.sessions.token); }
    [[nodiscard]] const QString &keyColumn() const { return keyIsId ? *profile.sessions.id : profile.sessions.token; }
};

/// Holds @p profile against the database. Errors: SchemaChanged (Table: what is missing or no longer fits, or has other
/// columns than when the map was settled), PermissionDenied, as SqlConnection.
[[nodiscard]] base::Result<BoundSchema> bindSchema(SqlConnection &connection, DatabaseKind kind, SchemaProfile profile,
                                                   const base::Call &call);

/// The encodings that a column of @p type can have, the likeliest first. **Thread-safety:** reentrant.
[[nodiscard]] std::vector<ExpiresEncoding> encodingsFor(DatabaseKind kind, const QString &type);

} // namespace rollcall::store
