#include "core/store/SqlCanary.h"

#include <QRandomGenerator>
#include <QUuid>

#include "core/store/schema/AdapterName.h"

using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::base::Status;

namespace rollcall::store {

namespace {

QString newUuid()
{
    return QUuid::createUuid().toString(QUuid::WithoutBraces);
}

Error failure(const QString &detail)
{
    return Error(ErrorCode::StatementFailed).with(ErrorParam::Detail, detail);
}

bool has(const QString &type, std::initializer_list<const char *> words)
{
    return std::ranges::any_of(words, [&](const char *word) { return type.contains(QLatin1StringView(word)); });
}

bool holdsTime(const ColumnInfo &column)
{
    const QString name = normalisedName(column.name);
    return has(column.type.toLower(), {"timestamp", "date", "time"}) || name == QStringLiteral("createdat") ||
           name == QStringLiteral("updatedat");
}

bool isSet(const std::vector<std::pair<QString, QString>> &values, const QString &column)
{
    return std::ranges::any_of(values, [&](const auto &value) { return value.first == column; });
}

} // namespace

SqlCanary::SqlCanary(SqlConnection &connection, const SqlDialect &dialect, DatabaseKind kind, const BoundSchema &schema,
                     const QTimeZone &zone)
    : m_connection(connection), m_dialect(dialect), m_kind(kind), m_schema(schema), m_zone(zone)
{}

std::vector<NeededRight> SqlCanary::neededRights() const
{
    std::vector<NeededRight> needed;
    for (const char *right : {"INSERT", "DELETE", "SELECT"}) {
        const QString name = QLatin1StringView(right);
        needed.push_back({m_schema.sessions.schema, m_schema.sessions.name, name});
        if (m_schema.users)
            needed.push_back({m_schema.users->schema, m_schema.users->name, name});
    }
    return needed;
}

std::optional<QString> SqlCanary::valueFor(const TableInfo &table, const ColumnInfo &column, const QString &label,
                                           SqlParams &params) const
{
    const QString type = column.type.toLower();
    const QString name = normalisedName(column.name);
    const bool isTime = holdsTime(column);
    if (table.foreignKey(column.name))
        return std::nullopt; // points at a row that nobody can guess
    if (isTime && m_kind != DatabaseKind::Sqlite && has(type, {"timestamp", "date"}))
        return QStringLiteral("now()");
    if (isTime && m_kind == DatabaseKind::Sqlite) {
        const QString neighbour =
            QStringLiteral("(SELECT %1 FROM %2 WHERE %1 IS NOT NULL LIMIT 1)")
                .arg(SqlDialect::quoted(column.name), SqlDialect::tableName(table.schema, table.name));
        const auto encoding = has(type, {"int"}) ? ExpiresEncoding::EpochMilliseconds : ExpiresEncoding::TextIso;
        return m_dialect.instantValue(base::SystemClock().now(), neighbour, encoding, m_zone, params);
    }
    const auto typed = [&](const QString &value) { return m_dialect.typed(params.add(value), column.type); };
    if (has(type, {"uuid"}))
        return typed(newUuid());
    if (type.startsWith(QStringLiteral("bool")))
        return typed(m_kind == DatabaseKind::Sqlite ? QStringLiteral("0") : QStringLiteral("false"));
    if (has(type, {"int", "numeric", "decimal", "double", "real", "float"}))
        return name == QStringLiteral("id") ? std::nullopt : std::optional(typed(QStringLiteral("0")));
    if (has(type, {"json"}))
        return typed(QStringLiteral("{}"));
    if (has(type, {"char", "text", "clob"}) || (m_kind == DatabaseKind::Sqlite && type.isEmpty()))
        return typed(name == QStringLiteral("id") ? newUuid() : label);
    return std::nullopt;
}

Status SqlCanary::fillRequired(const TableInfo &table, const QString &label, Values &values, SqlParams &params) const
{
    for (const ColumnInfo &column : table.columns) {
        // A default in a SQLite file is computed by the library that runs it: the application's may know functions that
        // ours does not (unixepoch('subsec') is NULL before 3.42), and times are where that happens.
        const bool trusted = column.filledByServer && !(m_kind == DatabaseKind::Sqlite && holdsTime(column));
        // SQLite takes NULL for a primary key, and applications do not mean it.
        const bool isWanted = column.notNull || table.isPrimary(column.name);
        if (!isWanted || trusted || isSet(values, column.name))
            continue;
        const auto value = valueFor(table, column, label, params);
        if (!value)
            return fail(
                failure(QStringLiteral("a canary cannot be written: column %1 of %2 needs a value that only the "
                                       "application knows")
                            .arg(SqlDialect::quoted(column.name), SqlDialect::tableName(table.schema, table.name))));
        values.emplace_back(column.name, *value);
    }
    return {};
}

QString SqlCanary::insertInto(const TableInfo &table, const Values &values) const
{
    QStringList columns;
    QStringList expressions;
    for (const auto &[column, expression] : values) {
        columns << SqlDialect::quoted(column);
        expressions << expression;
    }
    return QStringLiteral("INSERT INTO %1 (%2) VALUES (%3)")
        .arg(SqlDialect::tableName(table.schema, table.name), columns.join(QStringLiteral(", ")),
             expressions.join(QStringLiteral(", ")));
}

Result<QString> SqlCanary::insertUser(const QString &label, const Call &call) const
{
    const auto &users = *m_schema.profile.users;
    const TableInfo &table = *m_schema.users;
    SqlStatement statement;
    Values values;
    const auto set = [&](const std::optional<QString> &column, const QString &text) {
        if (column)
            values.emplace_back(*column, m_dialect.typed(statement.params.add(text), table.column(*column)->type));
    };
    const QString email = label + QLatin1Char('@') + QLatin1StringView(canaryEmailDomain);
    set(users.email, email);
    set(users.name, QLatin1StringView(canaryUserName));
    if (auto filled = fillRequired(table, label, values, statement.params); !filled)
        return fail(std::move(filled.error()));
    statement.sql = insertInto(table, values);
    const QString idText = m_dialect.idCell(SqlDialect::quoted(users.id), users.idType);
    const bool returning = m_kind != DatabaseKind::MySql; // MySQL knows no RETURNING: the row is read again
    if (returning)
        statement.sql += QStringLiteral(" RETURNING ") + idText;
    QString id;
    const RowHandler takeId = [&id](const SqlRow &row) { id = row.text(0).value_or(QString()); };
    auto done = m_connection.execute(statement, takeId, call);
    if (done && !returning) {
        if (!users.email)
            return fail(failure(QStringLiteral("a canary cannot be written: the users' e-mail column is not known")));
        SqlStatement again;
        const QString match =
            m_dialect.matches(SqlDialect::quoted(*users.email), again.params.add(email), table.typeOf(*users.email));
        again.sql = QStringLiteral("SELECT %1 FROM %2 WHERE %3")
                        .arg(idText, SqlDialect::tableName(users.schema, users.table), match);
        done = m_connection.execute(again, takeId, call);
    }
    if (!done)
        return fail(done.error());
    return id;
}

QString SqlCanary::valueOfUser(const QString &id, SqlParams &params) const
{
    const auto &users = *m_schema.profile.users;
    const QString value = params.add(id);
    if (m_kind != DatabaseKind::Sqlite)
        return m_dialect.typed(value, m_schema.profile.sessions.userIdType);
    // There, a column may hold a number, a text and bytes that are all shown alike: the user's own value is taken.
    const QString column = SqlDialect::quoted(users.id);
    return QStringLiteral("(SELECT %1 FROM %2 WHERE %3)")
        .arg(column, SqlDialect::tableName(users.schema, users.table),
             m_dialect.matchesId(column, value, users.idType));
}

Status SqlCanary::insertSession(const CanaryRow &canary, const QString &userId, const QString &label,
                                const Call &call) const
{
    const auto &sessions = m_schema.profile.sessions;
    const TableInfo &table = m_schema.sessions;
    SqlStatement statement;
    Values values;
    values.emplace_back(sessions.token,
                        m_dialect.typed(statement.params.add(canary.token.view()), table.column(sessions.token)->type));
    values.emplace_back(sessions.userId, valueOfUser(userId, statement.params));
    const QString neighbour =
        QStringLiteral("(SELECT %1 FROM %2 WHERE %1 IS NOT NULL LIMIT 1)")
            .arg(SqlDialect::quoted(sessions.expires), SqlDialect::tableName(sessions.schema, sessions.table));
    values.emplace_back(sessions.expires,
                        m_dialect.instantValue(canary.expires, neighbour, sessions.encoding, m_zone, statement.params));
    if (auto filled = fillRequired(table, label, values, statement.params); !filled)
        return filled;
    statement.sql = insertInto(table, values);
    if (const auto inserted = m_connection.execute(statement, {}, call); !inserted)
        return fail(inserted.error());
    return {};
}

Result<CanaryKey> SqlCanary::insert(const CanaryRow &canary, const Call &call) const
{
    if (!m_schema.profile.users)
        return fail(failure(QStringLiteral("a canary cannot be written: the users table is not known")));
    const QString label =
        QStringLiteral("canary-%1").arg(QRandomGenerator::system()->generate(), 8, 16, QLatin1Char('0'));
    auto transaction = SqlTransaction::begin(m_connection, TransactionMode::Write, call);
    if (!transaction)
        return fail(std::move(transaction.error()));
    auto userId = insertUser(label, call);
    Status inserted;
    if (userId)
        inserted = insertSession(canary, *userId, label, call);
    if (!userId || !inserted) {
        m_connection.rollback(); // before the caller asks the server which right is missing
        return fail(userId ? std::move(inserted.error()) : std::move(userId.error()));
    }
    if (auto done = transaction->commit(call); !done)
        return fail(std::move(done.error()));
    return CanaryKey{canary.token.clone(), *userId};
}

SqlCanary::Removal SqlCanary::removal(const QString &table, const Condition &isRow, const Condition &isCanarys)
{
    Removal step{table, {}, {}};
    const QString row = isRow(step.deletion.params);
    step.deletion.sql =
        QStringLiteral("DELETE FROM %1 WHERE %2 AND %3").arg(table, row, isCanarys(step.deletion.params));
    step.left.sql = QStringLiteral("SELECT 1 FROM %1 WHERE %2").arg(table, isRow(step.left.params));
    return step;
}

Status SqlCanary::remove(const CanaryKey &canary, const Call &call) const
{
    const auto &sessions = m_schema.profile.sessions;
    std::vector<Removal> steps;
    if (!canary.token.isEmpty()) { // a deployment deletes expired sessions by itself, and leaves their users
        const auto isToken = [&](SqlParams &params) {
            return m_dialect.matchesRead(SqlDialect::quoted(sessions.token), params.add(canary.token.view()),
                                         m_schema.sessions.column(sessions.token)->type);
        };
        const auto isUsers = [&](SqlParams &params) {
            return m_dialect.matchesId(SqlDialect::quoted(sessions.userId), params.add(canary.userId),
                                       sessions.userIdType);
        };
        steps.push_back(removal(SqlDialect::tableName(sessions.schema, sessions.table), isToken, isUsers));
    }
    if (const auto &users = m_schema.profile.users) {
        const auto isUser = [&](SqlParams &params) {
            return m_dialect.matchesId(SqlDialect::quoted(users->id), params.add(canary.userId), users->idType);
        };
        const auto isLabelled = [&](SqlParams &params) {
            if (!users->email)
                return QStringLiteral("TRUE");
            return QStringLiteral("%1 LIKE %2")
                .arg(SqlDialect::quoted(*users->email),
                     params.add(QLatin1StringView("canary-%@") + QLatin1StringView(canaryEmailDomain)));
        };
        steps.push_back(removal(SqlDialect::tableName(users->schema, users->table), isUser, isLabelled));
    }
    auto transaction = SqlTransaction::begin(m_connection, TransactionMode::Write, call);
    if (!transaction)
        return fail(std::move(transaction.error()));
    for (const Removal &step : steps) {
        if (auto done = remove(step, call); !done) {
            m_connection.rollback();
            return done;
        }
    }
    return transaction->commit(call);
}

Status SqlCanary::remove(const Removal &step, const Call &call) const
{
    const auto deleted = m_connection.execute(step.deletion, {}, call);
    if (!deleted)
        return fail(deleted.error());
    if (*deleted > 0)
        return {};
    const auto left = m_connection.execute(step.left, {}, call);
    if (!left)
        return fail(left.error());
    if (*left > 0)
        return fail(failure(QStringLiteral("the canary's row in %1 is left: it is no longer as it was written, or may "
                                           "not be deleted")
                                .arg(step.table)));
    return {};
}

} // namespace rollcall::store
