#include "core/store/RowSql.h"

#include <QStringDecoder>

namespace rollcall::store {

namespace {

bool isUtf8(QByteArrayView bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    static_cast<void>(QString(decoder.decode(bytes)));
    return !decoder.hasError();
}

} // namespace

std::optional<SqlStatement> RowSql::lookup(QByteArrayView token) const
{
    // No row of a text column can hold such bytes; the server would only complain of them.
    if (token.isEmpty() || token.contains('\0') || !isUtf8(token) ||
        !m_schema.dialect().accepts(m_schema.tokenType(), QString::fromUtf8(token)))
        return std::nullopt;
    const auto &sessions = m_schema.profile().sessions;
    const auto &users = m_schema.profile().users;
    SqlStatement statement;
    statement.reuse = true;
    const QString none = QStringLiteral("NULL");
    const QString hasUser =
        users ? QStringLiteral("CASE WHEN u.%1 IS NULL THEN 0 ELSE 1 END").arg(SqlDialect::quoted(users->id))
              : QStringLiteral("CASE WHEN %1 IS NULL THEN 0 ELSE 1 END").arg(m_schema.column(sessions.userId));
    statement.sql =
        QStringLiteral("SELECT %1, %2, %3, %4, %5, %6, %7 FROM %8 WHERE %9 = ")
            .arg(m_schema.dialect().asText(m_schema.column(sessions.userId)),
                 m_schema.dialect().asText(m_schema.expires(statement.params).order), hasUser,
                 users ? m_schema.userText(users->name) : none, users ? m_schema.userText(users->email) : none,
                 users ? m_schema.userText(users->image) : none,
                 sessions.id ? m_schema.dialect().asText(m_schema.column(*sessions.id)) : none, m_schema.source(),
                 m_schema.column(sessions.token)) +
        m_schema.dialect().typed(statement.params.add(token), m_schema.tokenType()) + QStringLiteral(" LIMIT 1");
    return statement;
}

SessionRow RowSql::readLookup(const SqlRow &row) const
{
    SqlParams unused;
    const StoredInstant stored = m_schema.expires(unused).decode(row.bytes(1));
    SessionRow result;
    result.userId = row.text(0);
    result.expires = stored.instant();
    result.hasUser = row.flag(2);
    result.userName = row.text(3);
    result.userEmail = row.text(4);
    result.userImage = row.text(5);
    result.sessionId = row.text(6);
    return result;
}

QString RowSql::keyMatches(const RowKey &key, SqlParams &params) const
{
    const auto &sessions = m_schema.profile().sessions;
    QString condition =
        QStringLiteral("%1 = %2").arg(SqlDialect::quoted(m_schema.bound().keyColumn()),
                                      m_schema.dialect().typed(params.add(key.key.view()), sessions.keyType));
    if (m_schema.bound().keyIsId)
        condition += QStringLiteral(" AND %1 = %2")
                         .arg(SqlDialect::quoted(sessions.token),
                              m_schema.dialect().typed(params.add(key.token.view()), m_schema.tokenType()));
    return condition;
}

SqlStatement RowSql::deleteRow(const RowKey &key) const
{
    const auto &sessions = m_schema.profile().sessions;
    SqlStatement statement;
    const QString condition = keyMatches(key, statement.params);
    const QString user = m_schema.dialect().typed(statement.params.addOptional(key.userId), sessions.userIdType);
    statement.sql =
        QStringLiteral("DELETE FROM %1 WHERE %2 AND %3")
            .arg(m_schema.table(), condition, m_schema.dialect().same(SqlDialect::quoted(sessions.userId), user));
    return statement;
}

SqlStatement RowSql::exists(const RowKey &key) const
{
    SqlStatement statement;
    const QString condition = keyMatches(key, statement.params);
    statement.sql = QStringLiteral("SELECT 1 FROM %1 WHERE %2 LIMIT 1").arg(m_schema.table(), condition);
    return statement;
}

SqlStatement RowSql::extend(QByteArrayView token, base::Instant newExpiry) const
{
    const auto &sessions = m_schema.profile().sessions;
    const QString column = SqlDialect::quoted(sessions.expires);
    SqlStatement statement;
    const QString value =
        m_schema.dialect().instantValue(newExpiry, column, sessions.encoding, m_schema.zone(), statement.params);
    statement.sql = QStringLiteral("UPDATE %1 SET %2 = %3 WHERE %4 = %5")
                        .arg(m_schema.table(), column, value, SqlDialect::quoted(sessions.token),
                             m_schema.dialect().typed(statement.params.add(token), m_schema.tokenType()));
    return statement;
}

SqlStatement RowSql::deleteExpired(QByteArrayView token, base::Instant now) const
{
    const auto &sessions = m_schema.profile().sessions;
    SqlStatement statement;
    const InstantSql expiry = m_schema.expires(statement.params);
    const QString bound = expiry.bind(statement.params, now);
    statement.sql =
        QStringLiteral("DELETE FROM %1 AS s WHERE %2 = %3 AND %4 < %5")
            .arg(m_schema.table(), m_schema.column(sessions.token),
                 m_schema.dialect().typed(statement.params.add(token), m_schema.tokenType()), expiry.order, bound);
    return statement;
}

} // namespace rollcall::store
