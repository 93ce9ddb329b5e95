#include "core/store/SessionSql.h"

#include <QStringDecoder>

namespace rollcall::store {

namespace {

/// The columns of list(), rowsById() and rowsByFingerprint().
enum Column : std::size_t {
    Id,
    Digest,
    UserId,
    Name,
    Email,
    Expires,
    State,
    CreatedAt,
    IpAddress,
    UserAgent,
    Order,
    Key,
    Token
};

QString columnOrNull(const std::optional<QString> &expression)
{
    return expression.value_or(QStringLiteral("NULL"));
}

bool isUtf8(QByteArrayView bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    static_cast<void>(QString(decoder.decode(bytes)));
    return !decoder.hasError();
}

session::SessionState stateOf(QByteArrayView name)
{
    using session::SessionState;
    for (const auto state : {SessionState::Live, SessionState::Expired, SessionState::Orphan}) {
        if (name == session::stateName(state).toLatin1())
            return state;
    }
    return SessionState::Unknown;
}

} // namespace

/// The expressions that filter, order and state share.
struct SessionSql::Parts
{
    InstantSql expires;
    std::optional<InstantSql> created;
    QString now;
    QString userId;               ///< s.userId
    QString userExists;           ///< condition: the user row is there
    std::optional<QString> order; ///< nullopt: by key alone
    QString key;
    QString isLive;
};

SessionSql::SessionSql(const SqlDialect &dialect, BoundSchema schema, QTimeZone zone)
    : m_dialect(dialect), m_schema(std::move(schema)), m_zone(std::move(zone))
{
    const auto &sessions = m_schema.profile.sessions;
    m_tokenType = m_schema.sessions.column(sessions.token)->type;
    m_source = SqlDialect::tableName(sessions.schema, sessions.table) + QStringLiteral(" s");
    if (const auto &users = m_schema.profile.users) {
        m_source += QStringLiteral(" LEFT JOIN %1 u ON %2")
                        .arg(SqlDialect::tableName(users->schema, users->table),
                             equal(QStringLiteral("u.") + SqlDialect::quoted(users->id), users->idType,
                                   columnOf(sessions.userId), sessions.userIdType));
    }
}

QString SessionSql::columnOf(const QString &name) const
{
    return QStringLiteral("s.") + SqlDialect::quoted(name);
}

QString SessionSql::equal(const QString &left, const QString &leftType, const QString &right,
                          const QString &rightType) const
{
    const bool direct = m_dialect.comparable(leftType, rightType);
    return QStringLiteral("%1 = %2").arg(direct ? left : m_dialect.asText(left),
                                         direct ? right : m_dialect.asText(right));
}

InstantSql SessionSql::expires(SqlParams &params) const
{
    const auto &sessions = m_schema.profile.sessions;
    return m_dialect.instant(columnOf(sessions.expires), sessions.expiresType, sessions.encoding, m_zone, params);
}

SessionSql::Parts SessionSql::parts(const SessionQuery &query, base::Instant now, SqlParams &params) const
{
    const auto &sessions = m_schema.profile.sessions;
    Parts parts;
    parts.expires = expires(params);
    parts.now = parts.expires.bind(params, now);
    parts.userId = columnOf(sessions.userId);
    parts.userExists = m_schema.profile.users
                           ? QStringLiteral("u.%1 IS NOT NULL").arg(SqlDialect::quoted(m_schema.profile.users->id))
                           : parts.userId + QStringLiteral(" IS NOT NULL");
    parts.key = columnOf(m_schema.keyColumn());
    if (sessions.createdAt) {
        const QString type = m_schema.sessions.column(*sessions.createdAt)->type;
        parts.created =
            m_dialect.instant(columnOf(*sessions.createdAt), type, m_dialect.encodingOfType(type), m_zone, params);
    }
    switch (query.order) {
    case SessionOrder::Expires:
        parts.order = parts.expires.order;
        break;
    case SessionOrder::User: // by id: one user's sessions stand together, and an index can serve it
        parts.order = parts.userId;
        break;
    case SessionOrder::Created:
        if (parts.created)
            parts.order = parts.created->order;
        break;
    }
    parts.isLive = QStringLiteral("(%1 >= %2 AND %3)").arg(parts.expires.order, parts.now, parts.userExists);
    return parts;
}

QString SessionSql::columns(const Parts &parts, bool withKeys) const
{
    const auto &sessions = m_schema.profile.sessions;
    const auto &users = m_schema.profile.users;
    const auto text = [this](const std::optional<QString> &column, const char *alias) {
        return column ? m_dialect.asText(QLatin1StringView(alias) + SqlDialect::quoted(*column))
                      : QStringLiteral("NULL");
    };
    const QString orphan = users ? QStringLiteral("WHEN NOT (%1) THEN 'orphan' ").arg(parts.userExists) : QString();
    QStringList list{
        text(sessions.id, "s."),
        m_dialect.sha256Hex(columnOf(sessions.token)),
        m_dialect.asText(parts.userId),
        users ? text(users->name, "u.") : QStringLiteral("NULL"),
        users ? text(users->email, "u.") : QStringLiteral("NULL"),
        m_dialect.asText(parts.expires.order),
        QStringLiteral(
            "CASE WHEN %1 IS NULL OR %2 IS NULL THEN 'unknown' %3WHEN %1 >= %4 THEN 'live' ELSE 'expired' END")
            .arg(parts.expires.order, parts.userId, orphan, parts.now),
        parts.created ? m_dialect.asText(parts.created->order) : QStringLiteral("NULL"),
        text(sessions.ipAddress, "s."),
        text(sessions.userAgent, "s."),
        parts.order ? m_dialect.asText(*parts.order) : QStringLiteral("NULL"),
    };
    // Only plans read tokens: a listing never moves one out of the database.
    if (withKeys || m_schema.keyIsId)
        list << m_dialect.asText(parts.key);
    if (withKeys)
        list << m_dialect.asText(columnOf(sessions.token));
    return list.join(QStringLiteral(", "));
}

QString SessionSql::typedList(const QStringList &values, const QString &type, SqlParams &params) const
{
    QStringList placeholders;
    for (const QString &value : values)
        placeholders << m_dialect.typed(params.add(value), type);
    return placeholders.join(QStringLiteral(", "));
}

QString SessionSql::where(const ResolvedQuery &resolved, const Parts &parts, SqlParams &params) const
{
    const SessionQuery &query = resolved.query;
    const auto &profile = m_schema.profile;
    const QString &expires = parts.expires.order;
    QStringList all;
    switch (query.state) {
    case StateFilter::Live:
        all << parts.isLive;
        break;
    case StateFilter::Expired:
        all << QStringLiteral("%1 < %2 AND %3").arg(expires, parts.now, parts.userExists);
        break;
    case StateFilter::Orphan:
        all << (profile.users ? QStringLiteral("%1 IS NOT NULL AND %2 IS NOT NULL AND NOT (%3)")
                                    .arg(expires, parts.userId, parts.userExists)
                              : QStringLiteral("FALSE"));
        break;
    case StateFilter::All:
        break;
    }
    if (query.expiresBefore)
        all << QStringLiteral("%1 < %2").arg(expires, parts.expires.bind(params, *query.expiresBefore));
    if (query.expiresAfter)
        all << QStringLiteral("%1 >= %2").arg(expires, parts.expires.bind(params, *query.expiresAfter));
    if (resolved.userIds) {
        all << (resolved.userIds->isEmpty()
                    ? QStringLiteral("FALSE")
                    : QStringLiteral("%1 IN (%2)")
                          .arg(parts.userId, typedList(*resolved.userIds, profile.sessions.userIdType, params)));
    }
    if (query.provider) {
        const bool none = *query.provider == QStringLiteral("none");
        if (!profile.accounts) {
            all << (none ? QStringLiteral("TRUE") : QStringLiteral("FALSE"));
        } else {
            const auto &accounts = *profile.accounts;
            QString match = equal(QStringLiteral("a.") + SqlDialect::quoted(accounts.userId),
                                  m_schema.accountUserIdType, parts.userId, profile.sessions.userIdType);
            if (!none)
                match += QStringLiteral(" AND %1 = %2")
                             .arg(m_dialect.asText(QStringLiteral("a.") + SqlDialect::quoted(accounts.provider)),
                                  params.add(*query.provider));
            all << QStringLiteral("%1EXISTS (SELECT 1 FROM %2 a WHERE %3)")
                       .arg(none ? QStringLiteral("NOT ") : QString(),
                            SqlDialect::tableName(accounts.schema, accounts.table), match);
        }
    }
    if (query.search && !query.search->isEmpty()) {
        QStringList either;
        if (profile.users) {
            for (const auto &column : {profile.users->name, profile.users->email}) {
                if (column)
                    either << m_dialect.contains(QStringLiteral("u.") + SqlDialect::quoted(*column), *query.search,
                                                 params);
            }
        }
        all << (either.isEmpty() ? QStringLiteral("FALSE")
                                 : QLatin1Char('(') + either.join(QStringLiteral(" OR ")) + QLatin1Char(')'));
    }
    return all.isEmpty() ? QStringLiteral("TRUE") : all.join(QStringLiteral(" AND "));
}

QString SessionSql::after(const PagePosition &position, const SessionQuery &query, const Parts &parts,
                          SqlParams &params) const
{
    const QString beyond = query.descending ? QStringLiteral("<") : QStringLiteral(">");
    const QString keyBeyond =
        position.key ? QStringLiteral("%1 %2 %3")
                           .arg(parts.key, beyond,
                                m_dialect.typed(params.add(position.key->view()), m_schema.profile.sessions.keyType))
                     : QStringLiteral("TRUE");
    if (!parts.order)
        return keyBeyond;
    const QString &order = *parts.order;
    const bool nullsAtEnd = m_dialect.nullsAreLargest() != query.descending;
    if (!position.order) {
        const QString sameNull = QStringLiteral("(%1 IS NULL AND %2)").arg(order, keyBeyond);
        return nullsAtEnd ? sameNull : QStringLiteral("(%1 OR %2 IS NOT NULL)").arg(sameNull, order);
    }
    QString value;
    switch (query.order) {
    case SessionOrder::Expires:
        value = parts.expires.bindText(params, *position.order);
        break;
    case SessionOrder::User:
        value = m_dialect.typed(params.add(QByteArrayView(*position.order)), m_schema.profile.sessions.userIdType);
        break;
    case SessionOrder::Created:
        value = parts.created->bindText(params, *position.order);
        break;
    }
    // The bound on the first column stands by itself, so that an index on it can be entered there.
    const QString finite = QStringLiteral("(%1 %2= %3 AND (%1 %2 %3 OR %4))").arg(order, beyond, value, keyBeyond);
    const bool ordersByExpiry = query.order == SessionOrder::Expires && query.state != StateFilter::All;
    const bool nullsPossible = nullsAtEnd && !ordersByExpiry;
    return nullsPossible ? QStringLiteral("(%1 OR %2 IS NULL)").arg(finite, order) : finite;
}

SqlStatement SessionSql::list(const ResolvedQuery &query, const std::optional<PagePosition> &position,
                              base::Instant now, qint64 limit, bool withKeys) const
{
    SqlStatement statement;
    const Parts shared = parts(query.query, now, statement.params);
    const QString direction = query.query.descending ? QStringLiteral(" DESC") : QString();
    QString condition = where(query, shared, statement.params);
    if (position)
        condition += QStringLiteral(" AND ") + after(*position, query.query, shared, statement.params);
    const QString order = shared.order ? *shared.order + direction + QStringLiteral(", ") : QString();
    statement.sql = QStringLiteral("SELECT %1 FROM %2 WHERE %3 ORDER BY %4 LIMIT %5")
                        .arg(columns(shared, withKeys), m_source, condition, order + shared.key + direction,
                             QString::number(limit));
    return statement;
}

SqlStatement SessionSql::rowsWhere(const QString &condition, SqlParams params, base::Instant now) const
{
    SqlStatement statement{.sql = {}, .params = std::move(params)};
    const Parts shared = parts({}, now, statement.params);
    statement.sql = QStringLiteral("SELECT %1 FROM %2 WHERE %3").arg(columns(shared, true), m_source, condition);
    return statement;
}

SqlStatement SessionSql::rowsById(const QStringList &names, base::Instant now) const
{
    const QString &id = *m_schema.profile.sessions.id;
    const QString type = m_schema.sessions.column(id)->type;
    QStringList possible;
    std::ranges::copy_if(names, std::back_inserter(possible),
                         [&](const QString &name) { return m_dialect.accepts(type, name); });
    SqlParams params;
    const QString condition = possible.isEmpty()
                                  ? QStringLiteral("FALSE")
                                  : QStringLiteral("%1 IN (%2)").arg(columnOf(id), typedList(possible, type, params));
    return rowsWhere(condition, std::move(params), now);
}

SqlStatement SessionSql::rowsByFingerprint(const QStringList &names, base::Instant now) const
{
    SqlParams params;
    QStringList placeholders;
    for (const QString &name : names)
        placeholders << params.add(name);
    const QString condition = QStringLiteral("substr(%1, 1, 16) IN (%2)")
                                  .arg(m_dialect.sha256Hex(columnOf(m_schema.profile.sessions.token)),
                                       placeholders.join(QStringLiteral(", ")));
    return rowsWhere(condition, std::move(params), now);
}

session::ListedSession SessionSql::listed(const SqlRow &row) const
{
    SqlParams unused;
    session::ListedSession session;
    session.id = row.text(Id);
    session.fingerprint = base::Fingerprint::fromText(QString::fromLatin1(row.bytes(Digest).toByteArray().first(16)));
    session.userId = row.text(UserId);
    session.name = row.text(Name);
    session.email = row.text(Email);
    session.expires = expires(unused).decode(row.bytes(Expires)).instant();
    session.state = stateOf(row.bytes(State));
    if (const auto &created = m_schema.profile.sessions.createdAt; created && !row.isNull(CreatedAt)) {
        const QString type = m_schema.sessions.column(*created)->type;
        session.createdAt = m_dialect.instant(columnOf(*created), type, m_dialect.encodingOfType(type), m_zone, unused)
                                .decode(row.bytes(CreatedAt))
                                .instant();
    }
    session.ipAddress = row.text(IpAddress);
    session.userAgent = row.text(UserAgent);
    return session;
}

RowKey SessionSql::key(const SqlRow &row) const
{
    base::SecretBytes token(row.bytes(Token));
    auto fingerprint = token.fingerprint();
    return {base::SecretBytes(row.bytes(Key)), std::move(token), std::move(fingerprint), row.text(UserId)};
}

PageCursor SessionSql::cursor(const SqlRow &row) const
{
    PageCursor cursor;
    if (!row.isNull(Order))
        cursor.order = row.bytes(Order).toByteArray();
    cursor.key = row.bytes(m_schema.keyIsId ? Key : Digest).toByteArray();
    return cursor;
}

SqlStatement SessionSql::count(const ResolvedQuery &query, base::Instant now) const
{
    SqlStatement statement;
    const Parts shared = parts(query.query, now, statement.params);
    statement.sql =
        QStringLiteral("SELECT count(*) FROM %1 WHERE %2").arg(m_source, where(query, shared, statement.params));
    return statement;
}

SqlStatement SessionSql::totals(base::Instant now) const
{
    using namespace std::chrono_literals;
    SqlStatement statement;
    const Parts shared = parts({}, now, statement.params);
    const QString &expires = shared.expires.order;
    const QString readable = QStringLiteral("%1 IS NOT NULL AND %2 IS NOT NULL").arg(expires, shared.userId);
    QStringList columns{
        QStringLiteral("count(*) FILTER (WHERE %1)").arg(shared.isLive),
        QStringLiteral("count(*) FILTER (WHERE %1 < %2 AND %3)").arg(expires, shared.now, shared.userExists),
        m_schema.profile.users
            ? QStringLiteral("count(*) FILTER (WHERE %1 AND NOT (%2))").arg(readable, shared.userExists)
            : QStringLiteral("0"),
        QStringLiteral("count(DISTINCT %1) FILTER (WHERE %2)").arg(shared.userId, shared.isLive),
    };
    for (const base::Instant end : {now + 1h, now + 24h, now + 24h * 7}) {
        // "within" takes its end in; the bound itself is exclusive
        columns << QStringLiteral("count(*) FILTER (WHERE %1 AND %2 < %3)")
                       .arg(shared.isLive, expires, shared.expires.bind(statement.params, end + 1ms));
    }
    statement.sql = QStringLiteral("SELECT %1 FROM %2").arg(columns.join(QStringLiteral(", ")), m_source);
    return statement;
}

SqlStatement SessionSql::liveByProvider(base::Instant now) const
{
    SqlStatement statement;
    const Parts shared = parts({}, now, statement.params);
    if (!m_schema.profile.accounts) {
        statement.sql =
            QStringLiteral("SELECT NULL, count(*) FROM %1 WHERE %2 HAVING count(*) > 0").arg(m_source, shared.isLive);
        return statement;
    }
    const auto &accounts = *m_schema.profile.accounts;
    statement.sql =
        QStringLiteral("SELECT p.provider, count(*) FROM %1 LEFT JOIN (SELECT DISTINCT a.%2 AS user_id, %3 AS provider "
                       "FROM %4 a) p ON %5 WHERE %6 GROUP BY p.provider")
            .arg(m_source, SqlDialect::quoted(accounts.userId),
                 m_dialect.asText(QStringLiteral("a.") + SqlDialect::quoted(accounts.provider)),
                 SqlDialect::tableName(accounts.schema, accounts.table),
                 equal(QStringLiteral("p.user_id"), m_schema.accountUserIdType, shared.userId,
                       m_schema.profile.sessions.userIdType),
                 shared.isLive);
    return statement;
}

std::optional<SqlStatement> SessionSql::providers(const QStringList &userIds) const
{
    if (!m_schema.profile.accounts || userIds.isEmpty())
        return std::nullopt;
    const auto &accounts = *m_schema.profile.accounts;
    const QString userId = QStringLiteral("a.") + SqlDialect::quoted(accounts.userId);
    const QString provider = m_dialect.asText(QStringLiteral("a.") + SqlDialect::quoted(accounts.provider));
    const bool direct = m_dialect.comparable(m_schema.accountUserIdType, m_schema.profile.sessions.userIdType);
    SqlStatement statement;
    const QString list =
        typedList(userIds, direct ? m_schema.accountUserIdType : QStringLiteral("text"), statement.params);
    statement.sql = QStringLiteral("SELECT DISTINCT %1, %2 FROM %3 a WHERE %4 IN (%5)")
                        .arg(m_dialect.asText(userId), provider, SqlDialect::tableName(accounts.schema, accounts.table),
                             direct ? userId : m_dialect.asText(userId), list);
    return statement;
}

std::optional<SqlStatement> SessionSql::usersByEmail(const QString &email, int limit) const
{
    const auto &users = m_schema.profile.users;
    if (!users || !users->email)
        return std::nullopt;
    SqlStatement statement;
    statement.sql = QStringLiteral("SELECT %1 FROM %2 u WHERE u.%3 = %4 LIMIT %5")
                        .arg(m_dialect.asText(QStringLiteral("u.") + SqlDialect::quoted(users->id)),
                             SqlDialect::tableName(users->schema, users->table), SqlDialect::quoted(*users->email),
                             statement.params.add(email), QString::number(limit));
    return statement;
}

SqlStatement SessionSql::tokenAt(const PageCursor &cursor, const SessionQuery &query) const
{
    SqlStatement statement;
    const Parts shared = parts(query, base::Instant(), statement.params);
    QString same = QStringLiteral("TRUE");
    if (shared.order && !cursor.order) {
        same = *shared.order + QStringLiteral(" IS NULL");
    } else if (shared.order) {
        const QString value = query.order == SessionOrder::User
                                  ? m_dialect.typed(statement.params.add(QByteArrayView(*cursor.order)),
                                                    m_schema.profile.sessions.userIdType)
                                  : (query.order == SessionOrder::Expires ? shared.expires : *shared.created)
                                        .bindText(statement.params, *cursor.order);
        same = QStringLiteral("%1 = %2").arg(*shared.order, value);
    }
    statement.sql = QStringLiteral("SELECT %1 FROM %2 WHERE %3 AND %4 = %5 LIMIT 1")
                        .arg(m_dialect.asText(shared.key), m_source, same, m_dialect.sha256Hex(shared.key),
                             statement.params.add(QByteArrayView(cursor.key)));
    return statement;
}

std::optional<SqlStatement> SessionSql::lookup(QByteArrayView token) const
{
    // No row of a text column can hold such bytes; the server would only complain of them.
    if (token.isEmpty() || token.contains('\0') || !isUtf8(token) ||
        !m_dialect.accepts(m_tokenType, QString::fromUtf8(token)))
        return std::nullopt;
    const auto &sessions = m_schema.profile.sessions;
    const auto &users = m_schema.profile.users;
    SqlStatement statement;
    statement.reuse = true;
    const auto userText = [&](const std::optional<QString> &column) {
        return column ? m_dialect.asText(QStringLiteral("u.") + SqlDialect::quoted(*column)) : QStringLiteral("NULL");
    };
    const QString hasUser =
        users ? QStringLiteral("CASE WHEN u.%1 IS NULL THEN 0 ELSE 1 END").arg(SqlDialect::quoted(users->id))
              : QStringLiteral("CASE WHEN %1 IS NULL THEN 0 ELSE 1 END").arg(columnOf(sessions.userId));
    statement.sql =
        QStringLiteral("SELECT %1, %2, %3, %4, %5, %6, %7 FROM %8 WHERE %9 = ")
            .arg(m_dialect.asText(columnOf(sessions.userId)), m_dialect.asText(expires(statement.params).order),
                 hasUser, columnOrNull(users ? std::optional(userText(users->name)) : std::nullopt),
                 columnOrNull(users ? std::optional(userText(users->email)) : std::nullopt),
                 columnOrNull(users ? std::optional(userText(users->image)) : std::nullopt),
                 sessions.id ? m_dialect.asText(columnOf(*sessions.id)) : QStringLiteral("NULL"), m_source,
                 columnOf(sessions.token)) +
        m_dialect.typed(statement.params.add(token), m_tokenType) + QStringLiteral(" LIMIT 1");
    return statement;
}

SessionRow SessionSql::readLookup(const SqlRow &row) const
{
    SqlParams unused;
    const StoredInstant stored = expires(unused).decode(row.bytes(1));
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

QString SessionSql::keyMatches(const RowKey &key, SqlParams &params) const
{
    const auto &sessions = m_schema.profile.sessions;
    QString condition = QStringLiteral("%1 = %2").arg(SqlDialect::quoted(m_schema.keyColumn()),
                                                      m_dialect.typed(params.add(key.key.view()), sessions.keyType));
    if (m_schema.keyIsId)
        condition +=
            QStringLiteral(" AND %1 = %2")
                .arg(SqlDialect::quoted(sessions.token), m_dialect.typed(params.add(key.token.view()), m_tokenType));
    return condition;
}

SqlStatement SessionSql::deleteRow(const RowKey &key) const
{
    const auto &sessions = m_schema.profile.sessions;
    SqlStatement statement;
    const QString condition = keyMatches(key, statement.params);
    const QString user = m_dialect.typed(statement.params.addOptional(key.userId), sessions.userIdType);
    statement.sql = QStringLiteral("DELETE FROM %1 WHERE %2 AND %3")
                        .arg(SqlDialect::tableName(sessions.schema, sessions.table), condition,
                             m_dialect.same(SqlDialect::quoted(sessions.userId), user));
    return statement;
}

SqlStatement SessionSql::exists(const RowKey &key) const
{
    const auto &sessions = m_schema.profile.sessions;
    SqlStatement statement;
    const QString condition = keyMatches(key, statement.params);
    statement.sql = QStringLiteral("SELECT 1 FROM %1 WHERE %2 LIMIT 1")
                        .arg(SqlDialect::tableName(sessions.schema, sessions.table), condition);
    return statement;
}

SqlStatement SessionSql::extend(QByteArrayView token, base::Instant newExpiry) const
{
    const auto &sessions = m_schema.profile.sessions;
    const QString column = SqlDialect::quoted(sessions.expires);
    SqlStatement statement;
    const QString value = m_dialect.instantValue(newExpiry, column, sessions.encoding, m_zone, statement.params);
    statement.sql =
        QStringLiteral("UPDATE %1 SET %2 = %3 WHERE %4 = %5")
            .arg(SqlDialect::tableName(sessions.schema, sessions.table), column, value,
                 SqlDialect::quoted(sessions.token), m_dialect.typed(statement.params.add(token), m_tokenType));
    return statement;
}

SqlStatement SessionSql::deleteExpired(QByteArrayView token, base::Instant now) const
{
    const auto &sessions = m_schema.profile.sessions;
    SqlStatement statement;
    const InstantSql expiry = expires(statement.params);
    const QString bound = expiry.bind(statement.params, now);
    statement.sql = QStringLiteral("DELETE FROM %1 AS s WHERE %2 = %3 AND %4 < %5")
                        .arg(SqlDialect::tableName(sessions.schema, sessions.table), columnOf(sessions.token),
                             m_dialect.typed(statement.params.add(token), m_tokenType), expiry.order, bound);
    return statement;
}

bool SessionSql::isIndexedOrder(const SessionQuery &query) const
{
    const auto &profile = m_schema.profile;
    SqlParams unused;
    switch (query.order) {
    case SessionOrder::Expires: // an index serves the bare column only
        return profile.indexes.expires && expires(unused).order == columnOf(profile.sessions.expires);
    case SessionOrder::User:
        return profile.indexes.userId;
    case SessionOrder::Created:
        return m_schema.sessions.isIndexed(profile.sessions.createdAt.value_or(m_schema.keyColumn()));
    }
    return false;
}

QString SessionSql::cursorScope() const
{
    const auto &sessions = m_schema.profile.sessions;
    return SqlDialect::tableName(sessions.schema, sessions.table) + QLatin1Char('.') +
           SqlDialect::quoted(m_schema.keyColumn());
}

bool SessionSql::canBeUserId(const QString &value) const
{
    return m_dialect.accepts(m_schema.profile.sessions.userIdType, value);
}

} // namespace rollcall::store
