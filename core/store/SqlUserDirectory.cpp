#include "core/store/SqlUserDirectory.h"

#include "core/store/PageCursor.h"
#include "core/store/UserProviders.h"

namespace rollcall::store {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::fail;
using base::Result;
using base::Status;

namespace {

constexpr int mostContaining = 10'000;
constexpr std::size_t mostAlike = 5;

enum Column : std::size_t { UserId, Sessions, Newest, Oldest, Name, Email };

/// What a cursor of sessions binds of the same search.
SessionQuery boundQuery(const UserQuery &query)
{
    SessionQuery bound;
    bound.search = query.search;
    return bound;
}

} // namespace

SqlUserDirectory::SqlUserDirectory(SqlConnection &connection, const SchemaSql &schema, const SessionSql &sessions,
                                   Explain explain)
    : m_connection(connection), m_schema(schema), m_sessions(sessions), m_explain(std::move(explain))
{}

QString SqlUserDirectory::scope(UserOrder order) const
{
    return m_sessions.cursorScope() + QStringLiteral(" users ") + QString::number(static_cast<int>(order));
}

SqlStatement SqlUserDirectory::pageStatement(const UserQuery &query, const std::optional<Position> &after,
                                             base::Instant now, int limit) const
{
    const SqlDialect &dialect = m_schema.dialect();
    const auto &profile = m_schema.profile();
    SqlStatement statement;
    const InstantSql expires = m_schema.expires(statement.params);
    const InstantSql made = m_schema.created(statement.params).value_or(expires);
    const QString &timeType =
        m_schema.bound().sessions.typeOf(profile.sessions.createdAt.value_or(profile.sessions.expires));
    const QString userId = m_schema.column(profile.sessions.userId);
    const QString grouped =
        QStringLiteral("SELECT %1 AS uid, count(*) AS n, max(%2) AS newest, min(%2) AS oldest FROM %3 s "
                       "WHERE %4 >= %5%6 AND %1 IS NOT NULL GROUP BY %1")
            .arg(userId, made.order, m_schema.table(), expires.order, expires.bind(statement.params, now),
                 expires.andReadable);
    const QString uid = QStringLiteral("g.uid");
    const QString uidOrder = dialect.idColumn(uid, profile.sessions.userIdType);
    const auto ofUser = [&](const std::optional<QString> &column) {
        return profile.users && column ? dialect.cell(QStringLiteral("u.") + SqlDialect::quoted(*column),
                                                      m_schema.bound().users->typeOf(*column))
                                       : QStringLiteral("NULL");
    };
    const QStringList columns{
        dialect.idCell(uid, profile.sessions.userIdType),
        QStringLiteral("g.n"),
        dialect.cell(QStringLiteral("g.newest"), timeType),
        dialect.cell(QStringLiteral("g.oldest"), timeType),
        ofUser(profile.users ? profile.users->name : std::nullopt),
        ofUser(profile.users ? profile.users->email : std::nullopt),
    };
    QString source = QStringLiteral("(%1) g").arg(grouped);
    if (profile.users) // whose user is gone has orphans, no live sessions
        source += QStringLiteral(" JOIN %1 u ON %2")
                      .arg(SqlDialect::tableName(profile.users->schema, profile.users->table),
                           dialect.equal(QStringLiteral("u.") + SqlDialect::quoted(profile.users->id),
                                         profile.users->idType, uid, profile.sessions.userIdType));
    QStringList conditions;
    if (query.search && !query.search->isEmpty())
        conditions << m_sessions.found(*query.search, statement.params);

    const bool ascending = query.order == UserOrder::Oldest;
    const QString order = query.order == UserOrder::Sessions ? QStringLiteral("g.n")
                          : ascending                        ? QStringLiteral("g.oldest")
                                                             : QStringLiteral("g.newest");
    if (after) {
        const QString beyondId = QStringLiteral("%1 > %2").arg(
            uidOrder, dialect.typed(statement.params.add(QByteArrayView(after->userId)), profile.sessions.userIdType));
        if (!after->order) {
            conditions << QStringLiteral("%1 IS NULL AND %2").arg(order, beyondId);
        } else {
            // A number that was read as one is no text of anybody's.
            const QString value = query.order == UserOrder::Sessions ? QString::number(after->order->toLongLong())
                                                                     : made.bindText(statement.params, *after->order);
            conditions << QStringLiteral("(%1 %2 %3 OR (%1 = %3 AND %4) OR %1 IS NULL)")
                              .arg(order, ascending ? QStringLiteral(">") : QStringLiteral("<"), value, beyondId);
        }
    }
    statement.sql =
        QStringLiteral("SELECT %1 FROM %2%3 ORDER BY CASE WHEN %4 IS NULL THEN 1 ELSE 0 END, %4%5, %6 LIMIT %7")
            .arg(columns.join(QStringLiteral(", ")), source,
                 conditions.isEmpty() ? QString()
                                      : QStringLiteral(" WHERE ") + conditions.join(QStringLiteral(" AND ")),
                 order, ascending ? QString() : QStringLiteral(" DESC"), uidOrder, QString::number(limit));
    return statement;
}

Result<UserPage> SqlUserDirectory::usersPage(const UserQuery &query, const std::optional<QByteArray> &cursor,
                                             base::Instant now, const Call &call)
{
    std::optional<Position> after;
    if (cursor) {
        auto decoded = PageCursor::decode(*cursor, boundQuery(query), scope(query.order));
        if (!decoded)
            return fail(std::move(decoded.error()));
        if (!decoded->key || !m_sessions.canBeUserId(QString::fromUtf8(*decoded->key)))
            return fail(Error(ErrorCode::CursorInvalid));
        after = Position{std::move(decoded->order), std::move(*decoded->key)};
    }
    const int limit = std::clamp(query.limit, 1, 10'000);
    SqlParams unused;
    const InstantSql made = m_schema.created(unused).value_or(m_schema.expires(unused));
    const auto instant = [&](const SqlRow &row, std::size_t column) {
        return row.isNull(column) ? std::optional<base::Instant>() : made.decode(row.bytes(column)).instant();
    };
    UserPage page;
    PageCursor last;
    bool more = false;
    const auto read = m_connection.read(
        pageStatement(query, after, now, limit + 1),
        [&](const SqlRow &row) {
            more = std::ssize(page.users) == limit;
            if (more)
                return;
            page.users.push_back({row.text(UserId).value_or(QString()),
                                  row.text(Name),
                                  row.text(Email),
                                  row.integer(Sessions),
                                  instant(row, Newest),
                                  instant(row, Oldest),
                                  {}});
            const std::size_t ordered = query.order == UserOrder::Sessions ? Sessions
                                        : query.order == UserOrder::Newest ? Newest
                                                                           : Oldest;
            last.order.reset();
            if (!row.isNull(ordered))
                last.order = row.bytes(ordered).toByteArray();
            last.key = row.bytes(UserId).toByteArray();
        },
        call);
    if (!read)
        return fail(m_explain(read.error()));
    if (more)
        page.next = last.encode(boundQuery(query), scope(query.order));
    if (auto added = addProviders(page.users, call); !added)
        return fail(std::move(added.error()));
    return page;
}

Status SqlUserDirectory::addProviders(std::vector<ListedUser> &users, const Call &call)
{
    UserProviders providers(users.size());
    std::vector<std::size_t> places;
    places.reserve(users.size());
    for (const ListedUser &user : users)
        places.push_back(providers.place(user.id));
    if (auto read = providers.read(m_connection, m_sessions, call); !read)
        return fail(m_explain(read.error()));
    for (std::size_t i = 0; i < users.size(); ++i)
        users[i].providers = providers.of(places[i]);
    return {};
}

Result<std::vector<LeftCanary>> SqlUserDirectory::canaries(const Call &call)
{
    const SqlDialect &dialect = m_schema.dialect();
    const auto &sessions = m_schema.profile().sessions;
    const auto &users = m_schema.profile().users;
    if (!users || (!users->email && !users->name))
        return fail(
            Error(ErrorCode::StatementFailed)
                .with(ErrorParam::Detail,
                      QStringLiteral("canaries cannot be told from users: neither names nor e-mails are known")));
    SqlStatement statement;
    const InstantSql expires = m_schema.expires(statement.params);
    const auto ofUser = [&](const std::optional<QString> &column) {
        return column ? dialect.cell(QStringLiteral("u.") + SqlDialect::quoted(*column),
                                     m_schema.bound().users->typeOf(*column))
                      : QStringLiteral("NULL");
    };
    const QString id = QStringLiteral("u.") + SqlDialect::quoted(users->id);
    const QString labelled =
        users->email
            ? QStringLiteral("u.%1 LIKE %2")
                  .arg(SqlDialect::quoted(*users->email),
                       statement.params.add(QLatin1StringView("canary-%@") + QLatin1StringView(canaryEmailDomain)))
            : QStringLiteral("u.%1 = %2")
                  .arg(SqlDialect::quoted(*users->name),
                       statement.params.add(QString(QLatin1StringView(canaryUserName))));
    statement.sql =
        QStringLiteral("SELECT %1, %2, %3, %4, %5 FROM %6 u LEFT JOIN %7 s ON %8 WHERE %9 LIMIT ")
            .arg(dialect.idCell(id, users->idType), ofUser(users->name), ofUser(users->email),
                 dialect.asText(m_schema.token()),
                 dialect.cell(expires.order, m_schema.bound().sessions.typeOf(sessions.expires)),
                 SqlDialect::tableName(users->schema, users->table), m_schema.table(),
                 dialect.equal(m_schema.column(sessions.userId), sessions.userIdType, id, users->idType), labelled) +
        QString::number(mostCanaries);
    std::vector<LeftCanary> canaries;
    const auto read = m_connection.read(
        statement,
        [&](const SqlRow &row) {
            if (!isCanaryUser(row.text(1), row.text(2)))
                return; // LIKE may ignore case, and anybody may call himself canary-
            LeftCanary canary{{base::SecretBytes(row.bytes(3)), row.text(0).value_or(QString())}, {}, std::nullopt};
            canary.fingerprint = canary.key.token.fingerprint();
            if (!row.isNull(4))
                canary.expires = expires.decode(row.bytes(4)).instant();
            canaries.push_back(std::move(canary));
        },
        call);
    if (!read)
        return fail(m_explain(read.error()));
    return canaries;
}

Result<std::vector<KnownUser>> SqlUserDirectory::usersAlike(const QString &name, const Call &call)
{
    const auto &users = m_schema.profile().users;
    const QString wanted = name.trimmed();
    if (!users || wanted.isEmpty())
        return std::vector<KnownUser>();
    const SqlDialect &dialect = m_schema.dialect();
    const QString id = dialect.idCell(QStringLiteral("u.") + SqlDialect::quoted(users->id), users->idType);
    const QString email = users->email ? dialect.cell(QStringLiteral("u.") + SqlDialect::quoted(*users->email),
                                                      m_schema.bound().users->typeOf(*users->email))
                                       : QStringLiteral("NULL");
    SqlStatement statement;
    QStringList either{dialect.contains(dialect.asText(id), wanted, statement.params)};
    if (users->email)
        either << dialect.contains(QStringLiteral("u.") + SqlDialect::quoted(*users->email), wanted, statement.params);
    // Who contains it is read; who is it, is told here: short ids are a part of many.
    statement.sql = QStringLiteral("SELECT %1, %2 FROM %3 u WHERE %4 LIMIT %5")
                        .arg(id, email, SqlDialect::tableName(users->schema, users->table),
                             either.join(QStringLiteral(" OR ")), QString::number(mostContaining));
    const auto isWanted = [&wanted](const QString &text) {
        return text.trimmed().compare(wanted, Qt::CaseInsensitive) == 0;
    };
    std::vector<KnownUser> found;
    const auto read = m_connection.read(
        statement,
        [&](const SqlRow &row) {
            KnownUser user{row.text(0).value_or(QString()), row.text(1)};
            if (found.size() < mostAlike && (isWanted(user.id) || isWanted(user.email.value_or(QString()))))
                found.push_back(std::move(user));
        },
        call);
    if (!read)
        return fail(m_explain(read.error()));
    return found;
}

Result<std::optional<bool>> SqlUserDirectory::hasUser(const QString &name, const Call &call)
{
    const auto &users = m_schema.profile().users;
    if (!users)
        return std::nullopt;
    const SqlDialect &dialect = m_schema.dialect();
    std::vector<SqlStatement> questions;
    if (dialect.acceptsId(users->idType, name)) {
        SqlStatement byId;
        byId.sql = QStringLiteral("SELECT 1 FROM %1 WHERE %2 LIMIT 1")
                       .arg(SqlDialect::tableName(users->schema, users->table),
                            dialect.matchesId(SqlDialect::quoted(users->id), byId.params.add(name), users->idType));
        questions.push_back(std::move(byId));
    }
    if (auto byEmail = m_sessions.usersByEmail(name, 1))
        questions.push_back(std::move(*byEmail));
    for (const SqlStatement &question : questions) {
        const auto read = m_connection.read(question, {}, call);
        if (!read)
            return fail(m_explain(read.error()));
        if (*read > 0)
            return true;
    }
    return false;
}

Result<std::optional<qint64>> SqlUserDirectory::userCount(const Call &call)
{
    std::optional<qint64> count;
    const auto &users = m_schema.profile().users;
    if (!users)
        return count;
    const auto read = m_connection.read(
        {.sql = QStringLiteral("SELECT count(*) FROM ") + SqlDialect::tableName(users->schema, users->table)},
        [&count](const SqlRow &row) { count = row.integer(0); }, call);
    if (!read)
        return fail(m_explain(read.error()));
    return count;
}

} // namespace rollcall::store
