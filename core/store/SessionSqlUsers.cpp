#include "core/store/SessionSql.h"

// Whose sessions: the statements about users and their accounts.
namespace rollcall::store {

QString SessionSql::found(const QString &needle, SqlParams &params) const
{
    QStringList either;
    if (const auto &users = m_schema.profile().users) {
        for (const auto &column : {users->name, users->email}) {
            if (column)
                either << m_schema.dialect().contains(QStringLiteral("u.") + SqlDialect::quoted(*column), needle,
                                                      params);
        }
    }
    return either.isEmpty() ? QStringLiteral("FALSE")
                            : QLatin1Char('(') + either.join(QStringLiteral(" OR ")) + QLatin1Char(')');
}

std::optional<SqlStatement> SessionSql::providers(std::span<const QByteArrayView> userIds) const
{
    if (!m_schema.profile().accounts || userIds.empty())
        return std::nullopt;
    const auto &accounts = *m_schema.profile().accounts;
    const QString column = QStringLiteral("a.") + SqlDialect::quoted(accounts.userId);
    const QString userId = m_schema.dialect().idColumn(column, m_schema.bound().accountUserIdType);
    const QString provider = m_schema.dialect().cell(QStringLiteral("a.") + SqlDialect::quoted(accounts.provider),
                                                     m_schema.bound().accountProviderType);
    const bool direct =
        m_schema.dialect().comparable(m_schema.bound().accountUserIdType, m_schema.profile().sessions.userIdType);
    SqlStatement statement;
    const QString wanted = m_schema.dialect().isOneOfRead(
        direct ? userId : m_schema.dialect().asText(userId), userIds,
        direct ? m_schema.bound().accountUserIdType : QStringLiteral("text"), statement.params);
    statement.sql = QStringLiteral("SELECT %1, %2 FROM %3 a WHERE %4")
                        .arg(m_schema.dialect().idCell(column, m_schema.bound().accountUserIdType), provider,
                             SqlDialect::tableName(accounts.schema, accounts.table), wanted);
    statement.fewRows = true;
    if (m_schema.dialect().bindsLists())
        statement.keep();
    return statement;
}

std::optional<SqlStatement> SessionSql::usersByEmail(const QString &email, int limit) const
{
    const auto &users = m_schema.profile().users;
    if (!users || !users->email)
        return std::nullopt;
    SqlStatement statement;
    const QString match =
        m_schema.dialect().matches(QStringLiteral("u.") + SqlDialect::quoted(*users->email),
                                   statement.params.add(email), m_schema.bound().users->typeOf(*users->email));
    statement.sql =
        QStringLiteral("SELECT %1 FROM %2 u WHERE %3 LIMIT %4")
            .arg(m_schema.dialect().idCell(QStringLiteral("u.") + SqlDialect::quoted(users->id), users->idType),
                 SqlDialect::tableName(users->schema, users->table), match, QString::number(limit));
    return statement;
}

std::optional<SqlStatement> SessionSql::usersBySearch(const QString &needle, int limit) const
{
    const auto &users = m_schema.profile().users;
    if (!users)
        return std::nullopt;
    SqlStatement statement;
    const QString condition = found(needle, statement.params);
    statement.sql =
        QStringLiteral("SELECT %1 FROM %2 u WHERE %3 LIMIT %4")
            .arg(m_schema.dialect().idCell(QStringLiteral("u.") + SqlDialect::quoted(users->id), users->idType),
                 SqlDialect::tableName(users->schema, users->table), condition, QString::number(limit));
    return statement;
}

bool SessionSql::isEmailIndexed() const
{
    const auto &users = m_schema.profile().users;
    return users && users->email && m_schema.bound().users->isIndexed(*users->email);
}

bool SessionSql::canBeUserId(const QString &value) const
{
    return m_schema.dialect().acceptsId(m_schema.profile().sessions.userIdType, value);
}

} // namespace rollcall::store
