#include "core/store/KeptColumns.h"

namespace rollcall::store {

namespace {

using base::Call;

/// Name and type of each column that is not computed.
SqlStatement columnsStatement(DatabaseKind kind, const SchemaProfile::Sessions &sessions)
{
    SqlStatement statement;
    switch (kind) {
    case DatabaseKind::PostgreSql:
        // By way of JSON: attgenerated is not there before PostgreSQL 12.
        statement.sql =
            QStringLiteral("SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) "
                           "FROM pg_catalog.pg_attribute a WHERE a.attrelid = (SELECT c.oid FROM "
                           "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE "
                           "n.nspname = %1 AND c.relname = %2) AND a.attnum > 0 AND NOT a.attisdropped AND "
                           "coalesce(to_jsonb(a)->>'attgenerated', '') = '' ORDER BY a.attnum")
                .arg(statement.params.add(sessions.schema), statement.params.add(sessions.table));
        break;
    case DatabaseKind::MySql:
        statement.sql = QStringLiteral("SELECT column_name, data_type FROM information_schema.columns WHERE "
                                       "table_schema = %1 AND table_name = %2 AND "
                                       "coalesce(generation_expression, '') = '' ORDER BY ordinal_position")
                            .arg(statement.params.add(sessions.schema), statement.params.add(sessions.table));
        break;
    case DatabaseKind::Sqlite:
        // Hidden: 2 and 3 are computed columns, 1 those of virtual tables.
        statement.sql = QStringLiteral("SELECT name, type FROM pragma_table_xinfo(%1, %2) WHERE hidden = 0 "
                                       "ORDER BY cid")
                            .arg(statement.params.add(sessions.table), statement.params.add(sessions.schema));
        break;
    case DatabaseKind::Redis:
        break; // has no columns
    }
    return statement;
}

bool isOneOf(const QString &type, std::initializer_list<const char *> names)
{
    return std::ranges::any_of(names, [&](const char *name) { return type == QLatin1StringView(name); });
}

KeptColumn mysqlColumn(const QString &name, const QString &type)
{
    const QString column = SqlDialect::quoted(name);
    const QString plain = QStringLiteral("%1");
    // A binary string is stored in a text column as it stands: nothing is converted between character sets.
    if (type.endsWith(QStringLiteral("char")) || type.endsWith(QStringLiteral("text")) ||
        type.endsWith(QStringLiteral("blob")) || isOneOf(type, {"binary", "varbinary", "enum", "set"}))
        return {name, QStringLiteral("HEX(%1)").arg(column), QStringLiteral("UNHEX(%1)")};
    if (type == QStringLiteral("bit"))
        return {name, QStringLiteral("CAST(CAST(%1 AS UNSIGNED) AS CHAR)").arg(column),
                QStringLiteral("CAST(%1 AS UNSIGNED)")};
    // The text of a FLOAT has six digits; as a DOUBLE it is exact.
    if (type == QStringLiteral("float"))
        return {name, QStringLiteral("CAST((%1 + 0e0) AS CHAR)").arg(column), QStringLiteral("(%1 + 0e0)")};
    return {name, QStringLiteral("CAST(%1 AS CHAR)").arg(column), plain};
}

KeptColumn columnOf(DatabaseKind kind, const QString &name, const QString &type)
{
    const QString column = SqlDialect::quoted(name);
    switch (kind) {
    case DatabaseKind::PostgreSql:
        return {name, column, QStringLiteral("%1::") + type};
    case DatabaseKind::MySql:
        return mysqlColumn(name, type);
    case DatabaseKind::Sqlite:
        return {name, QStringLiteral("rollcall_packed(%1)").arg(column), QStringLiteral("rollcall_unpacked(%1)")};
    case DatabaseKind::Redis:
        break;
    }
    return {};
}

} // namespace

base::Result<std::vector<KeptColumn>> readKeptColumns(SqlConnection &connection, DatabaseKind kind,
                                                      const SchemaSql &schema, const Call &call)
{
    std::vector<KeptColumn> columns;
    const auto read = connection.read(
        columnsStatement(kind, schema.profile().sessions),
        [&](const SqlRow &row) {
            columns.push_back(columnOf(kind, row.text(0).value_or(QString()), row.text(1).value_or(QString())));
        },
        call);
    if (!read)
        return base::fail(read.error());
    return columns;
}

QString exactTexts(DatabaseKind kind)
{
    if (kind != DatabaseKind::PostgreSql)
        return {};
    // 3: before PostgreSQL 12 one digit more is not always enough; since then any above 0 means exact.
    return QStringLiteral("SELECT set_config('extra_float_digits', '3', true), "
                          "set_config('intervalstyle', 'postgres', true), set_config('bytea_output', 'hex', true)");
}

} // namespace rollcall::store
