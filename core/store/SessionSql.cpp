#include "core/store/SessionSql.h"

namespace rollcall::store {

namespace {

session::SessionState stateOf(QByteArrayView name)
{
    using session::SessionState;
    if (name == "live")
        return SessionState::Live;
    if (name == "expired")
        return SessionState::Expired;
    return name == "orphan" ? SessionState::Orphan : SessionState::Unknown;
}

/// The state of all that @p filter lets through; nullopt where they differ.
std::optional<session::SessionState> stateOf(StateFilter filter)
{
    using session::SessionState;
    switch (filter) {
    case StateFilter::Live:
        return SessionState::Live;
    case StateFilter::Expired:
        return SessionState::Expired;
    case StateFilter::Orphan:
        return SessionState::Orphan;
    case StateFilter::All:
        break;
    }
    return std::nullopt;
}

} // namespace

/// The columns of list(), rowsById() and rowsByFingerprint(). With keys, the token follows: a listing never moves one
/// out of the database. The state comes last.
enum SessionSql::Column : std::size_t {
    Id,
    Digest,
    UserId,
    Name,
    Email,
    Expires,
    CreatedAt,
    IpAddress,
    UserAgent,
    ImpersonatedBy,
    Organization,
    Tie
};

SessionSql::SessionSql(const SchemaSql &schema) : m_schema(schema)
{
    SqlParams unused;
    m_expires = m_schema.expires(unused);
    m_created = m_schema.created(unused);
    const auto &sessions = m_schema.profile().sessions;
    const auto &users = m_schema.profile().users;
    for (const bool isThere :
         {sessions.id.has_value(), true, true, users && users->name, users && users->email, true,
          sessions.createdAt.has_value(), sessions.ipAddress.has_value(), sessions.userAgent.has_value(),
          sessions.impersonatedBy.has_value(), sessions.organization.has_value(), m_schema.bound().keyCanTie()})
        m_places.push_back(isThere ? std::optional(m_token++) : std::nullopt);
}

/// The expressions that filter, order and state share.
struct SessionSql::Parts
{
    InstantSql expires;
    QString shownExpires; ///< what m_expires decodes, and a cursor holds
    std::optional<InstantSql> created;
    QString now;
    QString userId;               ///< s.userId
    QString userExists;           ///< condition: the user row is there
    std::optional<QString> order; ///< nullopt: by key alone
    QString key;
    std::optional<QString> tie;
    QString isLive;
    QString isExpired;
    QString isReadable; ///< condition: it can be said when it ends, and whose it is
};

SessionSql::Parts SessionSql::parts(const ResolvedQuery &query, base::Instant now, SqlParams &params) const
{
    const auto &sessions = m_schema.profile().sessions;
    Parts parts;
    parts.expires = m_schema.expires(params);
    parts.shownExpires = parts.expires.order;
    if (query.form)
        parts.expires = {.order = m_schema.column(sessions.expires),
                         .cast = query.form->isInteger() ? QStringLiteral("CAST(%1 AS INTEGER)") : QStringLiteral("%1"),
                         .form = query.form};
    parts.now = parts.expires.bind(params, now);
    parts.userId = m_schema.dialect().idColumn(m_schema.column(sessions.userId), sessions.userIdType);
    parts.userExists = m_schema.profile().users
                           ? QStringLiteral("u.%1 IS NOT NULL").arg(SqlDialect::quoted(m_schema.profile().users->id))
                           : parts.userId + QStringLiteral(" IS NOT NULL");
    parts.key = m_schema.dialect().idColumn(m_schema.column(m_schema.bound().keyColumn()), sessions.keyType);
    parts.tie = tie(parts.key);
    parts.created = m_schema.created(params);
    switch (query.query.order) {
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
    parts.isLive = QStringLiteral("(%1 >= %2%3 AND %4)")
                       .arg(parts.expires.order, parts.now, parts.expires.andReadable, parts.userExists);
    parts.isExpired = QStringLiteral("(%1 < %2%3 AND %4)")
                          .arg(parts.expires.order, parts.now, parts.expires.andReadable, parts.userExists);
    parts.isReadable = QStringLiteral("%1 IS NOT NULL%2 AND %3 IS NOT NULL")
                           .arg(parts.expires.order, parts.expires.andReadable, parts.userId);
    return parts;
}

QStringList SessionSql::columns(const Parts &parts, StateFilter said, bool withKeys) const
{
    const auto &sessions = m_schema.profile().sessions;
    const auto &users = m_schema.profile().users;
    QStringList list;
    const auto add = [&](const std::optional<QString> &column) {
        if (column)
            list << m_schema.dialect().cell(m_schema.column(*column), m_schema.bound().sessions.typeOf(*column));
    };
    const auto addOfUser = [&](const std::optional<QString> &column) {
        if (column)
            list << m_schema.dialect().cell(QStringLiteral("u.") + SqlDialect::quoted(*column),
                                            m_schema.bound().users->typeOf(*column));
    };
    // Of an instant too, whatever expression makes it, the output is the text.
    const auto addInstant = [&](const QString &value, const QString &column) {
        list << m_schema.dialect().cell(value, m_schema.bound().sessions.typeOf(column));
    };
    const auto addId = [&](const std::optional<QString> &column) {
        if (column)
            list << m_schema.dialect().idCell(m_schema.column(*column), m_schema.bound().sessions.typeOf(*column));
    };
    addId(sessions.id);
    list << m_schema.dialect().sha256Hex(m_schema.token());
    addId(sessions.userId);
    addOfUser(users ? users->name : std::nullopt);
    addOfUser(users ? users->email : std::nullopt);
    addInstant(parts.shownExpires, sessions.expires);
    if (parts.created)
        addInstant(parts.created->order, *sessions.createdAt);
    for (const auto &column : {sessions.ipAddress, sessions.userAgent, sessions.impersonatedBy, sessions.organization})
        add(column);
    if (parts.tie)
        list << *parts.tie;
    if (withKeys)
        list << m_schema.dialect().asText(m_schema.token());
    if (!stateOf(said)) {
        const QString orphan = users ? QStringLiteral("WHEN NOT (%1) THEN 'orphan' ").arg(parts.userExists) : QString();
        list << QStringLiteral("CASE WHEN NOT (%1) THEN 'unknown' %2WHEN %3 >= %4 THEN 'live' ELSE 'expired' END")
                    .arg(parts.isReadable, orphan, parts.expires.order, parts.now);
    }
    return list;
}

QString SessionSql::where(const ResolvedQuery &resolved, const Parts &parts, SqlParams &params) const
{
    const SessionQuery &query = resolved.query;
    const auto &profile = m_schema.profile();
    const QString &expires = parts.expires.order;
    QStringList all;
    switch (query.state) {
    case StateFilter::Live:
        all << parts.isLive;
        break;
    case StateFilter::Expired:
        all << parts.isExpired;
        break;
    case StateFilter::Orphan:
        all << (profile.users ? QStringLiteral("%1 AND NOT (%2)").arg(parts.isReadable, parts.userExists)
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
        all << m_schema.dialect().isOneOfTexts(parts.userId, *resolved.userIds, profile.sessions.userIdType, params);
    }
    if (query.provider) {
        const bool none = *query.provider == QStringLiteral("none");
        if (!profile.accounts) {
            all << (none ? QStringLiteral("TRUE") : QStringLiteral("FALSE"));
        } else {
            const auto &accounts = *profile.accounts;
            QString match = m_schema.dialect().equal(
                QStringLiteral("a.") + SqlDialect::quoted(accounts.userId), m_schema.bound().accountUserIdType,
                m_schema.column(profile.sessions.userId), profile.sessions.userIdType);
            if (!none)
                match +=
                    QStringLiteral(" AND %1 = %2")
                        .arg(m_schema.dialect().asText(QStringLiteral("a.") + SqlDialect::quoted(accounts.provider)),
                             m_schema.dialect().plannedWith(*query.provider, params));
            all << QStringLiteral("%1EXISTS (SELECT 1 FROM %2 a WHERE %3)")
                       .arg(none ? QStringLiteral("NOT ") : QString(),
                            SqlDialect::tableName(accounts.schema, accounts.table), match);
        }
    }
    if (query.search && !query.search->isEmpty())
        all << found(*query.search, params);
    return all.isEmpty() ? QStringLiteral("TRUE") : all.join(QStringLiteral(" AND "));
}

bool SessionSql::orderHasNulls(const SessionQuery &query, const Parts &parts) const
{
    const auto &sessions = m_schema.profile().sessions;
    const auto isNeverNull = [&](const std::optional<QString> &name) {
        // An expression is NULL where a value cannot be read.
        return name && *parts.order == m_schema.column(*name) && m_schema.bound().sessions.isNeverNull(*name);
    };
    switch (query.order) {
    case SessionOrder::Expires: // every state but All asks for a readable expiry
        return query.state == StateFilter::All && !query.expiresBefore && !query.expiresAfter &&
               !isNeverNull(sessions.expires);
    case SessionOrder::User:
        return !isNeverNull(sessions.userId);
    case SessionOrder::Created:
        return !isNeverNull(sessions.createdAt);
    }
    return true;
}

QStringList SessionSql::after(const PagePosition &position, const SessionQuery &query, const Parts &parts,
                              SqlParams &params) const
{
    const QString beyond = query.descending ? QStringLiteral("<") : QStringLiteral(">");
    const bool byRow = m_schema.dialect().comparesRows() && position.order && position.key && !parts.tie;
    const QString keyBeyond =
        byRow && parts.order ? QString() : afterAmongEqual(position, query.descending, parts, params);
    if (!parts.order)
        return {keyBeyond};
    const QString &order = *parts.order;
    const bool nullsAtEnd = m_schema.dialect().nullsAreLargest() != query.descending;
    if (!position.order) {
        const QString sameNull = QStringLiteral("%1 IS NULL AND %2").arg(order, keyBeyond);
        return nullsAtEnd ? QStringList{sameNull} : QStringList{sameNull, QStringLiteral("%1 IS NOT NULL").arg(order)};
    }
    QString value;
    switch (query.order) {
    case SessionOrder::Expires:
        value = parts.expires.bindText(params, *position.order);
        break;
    case SessionOrder::User:
        value = m_schema.dialect().typed(params.add(QByteArrayView(*position.order)),
                                         m_schema.profile().sessions.userIdType);
        break;
    case SessionOrder::Created:
        value = parts.created->bindText(params, *position.order);
        break;
    }
    // The bound on the first column stands by itself, so that an index on it can be entered there.
    QString finite =
        byRow
            ? QStringLiteral("(%1, %2) %3 (%4, %5)")
                  .arg(order, parts.key, beyond, value,
                       m_schema.dialect().typed(params.add(position.key->view()), m_schema.profile().sessions.keyType))
            : QStringLiteral("%1 %2= %3 AND (%1 %2 %3 OR %4)").arg(order, beyond, value, keyBeyond);
    // Where a row must have its user, so must its user's id be: else a merge join reads users from the first one on.
    // Not in SQLite, which has no such join, and compares the id by a collation of its own: rows would be lost.
    if (query.order == SessionOrder::User && isOfKnownUser(query.state) &&
        &m_schema.dialect() != &dialectFor(DatabaseKind::Sqlite))
        finite +=
            QStringLiteral(" AND u.%1 %2= %3").arg(SqlDialect::quoted(m_schema.profile().users->id), beyond, value);
    return nullsAtEnd && orderHasNulls(query, parts) ? QStringList{finite, QStringLiteral("%1 IS NULL").arg(order)}
                                                     : QStringList{finite};
}

QString SessionSql::afterAmongEqual(const PagePosition &position, bool descending, const Parts &parts,
                                    SqlParams &params) const
{
    if (!position.key && !position.keyIsNull)
        return QStringLiteral("TRUE");
    const QString beyond = descending ? QStringLiteral("<") : QStringLiteral(">");
    const bool nullsAtEnd = m_schema.dialect().nullsAreLargest() != descending;
    const QString isNull = QStringLiteral("%1 IS NULL").arg(parts.key);
    QStringList any;
    QString same = isNull;
    if (position.key) {
        const QString value =
            m_schema.dialect().typed(params.add(position.key->view()), m_schema.profile().sessions.keyType);
        any << QStringLiteral("%1 %2 %3").arg(parts.key, beyond, value);
        same = QStringLiteral("%1 = %2").arg(parts.key, value);
        if (parts.tie && nullsAtEnd)
            any << isNull;
    } else if (!nullsAtEnd) {
        any << QStringLiteral("%1 IS NOT NULL").arg(parts.key);
    }
    if (parts.tie && !position.tie.isEmpty())
        any << QStringLiteral("(%1 AND %2 %3= %4)")
                   .arg(same, *parts.tie, beyond, params.add(QByteArrayView(position.tie)));
    return any.isEmpty() ? QStringLiteral("FALSE") : QStringLiteral("(%1)").arg(any.join(QStringLiteral(" OR ")));
}

SqlStatement SessionSql::list(const ResolvedQuery &query, const std::optional<PagePosition> &position,
                              base::Instant now, qint64 limit, bool withKeys) const
{
    SqlStatement statement;
    const Parts shared = parts(query, now, statement.params);
    const QString direction = query.query.descending ? QStringLiteral(" DESC") : QString();
    const QString condition = where(query, shared, statement.params);
    const QStringList ranges = position ? after(*position, query.query, shared, statement.params) : QStringList();
    // The digests are computed around the LIMIT: inside it, each row that is sorted would pay for one (twice the time
    // over half a million rows without an index on the order).
    QStringList inner = columns(shared, query.query.state, withKeys);
    const auto digestAt = static_cast<qsizetype>(*m_places[Digest]);
    inner[digestAt] = m_schema.dialect().asText(m_schema.token());
    // Of a digest that no cursor holds, what a fingerprint shows is enough.
    const QString digest = m_schema.bound().keyIsId ? QStringLiteral("substr(%1, 1, 16)") : QStringLiteral("%1");
    QStringList outer;
    for (qsizetype i = 0; i < inner.size(); ++i) {
        const QString name = QStringLiteral("c") + QString::number(i);
        inner[i] += QStringLiteral(" AS ") + name;
        outer << (i == digestAt ? digest.arg(m_schema.dialect().sha256Hex(name)) : name);
    }
    QStringList sort;
    QStringList sortAgain;
    if (shared.order) {
        inner << *shared.order + QStringLiteral(" AS sort_order");
        sort << *shared.order + direction;
        sortAgain << QStringLiteral("sort_order") + direction;
    }
    inner << shared.key + QStringLiteral(" AS sort_key");
    sort << shared.key + direction;
    sortAgain << QStringLiteral("sort_key") + direction;
    if (shared.tie) {
        inner << *shared.tie + QStringLiteral(" AS sort_tie");
        sort << *shared.tie + direction;
        sortAgain << QStringLiteral("sort_tie") + direction;
    }
    const QString comma = QStringLiteral(", ");
    const QString rows = QString::number(limit);
    const auto select = [&](const QString &matching) -> QString {
        return QStringLiteral("SELECT %1 FROM %2 WHERE %3 ORDER BY %4 LIMIT %5")
            .arg(inner.join(comma), m_schema.source(), matching, sort.join(comma), rows);
    };
    QStringList parts;
    for (const QString &range : ranges)
        parts << select(condition + QStringLiteral(" AND ") + range);
    if (parts.isEmpty())
        parts << select(condition);
    QString page = parts.first();
    QString limited;
    if (parts.size() > 1) {
        page = QStringLiteral("SELECT * FROM (%1) a UNION ALL SELECT * FROM (%2) b").arg(parts.at(0), parts.at(1));
        limited = QStringLiteral(" LIMIT ") + rows;
    }
    statement.sql = QStringLiteral("SELECT %1 FROM (%2) page ORDER BY %3%4")
                        .arg(outer.join(comma), page, sortAgain.join(comma), limited);
    statement.fewRows = !withKeys;
    if (statement.fewRows && isPlannedAlike(query) && (!query.userIds || m_schema.dialect().bindsLists()))
        statement.keep();
    return statement;
}

SqlStatement SessionSql::rowsWhere(const QString &condition, SqlParams params, base::Instant now) const
{
    SqlStatement statement{.sql = {}, .params = std::move(params)};
    const Parts shared = parts({}, now, statement.params);
    statement.sql =
        QStringLiteral("SELECT %1 FROM %2 WHERE %3")
            .arg(columns(shared, StateFilter::All, true).join(QStringLiteral(", ")), m_schema.source(), condition);
    return statement;
}

SqlStatement SessionSql::rowsById(const QStringList &names, base::Instant now) const
{
    const QString &id = *m_schema.profile().sessions.id;
    const QString type = m_schema.bound().sessions.typeOf(id);
    QStringList possible;
    std::ranges::copy_if(names, std::back_inserter(possible),
                         [&](const QString &name) { return m_schema.dialect().acceptsId(type, name); });
    SqlParams params;
    const QString condition =
        m_schema.dialect().isOneOfTexts(m_schema.dialect().idColumn(m_schema.column(id), type), possible, type, params);
    return rowsWhere(condition, std::move(params), now);
}

SqlStatement SessionSql::rowsByFingerprint(const QStringList &names, base::Instant now) const
{
    SqlParams params;
    QStringList placeholders;
    for (const QString &name : names)
        placeholders << params.add(name);
    const QString condition =
        QStringLiteral("substr(%1, 1, 16) IN (%2)")
            .arg(m_schema.dialect().sha256Hex(m_schema.token()), placeholders.join(QStringLiteral(", ")));
    return rowsWhere(condition, std::move(params), now);
}

SqlStatement SessionSql::rowsByToken(std::span<const QByteArrayView> tokens, base::Instant now) const
{
    SqlParams params;
    const QString condition = m_schema.dialect().isOneOfTokens(m_schema.column(m_schema.profile().sessions.token),
                                                               tokens, m_schema.tokenType(), params);
    return rowsWhere(condition, std::move(params), now);
}

SqlStatement SessionSql::sharedDigests(int atLeast) const
{
    const QString digest = QStringLiteral("substr(%1, 1, 16)").arg(m_schema.dialect().sha256Hex(m_schema.token()));
    return {.sql = QStringLiteral("SELECT d.digest FROM (SELECT %1 AS digest FROM %2 s WHERE %3 IS NOT NULL) d GROUP "
                                  "BY d.digest HAVING count(*) >= %4")
                       .arg(digest, m_schema.table(), m_schema.column(m_schema.profile().sessions.token),
                            QString::number(atLeast))};
}

std::optional<QString> SessionSql::text(const SqlRow &row, Column column) const
{
    const auto place = m_places[column];
    return place ? row.text(*place) : std::nullopt;
}

session::ListedSession SessionSql::listed(const SqlRow &row, StateFilter said) const
{
    session::ListedSession session;
    session.id = text(row, Id);
    const QByteArrayView digest = row.bytes(*m_places[Digest]); // empty where the token is NULL
    session.fingerprint =
        base::Fingerprint::fromText(QString::fromLatin1(digest.first(std::min<qsizetype>(16, digest.size()))));
    session.userId = text(row, UserId);
    session.name = text(row, Name);
    session.email = text(row, Email);
    session.expires = m_expires.decode(row.bytes(*m_places[Expires])).instant();
    const auto state = stateOf(said);
    session.state = state ? *state : stateOf(row.bytes(row.cells.size() - 1));
    if (const auto created = m_places[CreatedAt]; created && !row.isNull(*created))
        session.createdAt = m_created->decode(row.bytes(*created)).instant();
    session.ipAddress = text(row, IpAddress);
    session.userAgent = text(row, UserAgent);
    session.impersonatedBy = text(row, ImpersonatedBy);
    session.organization = text(row, Organization);
    return session;
}

RowKey SessionSql::key(const SqlRow &row) const
{
    base::SecretBytes token(row.bytes(m_token));
    auto fingerprint = token.fingerprint();
    base::SecretBytes key(row.bytes(m_schema.bound().keyIsId ? *m_places[Id] : m_token));
    return {std::move(key), std::move(token), std::move(fingerprint), text(row, UserId)};
}

PageCursor SessionSql::cursor(const SqlRow &row, SessionOrder order) const
{
    const Column ordered = order == SessionOrder::Expires ? Expires : order == SessionOrder::User ? UserId : CreatedAt;
    PageCursor cursor;
    if (const auto place = m_places[ordered]; place && !row.isNull(*place))
        cursor.order = row.bytes(*place).toByteArray();
    if (const std::size_t place = *m_places[m_schema.bound().keyIsId ? Id : Digest]; !row.isNull(place))
        cursor.key = row.bytes(place).toByteArray();
    if (const auto place = m_places[Tie])
        cursor.tie = row.bytes(*place).toByteArray();
    return cursor;
}

SqlStatement SessionSql::matches(const ResolvedQuery &query, base::Instant now) const
{
    SqlStatement statement;
    const Parts shared = parts(query, now, statement.params);
    statement.sql =
        QStringLiteral("SELECT 1 FROM %1 WHERE %2").arg(m_schema.source(), where(query, shared, statement.params));
    return statement;
}

SqlStatement SessionSql::count(const ResolvedQuery &query, base::Instant now) const
{
    SqlStatement statement = matches(query, now);
    statement.sql = QStringLiteral("SELECT count(*) FROM (%1) matched").arg(statement.sql);
    return statement;
}

SqlStatement SessionSql::totals(base::Instant now) const
{
    using namespace std::chrono_literals;
    SqlStatement statement;
    const Parts shared = parts({}, now, statement.params);
    const QString &expires = shared.expires.order;
    const QString rowsWith = QStringLiteral("count(CASE WHEN %1 THEN 1 END)"); // FILTER is not known everywhere
    QStringList columns{
        rowsWith.arg(shared.isLive),
        rowsWith.arg(shared.isExpired),
        m_schema.profile().users
            ? rowsWith.arg(QStringLiteral("%1 AND NOT (%2)").arg(shared.isReadable, shared.userExists))
            : QStringLiteral("0"),
        QStringLiteral("count(DISTINCT CASE WHEN %1 THEN %2 END)").arg(shared.isLive, shared.userId),
    };
    for (const base::Instant end : {now + 1h, now + 24h, now + 24h * 7}) {
        // "within" takes its end in; the bound itself is exclusive
        columns << rowsWith.arg(QStringLiteral("%1 AND %2 < %3")
                                    .arg(shared.isLive, expires, shared.expires.bind(statement.params, end + 1ms)));
    }
    statement.sql = QStringLiteral("SELECT %1 FROM %2").arg(columns.join(QStringLiteral(", ")), m_schema.source());
    return statement;
}

SqlStatement SessionSql::statesAtBothEnds(base::Instant now, int rows) const
{
    SqlStatement statement;
    const Parts shared = parts({}, now, statement.params);
    const QString end = QStringLiteral("(SELECT * FROM %1 ORDER BY %2%3 LIMIT %4)");
    const auto from = [&](const char *direction) {
        return end.arg(m_schema.table(), SqlDialect::quoted(m_schema.bound().keyColumn()), QLatin1StringView(direction),
                       QString::number(rows));
    };
    statement.sql =
        QStringLiteral("SELECT count(CASE WHEN %1 THEN 1 END), count(CASE WHEN %2 THEN 1 END), count(*) FROM %3")
            .arg(shared.isLive, shared.isExpired,
                 m_schema.sourceFrom(QStringLiteral("(%1 UNION ALL %2)").arg(from(""), from(" DESC"))));
    return statement;
}

SqlStatement SessionSql::rowsInCatalogue() const
{
    SqlStatement statement;
    const auto &sessions = m_schema.profile().sessions;
    const QString schema = statement.params.add(sessions.schema);
    statement.sql = QStringLiteral("SELECT TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA = %1 AND "
                                   "TABLE_NAME = %2")
                        .arg(schema, statement.params.add(sessions.table));
    return statement;
}

SqlStatement SessionSql::liveByProvider(base::Instant now) const
{
    SqlStatement statement;
    const Parts shared = parts({}, now, statement.params);
    if (!m_schema.profile().accounts) {
        statement.sql = QStringLiteral("SELECT NULL, count(*) FROM %1 WHERE %2 HAVING count(*) > 0")
                            .arg(m_schema.source(), shared.isLive);
        return statement;
    }
    const auto &accounts = *m_schema.profile().accounts;
    statement.sql =
        QStringLiteral("SELECT p.provider, count(*) FROM %1 LEFT JOIN (SELECT DISTINCT a.%2 AS user_id, %3 AS provider "
                       "FROM %4 a) p ON %5 WHERE %6 GROUP BY p.provider")
            .arg(m_schema.source(), SqlDialect::quoted(accounts.userId),
                 m_schema.dialect().asText(QStringLiteral("a.") + SqlDialect::quoted(accounts.provider)),
                 SqlDialect::tableName(accounts.schema, accounts.table),
                 m_schema.dialect().equal(QStringLiteral("p.user_id"), m_schema.bound().accountUserIdType,
                                          m_schema.column(m_schema.profile().sessions.userId),
                                          m_schema.profile().sessions.userIdType),
                 shared.isLive);
    return statement;
}

SqlStatement SessionSql::tokensAt(const PageCursor &cursor, const ResolvedQuery &query) const
{
    SqlStatement statement;
    const Parts shared = parts(query, base::Instant(), statement.params);
    QString same = QStringLiteral("TRUE");
    if (shared.order && !cursor.order) {
        same = *shared.order + QStringLiteral(" IS NULL");
    } else if (shared.order) {
        const QString value = query.query.order == SessionOrder::User
                                  ? m_schema.dialect().typed(statement.params.add(QByteArrayView(*cursor.order)),
                                                             m_schema.profile().sessions.userIdType)
                                  : (query.query.order == SessionOrder::Expires ? shared.expires : *shared.created)
                                        .bindText(statement.params, *cursor.order);
        same = QStringLiteral("%1 = %2").arg(*shared.order, value);
    }
    const QString digest = m_schema.dialect().sha256Hex(m_schema.token());
    QStringList wanted{statement.params.add(QByteArrayView(*cursor.key).first(PageCursor::digitsBefore))};
    for (const QByteArray &before : cursor.before) {
        if (!before.isEmpty())
            wanted << statement.params.add(QByteArrayView(before));
    }
    statement.sql =
        QStringLiteral("SELECT %1, %2 FROM %3 WHERE %4 AND substr(%2, 1, %5) IN (%6)")
            .arg(m_schema.dialect().idCell(m_schema.column(m_schema.profile().sessions.token), m_schema.tokenType()),
                 digest, m_schema.source(), same, QString::number(PageCursor::digitsBefore),
                 wanted.join(QStringLiteral(", ")));
    return statement;
}

} // namespace rollcall::store
