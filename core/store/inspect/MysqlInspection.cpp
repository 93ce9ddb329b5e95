#include "core/store/inspect/MysqlInspection.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSet>

#include "core/store/sql/MysqlText.h"
#include "core/store/sql/SqlDialect.h"

namespace rollcall::store {

namespace {

/// The first object of a plan that says how a table is read; MySQL and MariaDB nest it differently.
std::optional<QJsonObject> accessIn(const QJsonValue &value)
{
    if (value.isArray()) {
        const QJsonArray array = value.toArray();
        for (const auto &element : array) {
            if (auto found = accessIn(element))
                return found;
        }
    }
    const QJsonObject object = value.toObject();
    if (object.contains(QStringLiteral("access_type")))
        return object;
    for (auto member = object.begin(); member != object.end(); ++member) {
        if (auto found = accessIn(member.value()))
            return found;
    }
    return std::nullopt;
}

QJsonObject planIn(const std::vector<QByteArrayList> &rows)
{
    QByteArray json;
    for (const QByteArrayList &row : rows)
        json += row.value(0);
    return QJsonDocument::fromJson(json).object();
}

/// The product of what each step of a join is said to find and to keep, into @p rows.
void multiplySteps(const QJsonValue &value, std::optional<double> &rows)
{
    const QJsonArray array = value.toArray();
    for (const auto &element : array)
        multiplySteps(element, rows);
    const QJsonObject object = value.toObject();
    if (object.contains(QStringLiteral("access_type"))) {
        const QJsonValue found = object.contains(QStringLiteral("rows"))
                                     ? object.value(QStringLiteral("rows"))
                                     : object.value(QStringLiteral("rows_examined_per_scan"));
        const double kept = object.value(QStringLiteral("filtered")).toVariant().toDouble(); // MySQL: text, per cent
        rows = rows.value_or(1) * std::max(found.toDouble(), 1.0) * kept / 100;
    }
    for (auto member = object.begin(); member != object.end(); ++member)
        multiplySteps(member.value(), rows);
}

QString quotedList(const QStringList &columns)
{
    QStringList quoted;
    for (const QString &column : columns)
        quoted << SqlDialect::quoted(column);
    return quoted.join(QStringLiteral(", "));
}

/// Who holds the rights of this session, as the catalogue writes grantees: the account and its enabled roles.
base::Result<QStringList> grantees(SqlConnection &connection, RoleRights &rights, const base::Call &call)
{
    QStringList names;
    const auto account = connection.read(
        {.sql = QStringLiteral("SELECT CURRENT_USER(), DATABASE()")},
        [&](const SqlRow &row) {
            rights.role = row.text(0).value_or(QString());
            rights.database = row.text(1).value_or(QString());
            const qsizetype at = rights.role.lastIndexOf(QLatin1Char('@')); // a name may hold one, a host not
            names << QStringLiteral("'%1'@'%2'").arg(rights.role.left(at), rights.role.mid(at + 1));
        },
        call);
    if (!account)
        return base::fail(account.error());
    // A role has no host; the catalogue writes it as an account with any or none.
    const auto roles = connection.read(
        {.sql = QStringLiteral("SELECT ROLE_NAME FROM information_schema.enabled_roles WHERE ROLE_NAME IS NOT NULL")},
        [&names](const SqlRow &row) {
            const QString name = row.text(0).value_or(QString());
            names << QStringLiteral("'%1'@''").arg(name) << QStringLiteral("'%1'@'%'").arg(name) << name
                  << QStringLiteral("'%1'").arg(name);
        },
        call);
    if (!roles && roles.error().code != base::ErrorCode::StatementFailed) // older servers have no such table
        return base::fail(roles.error());
    return names;
}

/// The kinds of right that @p names hold on a table by any grant: on it, on its columns, its database or everything.
base::Result<QSet<QString>> heldOn(SqlConnection &connection, const QStringList &names, const QString &schema,
                                   const QString &table, const base::Call &call)
{
    SqlStatement statement;
    const QString inSchema = statement.params.add(schema);
    const QString onTable = statement.params.add(table);
    QStringList places;
    for (const QString &name : names)
        places << statement.params.add(name);
    const QString mine = QStringLiteral("grantee IN (%1)").arg(places.join(QStringLiteral(", ")));
    statement.sql = QStringLiteral("SELECT privilege_type FROM information_schema.user_privileges WHERE %1 "
                                   "UNION SELECT privilege_type FROM information_schema.schema_privileges WHERE %1 "
                                   "AND %2 LIKE table_schema "
                                   "UNION SELECT privilege_type FROM information_schema.table_privileges WHERE %1 "
                                   "AND table_schema = %2 AND table_name = %3 "
                                   "UNION SELECT privilege_type FROM information_schema.column_privileges WHERE %1 "
                                   "AND table_schema = %2 AND table_name = %3")
                        .arg(mine, inSchema, onTable);
    QSet<QString> held;
    const auto read = connection.read(
        statement, [&held](const SqlRow &row) { held.insert(row.text(0).value_or(QString()).toUpper()); }, call);
    if (!read)
        return base::fail(read.error());
    return held;
}

/// Adds what SHOW GRANTS says: MariaDB's catalogue leaves out what an account has by its roles (10.11). Its first line
/// holds the account's password hash, which is not kept.
base::Status addGranted(SqlConnection &connection, const QString &schema, const QString &table, QSet<QString> &held,
                        const base::Call &call)
{
    static const QRegularExpression grant(QStringLiteral("^GRANT (.+) ON (.+) TO "));
    static const QRegularExpression columns(QStringLiteral("\\s*\\([^)]*\\)"));
    const auto named = [](QString name) -> QString {
        return QLatin1Char('`') + name.replace(QLatin1Char('`'), QStringLiteral("``")) + QLatin1Char('`');
    };
    const QString everywhere = QStringLiteral("*.*");
    const QStringList places{everywhere, named(schema) + QStringLiteral(".*"),
                             named(QString(schema).replace(QLatin1Char('_'), QStringLiteral("\\_"))) +
                                 QStringLiteral(".*"),
                             named(schema) + QLatin1Char('.') + named(table)};
    const auto read = connection.read(
        {.sql = QStringLiteral("SHOW GRANTS")},
        [&](const SqlRow &row) {
            const auto match = grant.match(row.text(0).value_or(QString()));
            if (!match.hasMatch() || !places.contains(match.captured(2)))
                return;
            const QStringList rights = match.captured(1).remove(columns).split(QStringLiteral(", "));
            for (const QString &right : rights)
                held.insert(right);
            if (!rights.contains(QStringLiteral("ALL PRIVILEGES")))
                return;
            for (const char *right : {"SELECT", "INSERT", "UPDATE", "DELETE", "DROP", "ALTER"})
                held.insert(QString::fromLatin1(right));
            if (match.captured(2) == everywhere)
                held << QStringLiteral("SUPER") << QStringLiteral("CREATE USER");
        },
        call);
    if (!read && read.error().code != base::ErrorCode::StatementFailed) // the catalogue's answer is something already
        return base::fail(read.error());
    return {};
}

TableRights tableRights(const QSet<QString> &held, const QString &schema, const QString &table)
{
    const auto has = [&held](const char *right) { return held.contains(QLatin1StringView(right)); };
    return {.schema = schema,
            .table = table,
            .select = has("SELECT"),
            .insert = has("INSERT"),
            .update = has("UPDATE"),
            .remove = has("DELETE"),
            .truncate = has("DROP"), // TRUNCATE asks for it
            .owns = has("ALTER") || has("DROP")};
}

} // namespace

QString MysqlInspection::explained(const QString &select) const
{
    return QStringLiteral("EXPLAIN FORMAT=JSON ") + select; // not ANALYZE, which would run it
}

LookupPlan MysqlInspection::planOf(const std::vector<QByteArrayList> &rows, const QString &table) const
{
    const auto access = accessIn(planIn(rows));
    if (!access)
        return {};
    const QString type = access->value(QStringLiteral("access_type")).toString();
    const QString key = access->value(QStringLiteral("key")).toString();
    const QJsonValue estimate = access->contains(QStringLiteral("rows"))
                                    ? access->value(QStringLiteral("rows"))
                                    : access->value(QStringLiteral("rows_examined_per_scan"));
    QString text = QStringLiteral("access type %1 on %2").arg(type, withBackQuotes(SqlDialect::quoted(table)));
    if (!key.isEmpty())
        text += QStringLiteral(", key ") + withBackQuotes(SqlDialect::quoted(key));
    if (estimate.isDouble())
        text += QStringLiteral(", about %1 rows").arg(qRound64(estimate.toDouble()));
    return {type.compare(QStringLiteral("ALL"), Qt::CaseInsensitive) == 0, text};
}

std::optional<qint64> MysqlInspection::estimatedRows(const std::vector<QByteArrayList> &rows) const
{
    std::optional<double> product;
    multiplySteps(planIn(rows), product);
    return product ? std::optional(qRound64(*product)) : std::nullopt;
}

SqlStatement MysqlInspection::size(const QString &schema, const QString &table) const
{
    SqlStatement statement;
    statement.sql = QStringLiteral("SELECT t.table_rows, COALESCE(t.data_length, 0) + COALESCE(t.index_length, 0) "
                                   "FROM information_schema.tables t WHERE t.table_schema = %1 AND t.table_name = %2")
                        .arg(statement.params.add(schema), statement.params.add(table));
    return statement;
}

base::Result<std::optional<RoleRights>> MysqlInspection::rights(SqlConnection &connection, const SchemaProfile &schema,
                                                                const base::Call &call) const
{
    RoleRights rights;
    const auto names = grantees(connection, rights, call);
    if (!names)
        return base::fail(names.error());
    const auto ofTable = [&](const QString &inSchema, const QString &table) -> base::Result<TableRights> {
        auto held = heldOn(connection, *names, inSchema, table, call);
        if (!held)
            return base::fail(std::move(held.error()));
        if (auto added = addGranted(connection, inSchema, table, *held, call); !added)
            return base::fail(std::move(added.error()));
        rights.isSuperuser = rights.isSuperuser || held->contains(QStringLiteral("SUPER"));
        rights.makesRoles = rights.makesRoles || held->contains(QStringLiteral("CREATE USER"));
        return tableRights(*held, inSchema, table);
    };
    if (auto read = readTableRights(schema, ofTable, rights); !read)
        return base::fail(std::move(read.error()));
    return rights;
}

QString MysqlInspection::createIndex(const TableInfo &table, const ColumnInfo &column, bool unique) const
{
    const QString type = column.type.section(QLatin1Char(' '), 0, 0);
    if (type.endsWith(QStringLiteral("text")) || type.endsWith(QStringLiteral("blob")))
        return {}; // a key of the first characters alone serves neither order nor uniqueness
    // Refuses rather than keep writers out.
    return withBackQuotes(QStringLiteral("CREATE %1 %2 ON %3 (%4) ALGORITHM=INPLACE LOCK=NONE;")
                              .arg(unique ? QStringLiteral("UNIQUE INDEX") : QStringLiteral("INDEX"),
                                   SqlDialect::quoted(indexName(table.name, column.name, unique)),
                                   SqlDialect::tableName(table.schema, table.name), SqlDialect::quoted(column.name)));
}

QString MysqlInspection::createRole(RolePurpose purpose, const QString &role, const RoleRights &,
                                    const SchemaProfile &schema) const
{
    const QString name = SqlDialect::quoted(role) + QStringLiteral("@\"%\"");
    QStringList lines{
        QStringLiteral("CREATE USER %1 ACCOUNT LOCK;").arg(name),
        QStringLiteral("GRANT %1 ON %2 TO %3;")
            .arg(purpose == RolePurpose::Inspect ? QStringLiteral("SELECT") : QStringLiteral("SELECT, INSERT, DELETE"),
                 SqlDialect::tableName(schema.sessions.schema, schema.sessions.table), name),
    };
    const auto select = [&](const QString &inSchema, const QString &table, const QStringList &columns) {
        lines << QStringLiteral("GRANT SELECT (%1) ON %2 TO %3;")
                     .arg(quotedList(columns), SqlDialect::tableName(inSchema, table), name);
    };
    if (schema.users)
        select(schema.users->schema, schema.users->table, columnsRead(*schema.users));
    if (schema.accounts)
        select(schema.accounts->schema, schema.accounts->table, columnsRead(*schema.accounts));
    lines << QStringLiteral(
                 "-- give it a password (ALTER USER %1 IDENTIFIED BY …), then: ALTER USER %1 ACCOUNT UNLOCK;")
                 .arg(name);
    return withBackQuotes(lines.join(QLatin1Char('\n')));
}

} // namespace rollcall::store
