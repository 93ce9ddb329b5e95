#include "core/store/RowSql.h"

#include <QStringDecoder>

#include "core/base/PercentEncoding.h"

namespace rollcall::store {

namespace {

constexpr std::size_t placeColumn = 7; // behind those of a look-up

/// Nearly every token is ASCII: that is told sixteen times as fast.
bool isUtf8(QByteArrayView bytes)
{
    if (base::isAscii(bytes))
        return true;
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    static_cast<void>(QString(decoder.decode(bytes)));
    return !decoder.hasError();
}

} // namespace

RowSql::RowSql(const SchemaSql &schema) : m_schema(schema), m_whole(schema)
{
    SqlParams unused;
    m_expires = m_schema.expires(unused);
    const auto &users = m_schema.profile().users;
    m_columns.userName = users && users->name;
    m_columns.userEmail = users && users->email;
    m_columns.userImage = users && users->image;
    m_columns.sessionId = m_schema.profile().sessions.id.has_value();
    m_lookup = keep(false);
    m_lookupMany = keep(true);
    m_wholeRows = keep(true, m_whole.cells());
}

RowSql::Kept RowSql::keep(bool many, const QStringList &more) const
{
    const auto &dialect = m_schema.dialect();
    const auto &sessions = m_schema.profile().sessions;
    const auto &users = m_schema.profile().users;
    SqlParams params;
    const QString none = QStringLiteral("NULL");
    const QString present =
        users ? QStringLiteral("u.") + SqlDialect::quoted(users->id) : m_schema.column(sessions.userId);
    const auto idOfSession = [&](const QString &name) {
        return dialect.idCell(m_schema.column(name), m_schema.bound().sessions.typeOf(name));
    };
    const auto ofUser = [&](const std::optional<QString> &name) {
        return name && m_schema.bound().users ? dialect.cell(QStringLiteral("u.") + SqlDialect::quoted(*name),
                                                             m_schema.bound().users->typeOf(*name))
                                              : none;
    };
    QStringList columns{
        idOfSession(sessions.userId),
        m_schema.expires(params).order, // a time or a number: its output is its text
        QStringLiteral("CASE WHEN %1 IS NULL THEN 0 ELSE 1 END").arg(present),
        ofUser(users ? users->name : std::nullopt),
        ofUser(users ? users->email : std::nullopt),
        ofUser(users ? users->image : std::nullopt),
        sessions.id ? idOfSession(*sessions.id) : none,
    };
    Kept kept;
    for (const auto &value : params.values())
        kept.bound.push_back(value.value_or(QByteArray()));
    const QString token = params.add(QByteArrayView());
    QString from = m_schema.source();
    QString wanted = token;
    QString limit = QStringLiteral(" LIMIT 1");
    if (many) {
        columns << QStringLiteral("t.n");
        // The list comes first: SQLite joins in this order.
        from = dialect.listRows(token) + QStringLiteral(" CROSS JOIN ") + from;
        wanted = QStringLiteral("t.token");
        limit.clear();
    }
    columns << more;
    kept.sql = QStringLiteral("SELECT %1 FROM %2 WHERE %3%4")
                   .arg(columns.join(QStringLiteral(", ")), from,
                        dialect.matches(m_schema.column(sessions.token), wanted, m_schema.tokenType()), limit);
    SqlStatement named{.sql = kept.sql};
    named.keep();
    kept.name = named.name;
    return kept;
}

SqlStatement RowSql::Kept::with(QByteArrayView last) const
{
    SqlStatement statement{.sql = sql, .params = {}, .name = name};
    for (const QByteArray &value : bound)
        statement.params.bind(value);
    statement.params.bind(last);
    return statement;
}

bool RowSql::canBeToken(QByteArrayView token) const
{
    return !token.isEmpty() && !token.contains('\0') && isUtf8(token) &&
           m_schema.dialect().accepts(m_schema.tokenType(), QString::fromUtf8(token));
}

SqlStatement RowSql::lookup(QByteArrayView token) const
{
    return m_lookup.with(token);
}

SqlStatement RowSql::withList(const Kept &kept, std::span<const QByteArrayView> tokens) const
{
    QByteArray list = m_schema.dialect().listValue(tokens);
    SqlStatement statement = kept.with(list);
    base::wipe(list);
    return statement;
}

SqlStatement RowSql::lookupMany(std::span<const QByteArrayView> tokens) const
{
    return withList(m_lookupMany, tokens);
}

SqlStatement RowSql::wholeRows(std::span<const QByteArrayView> tokens) const
{
    return withList(m_wholeRows, tokens);
}

SessionRow RowSql::readLookup(const SqlRow &row) const
{
    SessionRow result;
    result.userId = row.text(0);
    result.expires = m_expires.decode(row.bytes(1)).instant();
    result.hasUser = row.flag(2);
    result.userName = row.text(3);
    result.userEmail = row.text(4);
    result.userImage = row.text(5);
    result.sessionId = row.text(6);
    result.columns = m_columns;
    return result;
}

WholeRow RowSql::readWhole(const SqlRow &row) const
{
    WholeRow result;
    result.row = readLookup(row);
    m_whole.read(row, placeColumn + 1, result);
    return result;
}

std::size_t RowSql::placeOf(const SqlRow &row)
{
    return static_cast<std::size_t>(row.integer(placeColumn));
}

QString RowSql::idMatches(const RowKey &key, SqlParams &params) const
{
    return m_schema.dialect().matchesId(SqlDialect::quoted(m_schema.bound().keyColumn()), params.add(key.key.view()),
                                        m_schema.profile().sessions.keyType);
}

QString RowSql::keyMatches(const RowKey &key, SqlParams &params) const
{
    const auto &sessions = m_schema.profile().sessions;
    const auto &dialect = m_schema.dialect();
    const auto isToken = [&] {
        return dialect.matchesRead(SqlDialect::quoted(sessions.token), params.add(key.token.view()),
                                   m_schema.tokenType());
    };
    if (!m_schema.bound().keyIsId)
        return isToken();
    const QString isId = idMatches(key, params);
    return isId + QStringLiteral(" AND ") + isToken();
}

SqlStatement RowSql::deleteRow(const RowKey &key) const
{
    SqlStatement statement;
    const QString condition = keyMatches(key, statement.params);
    statement.sql = QStringLiteral("DELETE FROM %1 WHERE %2 AND %3")
                        .arg(m_schema.table(), condition, isOfUser(key, statement.params));
    return statement;
}

QString RowSql::isOfUser(const RowKey &key, SqlParams &params) const
{
    const auto &sessions = m_schema.profile().sessions;
    const auto &dialect = m_schema.dialect();
    // Where the user is what tells rows apart, to the byte: many collations take "ADA" for "ada".
    if (key.userId && !m_schema.bound().keyIsId && m_schema.bound().tokenCanRepeat())
        return dialect.matchesId(SqlDialect::quoted(sessions.userId), params.add(*key.userId), sessions.userIdType);
    const QString user = dialect.typed(params.addOptional(key.userId), sessions.userIdType);
    return dialect.same(dialect.idColumn(SqlDialect::quoted(sessions.userId), sessions.userIdType), user);
}

SqlStatement RowSql::exists(const RowKey &key) const
{
    SqlStatement statement;
    // Without its token a row cannot be told from what stands there later, and is never deleted: but it is there.
    const bool isNameless = m_schema.bound().keyIsId && key.token.isEmpty();
    const QString condition = isNameless ? idMatches(key, statement.params) : keyMatches(key, statement.params);
    statement.sql = QStringLiteral("SELECT 1 FROM %1 WHERE %2 LIMIT 1").arg(m_schema.table(), condition);
    return statement;
}

SqlStatement RowSql::isLeft(const RowKey &key) const
{
    if (m_schema.bound().keyIsId || !m_schema.bound().tokenCanRepeat())
        return exists(key);
    SqlStatement statement;
    const QString condition = keyMatches(key, statement.params);
    statement.sql = QStringLiteral("SELECT 1 FROM %1 WHERE %2 AND %3 LIMIT 1")
                        .arg(m_schema.table(), condition, isOfUser(key, statement.params));
    return statement;
}

SqlStatement RowSql::extend(QByteArrayView token, base::Instant newExpiry) const
{
    const auto &sessions = m_schema.profile().sessions;
    const QString column = SqlDialect::quoted(sessions.expires);
    SqlStatement statement;
    const QString value =
        m_schema.dialect().instantValue(newExpiry, column, sessions.encoding, m_schema.zone(), statement.params);
    statement.sql = QStringLiteral("UPDATE %1 SET %2 = %3 WHERE %4")
                        .arg(m_schema.table(), column, value,
                             m_schema.dialect().matches(SqlDialect::quoted(sessions.token), statement.params.add(token),
                                                        m_schema.tokenType()));
    return statement;
}

SqlStatement RowSql::deleteExpired(QByteArrayView token, base::Instant now) const
{
    const auto &sessions = m_schema.profile().sessions;
    SqlStatement statement;
    const auto &dialect = m_schema.dialect();
    // No alias here: MariaDB takes none in a DELETE before 11.6.
    const InstantSql expiry = dialect.instant(SqlDialect::quoted(sessions.expires), sessions.expiresType,
                                              sessions.encoding, m_schema.zone(), statement.params);
    const QString bound = expiry.bind(statement.params, now);
    statement.sql =
        QStringLiteral("DELETE FROM %1 WHERE %2 AND %3 < %4%5")
            .arg(m_schema.table(),
                 dialect.matches(SqlDialect::quoted(sessions.token), statement.params.add(token), m_schema.tokenType()),
                 expiry.order, bound, expiry.andReadable);
    return statement;
}

} // namespace rollcall::store
