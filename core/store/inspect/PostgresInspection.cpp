#include "core/store/inspect/PostgresInspection.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "core/store/sql/SqlDialect.h"

namespace rollcall::store {

namespace {

/// The first node of a plan that reads @p table; an index below a bitmap scan is part of it.
std::optional<QJsonObject> scanOf(const QJsonObject &node, const QString &table)
{
    if (node.value(QStringLiteral("Relation Name")).toString() == table)
        return node;
    const QJsonArray children = node.value(QStringLiteral("Plans")).toArray();
    for (const auto &child : children) {
        if (auto found = scanOf(child.toObject(), table))
            return found;
    }
    return std::nullopt;
}

QJsonObject topNode(const std::vector<QByteArrayList> &rows)
{
    QByteArray json;
    for (const QByteArrayList &row : rows)
        json += row.value(0);
    return QJsonDocument::fromJson(json).array().at(0).toObject().value(QStringLiteral("Plan")).toObject();
}

QString quotedList(const QStringList &columns)
{
    QStringList quoted;
    for (const QString &column : columns)
        quoted << SqlDialect::quoted(column);
    return quoted.join(QStringLiteral(", "));
}

TableRights tableRights(const SqlRow &row)
{
    return {.schema = row.text(0).value_or(QString()),
            .table = row.text(1).value_or(QString()),
            .select = row.flag(2),
            .insert = row.flag(3),
            .update = row.flag(4),
            .remove = row.flag(5),
            .truncate = row.flag(6),
            .owns = row.flag(7)};
}

} // namespace

QString PostgresInspection::explained(const QString &select) const
{
    return QStringLiteral("EXPLAIN (FORMAT JSON) ") + select; // without ANALYZE, which would run it
}

LookupPlan PostgresInspection::planOf(const std::vector<QByteArrayList> &rows, const QString &table) const
{
    const auto scan = scanOf(topNode(rows), table);
    if (!scan)
        return {};
    const QString kind = scan->value(QStringLiteral("Node Type")).toString();
    const double cost = scan->value(QStringLiteral("Total Cost")).toDouble();
    return {kind == QStringLiteral("Seq Scan"),
            QStringLiteral("%1 on %2, cost %3").arg(kind, SqlDialect::quoted(table), QString::number(cost, 'f', 2))};
}

std::optional<qint64> PostgresInspection::estimatedRows(const std::vector<QByteArrayList> &rows) const
{
    const QJsonValue planned = topNode(rows).value(QStringLiteral("Plan Rows"));
    if (!planned.isDouble())
        return std::nullopt;
    // The planner never says less than one.
    const double estimate = planned.toDouble();
    return estimate > 1 ? qRound64(estimate) : 0;
}

SqlStatement PostgresInspection::size(const QString &schema, const QString &table) const
{
    SqlStatement statement;
    statement.sql =
        QStringLiteral("SELECT nullif(c.reltuples, -1)::bigint, pg_total_relation_size(c.oid) "
                       "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                       "WHERE n.nspname = %1 AND c.relname = %2")
            .arg(statement.params.add(schema), statement.params.add(table));
    return statement;
}

base::Result<std::optional<RoleRights>>
PostgresInspection::rights(SqlConnection &connection, const SchemaProfile &schema, const base::Call &call) const
{
    RoleRights rights;
    const auto role = connection.read(
        {.sql = QStringLiteral("SELECT current_user::text, current_database()::text, rolsuper::int, "
                               "(rolcreaterole OR rolcreatedb)::int FROM pg_catalog.pg_roles "
                               "WHERE rolname = current_user")},
        [&rights](const SqlRow &row) {
            rights.role = row.text(0).value_or(QString());
            rights.database = row.text(1).value_or(QString());
            rights.isSuperuser = row.flag(2);
            rights.makesRoles = row.flag(3);
        },
        call);
    if (!role)
        return base::fail(role.error());
    const auto ofTable = [&](const QString &inSchema, const QString &table) -> base::Result<TableRights> {
        SqlStatement statement;
        statement.sql = QStringLiteral("SELECT n.nspname, c.relname, has_any_column_privilege(c.oid, 'SELECT')::int, "
                                       "has_any_column_privilege(c.oid, 'INSERT')::int, "
                                       "has_any_column_privilege(c.oid, 'UPDATE')::int, "
                                       "has_table_privilege(c.oid, 'DELETE')::int, "
                                       "has_table_privilege(c.oid, 'TRUNCATE')::int, "
                                       "pg_has_role(c.relowner, 'USAGE')::int "
                                       "FROM pg_catalog.pg_class c "
                                       "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                                       "WHERE n.nspname = %1 AND c.relname = %2")
                            .arg(statement.params.add(inSchema), statement.params.add(table));
        TableRights found;
        const auto read = connection.read(
            statement, [&found](const SqlRow &row) { found = tableRights(row); }, call);
        if (!read)
            return base::fail(read.error());
        return found;
    };
    if (auto read = readTableRights(schema, ofTable, rights); !read)
        return base::fail(std::move(read.error()));
    return rights;
}

QString PostgresInspection::createIndex(const TableInfo &table, const ColumnInfo &column, bool unique) const
{
    // A partitioned table takes no index without a lock, and no unique one of a single column but its partition key.
    if (unique && table.isPartitioned)
        return {};
    return QStringLiteral("CREATE %1%2 %3 ON %4 (%5);")
        .arg(unique ? QStringLiteral("UNIQUE INDEX") : QStringLiteral("INDEX"),
             table.isPartitioned ? QString() : QStringLiteral(" CONCURRENTLY"),
             SqlDialect::quoted(indexName(table.name, column.name, unique)),
             SqlDialect::tableName(table.schema, table.name), SqlDialect::quoted(column.name));
}

QString PostgresInspection::createRole(RolePurpose purpose, const QString &role, const RoleRights &rights,
                                       const SchemaProfile &schema) const
{
    const QString name = SqlDialect::quoted(role);
    QStringList schemas{schema.sessions.schema};
    QStringList lines{
        QStringLiteral("CREATE ROLE %1 LOGIN; -- then, in psql: \\password %1").arg(name),
        QStringLiteral("GRANT CONNECT ON DATABASE %1 TO %2;").arg(SqlDialect::quoted(rights.database), name),
        QStringLiteral("GRANT %1 ON %2 TO %3;")
            .arg(purpose == RolePurpose::Inspect ? QStringLiteral("SELECT") : QStringLiteral("SELECT, INSERT, DELETE"),
                 SqlDialect::tableName(schema.sessions.schema, schema.sessions.table), name),
    };
    const auto select = [&](const QString &inSchema, const QString &table, const QStringList &columns) {
        schemas << inSchema;
        lines << QStringLiteral("GRANT SELECT (%1) ON %2 TO %3;")
                     .arg(quotedList(columns), SqlDialect::tableName(inSchema, table), name);
    };
    if (schema.users)
        select(schema.users->schema, schema.users->table, columnsRead(*schema.users));
    if (schema.accounts)
        select(schema.accounts->schema, schema.accounts->table, columnsRead(*schema.accounts));
    schemas.removeDuplicates();
    for (const QString &each : std::as_const(schemas))
        lines.insert(2, QStringLiteral("GRANT USAGE ON SCHEMA %1 TO %2;").arg(SqlDialect::quoted(each), name));
    return lines.join(QLatin1Char('\n'));
}

} // namespace rollcall::store
