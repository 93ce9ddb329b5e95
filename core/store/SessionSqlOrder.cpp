#include "core/store/SessionSql.h"

// In which order sessions come: what serves it, and what a place in it is.
namespace rollcall::store {

std::optional<QString> SessionSql::tie(const QString &key) const
{
    if (!m_schema.bound().keyCanTie())
        return std::nullopt;
    const auto &sessions = m_schema.profile().sessions;
    QStringList texts{m_schema.dialect().asText(m_schema.token())};
    for (const std::optional<QString> &column :
         {sessions.id, std::optional(sessions.userId), std::optional(sessions.expires), sessions.createdAt,
          sessions.ipAddress, sessions.userAgent, sessions.impersonatedBy, sessions.organization}) {
        if (column)
            texts << m_schema.dialect().asText(m_schema.column(*column));
    }
    const QString digest = m_schema.dialect().sha256Hex(m_schema.dialect().textOfAll(texts));
    if (!m_schema.bound().sessions.isUnique(m_schema.bound().keyColumn()))
        return digest;
    return QStringLiteral("CASE WHEN %1 IS NULL THEN %2 ELSE '' END").arg(key, digest);
}

bool SessionSql::isPlannedAlike(const ResolvedQuery &resolved)
{
    // How many sessions a name stands for, the server should see before it chooses; and whether bounds of the expiry
    // are narrow, unless the order is by it. A provider it sees in any case.
    const SessionQuery &query = resolved.query;
    const bool bounded = query.expiresBefore || query.expiresAfter;
    return !query.search && (query.order == SessionOrder::Expires || !bounded);
}

bool SessionSql::isOfKnownUser(StateFilter state) const
{
    const auto &users = m_schema.profile().users;
    return users && users->idType == m_schema.profile().sessions.userIdType &&
           (state == StateFilter::Live || state == StateFilter::Expired);
}

bool SessionSql::canWrite(const StoredForm &form, const SessionQuery &query, const std::optional<PageCursor> &position,
                          base::Instant now)
{
    const auto canBe = [&form](const std::optional<base::Instant> &bound) {
        return !bound || form.notBefore(std::chrono::microseconds(bound->time_since_epoch()).count());
    };
    return canBe(now) && canBe(query.expiresBefore) && canBe(query.expiresAfter) &&
           (!position || !position->order || form.exactly(position->order->toLongLong()));
}

bool SessionSql::isIndexedOrder(const ResolvedQuery &query) const
{
    const auto &profile = m_schema.profile();
    SqlParams unused;
    if (m_schema.bound().keyCanTie() && !m_schema.dialect().sortsByParts())
        return false;
    switch (query.query.order) {
    case SessionOrder::Expires: // an index serves the bare column only
        return query.form ||
               (profile.indexes.expires && m_schema.expires(unused).order == m_schema.column(profile.sessions.expires));
    case SessionOrder::User:
        return profile.indexes.userId &&
               m_schema.isIdBare(m_schema.column(profile.sessions.userId), profile.sessions.userIdType);
    case SessionOrder::Created:
        if (!profile.sessions.createdAt &&
            !m_schema.isIdBare(m_schema.column(m_schema.bound().keyColumn()), profile.sessions.keyType))
            return false;
        return m_schema.bound().sessions.isIndexed(profile.sessions.createdAt.value_or(m_schema.bound().keyColumn()));
    }
    return false;
}

QString SessionSql::cursorScope() const
{
    const auto &sessions = m_schema.profile().sessions;
    return SqlDialect::tableName(sessions.schema, sessions.table) + QLatin1Char('.') +
           SqlDialect::quoted(m_schema.bound().keyColumn());
}

} // namespace rollcall::store
