#pragma once

#include <QTimeZone>

#include "core/store/schema/SchemaBinding.h"
#include "core/store/sql/SqlDialect.h"

namespace rollcall::store {

/// The vocabulary in which a store's statements are written: a bound schema in its dialect and zone. In all of them the
/// sessions table is `s` and the users table, where it is known, `u`.
/// **Thread-safety:** immutable; thread-safe.
class SchemaSql final
{
public:
    SchemaSql(const SqlDialect &dialect, BoundSchema schema, const QTimeZone &zone);

    [[nodiscard]] const SqlDialect &dialect() const { return m_dialect; }
    [[nodiscard]] const BoundSchema &bound() const { return m_schema; }
    [[nodiscard]] const SchemaProfile &profile() const { return m_schema.profile; }
    [[nodiscard]] const QTimeZone &zone() const { return m_zone; }
    [[nodiscard]] const QString &tokenType() const { return m_tokenType; }

    /// "sessions s LEFT JOIN users u ON …".
    [[nodiscard]] const QString &source() const { return m_source; }
    /// The same with @p rows, a table's name or a query in brackets, in place of the sessions table.
    [[nodiscard]] QString sourceFrom(const QString &rows) const;
    /// The sessions table's name.
    [[nodiscard]] QString table() const;
    /// A column of the sessions table: s."name".
    [[nodiscard]] QString column(const QString &name) const;
    /// The token as text, to be shown as a digest or taken with a row's key.
    /// A column of ids is ordered by as it is, so that an index on it serves: not where each has to be computed first.
    [[nodiscard]] bool isIdBare(const QString &column, const QString &type) const
    {
        return m_dialect.idColumn(column, type) == column;
    }
    [[nodiscard]] QString token() const
    {
        return m_dialect.tokenText(column(m_schema.profile.sessions.token), m_tokenType);
    }
    /// The expiry as an instant.
    [[nodiscard]] InstantSql expires(SqlParams &params) const;
    /// The time of creation as an instant; nullopt where there is none.
    [[nodiscard]] std::optional<InstantSql> created(SqlParams &params) const;

private:
    const SqlDialect &m_dialect;
    BoundSchema m_schema;
    QTimeZone m_zone;
    QString m_tokenType;
    QString m_source;
};

} // namespace rollcall::store
