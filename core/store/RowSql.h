#pragma once

#include "core/store/SchemaSql.h"
#include "core/store/SessionStore.h"

namespace rollcall::store {

/// Composes the statements about single rows: looking one up, and the few writes that Rollcall knows.
/// **Thread-safety:** immutable; thread-safe.
class RowSql final
{
public:
    /// @p schema outlives the object.
    explicit RowSql(const SchemaSql &schema) : m_schema(schema) {}

    /// The row an adapter's getSessionAndUser would find, as readLookup() takes it; nullopt where no row can have it.
    [[nodiscard]] std::optional<SqlStatement> lookup(QByteArrayView token) const;
    [[nodiscard]] SessionRow readLookup(const SqlRow &row) const;
    /// Deletes the row of that key if token and user are still the same.
    [[nodiscard]] SqlStatement deleteRow(const RowKey &key) const;
    /// One row if the key's row (same key and token) exists.
    [[nodiscard]] SqlStatement exists(const RowKey &key) const;
    /// Moves the expiry of a token's row, in the form that the column has.
    [[nodiscard]] SqlStatement extend(QByteArrayView token, base::Instant expires) const;
    /// Deletes a token's row if it is expired at @p now.
    [[nodiscard]] SqlStatement deleteExpired(QByteArrayView token, base::Instant now) const;

private:
    [[nodiscard]] QString keyMatches(const RowKey &key, SqlParams &params) const;

    const SchemaSql &m_schema;
};

} // namespace rollcall::store
