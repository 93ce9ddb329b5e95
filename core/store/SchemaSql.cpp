#include "core/store/SchemaSql.h"

namespace rollcall::store {

SchemaSql::SchemaSql(const SqlDialect &dialect, BoundSchema schema, const QTimeZone &zone)
    : m_dialect(dialect), m_schema(std::move(schema)), m_zone(zone)
{
    const auto &sessions = m_schema.profile.sessions;
    m_tokenType = m_schema.sessions.column(sessions.token)->type;
    m_source = sourceFrom(SqlDialect::tableName(sessions.schema, sessions.table));
}

QString SchemaSql::sourceFrom(const QString &rows) const
{
    const auto &sessions = m_schema.profile.sessions;
    const auto &users = m_schema.profile.users;
    if (!users)
        return rows + QStringLiteral(" s");
    return QStringLiteral("%1 s LEFT JOIN %2 u ON %3")
        .arg(rows, SqlDialect::tableName(users->schema, users->table),
             m_dialect.equal(QStringLiteral("u.") + SqlDialect::quoted(users->id), users->idType,
                             column(sessions.userId), sessions.userIdType));
}

QString SchemaSql::table() const
{
    return SqlDialect::tableName(m_schema.profile.sessions.schema, m_schema.profile.sessions.table);
}

std::optional<InstantSql> SchemaSql::created(SqlParams &params) const
{
    const auto &name = m_schema.profile.sessions.createdAt;
    if (!name)
        return std::nullopt;
    const QString &type = m_schema.sessions.column(*name)->type;
    return m_dialect.instant(column(*name), type, m_dialect.encodingOfType(type), m_zone, params);
}

QString SchemaSql::column(const QString &name) const
{
    return QStringLiteral("s.") + SqlDialect::quoted(name);
}

InstantSql SchemaSql::expires(SqlParams &params) const
{
    const auto &sessions = m_schema.profile.sessions;
    return m_dialect.instant(column(sessions.expires), sessions.expiresType, sessions.encoding, m_zone, params);
}

} // namespace rollcall::store
