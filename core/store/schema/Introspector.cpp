#include "core/store/schema/Introspector.h"

#include <map>

namespace rollcall::store {

namespace {

using TableKey = std::pair<QString, QString>;
using Tables = std::map<TableKey, TableInfo>;

/// One of the questions to the catalogue, its rows beginning with schema and table.
struct Question
{
    QString sql; ///< %1 stands for the condition on the tables
    std::function<void(TableInfo &, const SqlRow &)> add;
};

QString cell(const SqlRow &row, std::size_t column)
{
    return row.text(column).value_or(QString());
}

void addColumn(TableInfo &table, const SqlRow &row)
{
    table.columns.push_back({cell(row, 2), cell(row, 3), row.flag(4), row.flag(5)});
}

void addIndex(TableInfo &table, const SqlRow &row)
{
    table.indexes.push_back({cell(row, 2), row.flag(3), row.flag(4)});
}

void addForeignKey(TableInfo &table, const SqlRow &row)
{
    table.foreignKeys.push_back({cell(row, 2), cell(row, 3), cell(row, 4), row.flag(5)});
}

void addParent(TableInfo &table, const SqlRow &row)
{
    table.parents.emplace_back(cell(row, 2), cell(row, 3));
}

void addPartitioned(TableInfo &table, const SqlRow &)
{
    table.isPartitioned = true;
}

/// pg_catalog and not information_schema, which hides constraints from everyone but the owner.
std::vector<Question> postgresQuestions()
{
    // A domain's values compare as those of what it is a domain of, which may be a domain itself.
    const QString columns =
        QStringLiteral("SELECT n.nspname, c.relname, a.attname, format_type(CASE t.typtype WHEN 'd' THEN "
                       "(WITH RECURSIVE d(base) AS (SELECT t.typbasetype UNION ALL SELECT b.typbasetype FROM d JOIN "
                       "pg_catalog.pg_type b ON b.oid = d.base WHERE b.typtype = 'd') SELECT d.base FROM d JOIN "
                       "pg_catalog.pg_type e ON e.oid = d.base WHERE e.typtype <> 'd') ELSE a.atttypid END, -1), "
                       "a.attnotnull::int, "
                       "(a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> '')::int "
                       "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                       "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
                       "JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
                       "WHERE c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition AND %1 "
                       "ORDER BY n.nspname, c.relname, a.attnum");
    const QString indexes = QStringLiteral(
        "SELECT n.nspname, c.relname, a.attname, (i.indisunique AND i.indnkeyatts = 1 AND i.indpred IS NULL AND NOT "
        // An index reaches no table that inherits: a value can stand there as well.
        "(c.relkind = 'r' AND EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhparent = c.oid)))::int, "
        "(i.indisprimary AND i.indnkeyatts = 1)::int "
        "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] "
        "WHERE i.indisvalid AND i.indpred IS NULL AND %1 ORDER BY n.nspname, c.relname, i.indexrelid");
    const QString foreignKeys = QStringLiteral(
        "SELECT n.nspname, c.relname, a.attname, tn.nspname, t.relname, (k.confdeltype = 'c')::int "
        "FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_class t ON t.oid = k.confrelid "
        "JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace "
        "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1] "
        "WHERE k.contype = 'f' AND array_length(k.conkey, 1) = 1 AND %1 ORDER BY n.nspname, c.relname, k.oid");
    const QString parents =
        QStringLiteral("SELECT n.nspname, c.relname, pn.nspname, p.relname FROM pg_catalog.pg_inherits h "
                       "JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid "
                       "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                       "JOIN pg_catalog.pg_class p ON p.oid = h.inhparent "
                       "JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace "
                       "WHERE c.relkind IN ('r', 'f') AND NOT c.relispartition AND %1 "
                       "ORDER BY n.nspname, c.relname, h.inhseqno");
    const QString partitioned = QStringLiteral("SELECT n.nspname, c.relname FROM pg_catalog.pg_class c "
                                               "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                                               "WHERE c.relkind = 'p' AND NOT c.relispartition AND %1");
    return {{columns, addColumn},
            {indexes, addIndex},
            {foreignKeys, addForeignKey},
            {parents, addParent},
            {partitioned, addPartitioned}};
}

std::vector<Question> sqliteQuestions()
{
    // An INTEGER PRIMARY KEY is SQLite's row id: it fills itself. Any other primary key can be NULL, but in tables
    // WITHOUT ROWID or STRICT ones. Source: sqlite.org/lang_createtable.html#rowid, #the_primary_key.
    const QString columns = QStringLiteral(
        "SELECT 'main', c.name, p.name, p.type, p.\"notnull\" OR (p.pk > 0 AND ((upper(p.type) = 'INTEGER' AND "
        "(SELECT count(*) FROM pragma_table_info(c.name) WHERE pk > 0) = 1) OR EXISTS (SELECT 1 FROM pragma_table_list "
        "t WHERE t.schema = 'main' AND t.name = c.name AND (t.wr OR t.strict)))), "
        "p.dflt_value IS NOT NULL OR (p.pk = 1 AND upper(p.type) = 'INTEGER') "
        "FROM sqlite_master c JOIN pragma_table_info(c.name) p "
        "WHERE c.type = 'table' AND c.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND %1 ORDER BY c.name, p.cid");
    const QString indexes = QStringLiteral(
        "SELECT 'main', c.name, i.name, l.\"unique\" AND NOT l.partial AND (SELECT count(*) FROM "
        "pragma_index_info(l.name)) = 1, l.origin = 'pk' AND (SELECT count(*) FROM pragma_index_info(l.name)) = 1 "
        "FROM sqlite_master c JOIN pragma_index_list(c.name) l JOIN pragma_index_info(l.name) i ON i.seqno = 0 "
        "WHERE c.type = 'table' AND NOT l.partial AND i.name IS NOT NULL AND %1 "
        "UNION ALL SELECT 'main', c.name, p.name, 1, 1 FROM sqlite_master c JOIN pragma_table_info(c.name) p "
        "WHERE c.type = 'table' AND p.pk = 1 AND upper(p.type) = 'INTEGER' "
        "AND (SELECT count(*) FROM pragma_table_info(c.name) WHERE pk > 0) = 1 AND %1");
    const QString foreignKeys =
        QStringLiteral("SELECT 'main', c.name, f.\"from\", 'main', f.\"table\", f.on_delete = 'CASCADE' "
                       "FROM sqlite_master c JOIN pragma_foreign_key_list(c.name) f "
                       "WHERE c.type = 'table' AND %1 ORDER BY c.name, f.id");
    return {{columns, addColumn}, {indexes, addIndex}, {foreignKeys, addForeignKey}};
}

/// What the role has no right at all on is not in it. Texts are given in our collation: names of tables that differ in
/// case alone are two.
std::vector<Question> mysqlQuestions()
{
    // A text column's type carries its collation: see MysqlDialect. MariaDB writes a missing default of a column that
    // may be NULL as the text NULL; such a column needs no value either way.
    const QString columns = QStringLiteral(
        "SELECT c.table_schema, c.table_name, c.column_name, "
        "CONCAT(c.data_type, CASE WHEN c.collation_name IS NULL THEN '' ELSE CONCAT(' ', c.collation_name) END, "
        "CASE WHEN c.column_type LIKE '%unsigned%' THEN ' unsigned' ELSE '' END), "
        "CASE WHEN c.is_nullable = 'NO' THEN 1 ELSE 0 END, "
        "CASE WHEN c.column_default IS NOT NULL OR c.extra LIKE '%auto_increment%' OR c.extra LIKE '%GENERATED%' "
        "THEN 1 ELSE 0 END "
        "FROM information_schema.columns c JOIN information_schema.tables t ON t.table_schema = c.table_schema "
        "AND t.table_name = c.table_name WHERE t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') AND %1 "
        "ORDER BY c.table_schema, c.table_name, c.ordinal_position");
    // A key of the first characters alone serves neither order nor uniqueness.
    const QString indexes = QStringLiteral(
        "SELECT c.table_schema, c.table_name, c.column_name, "
        "CASE WHEN c.non_unique = 0 AND i.parts = 1 THEN 1 ELSE 0 END, "
        "CASE WHEN c.index_name = 'PRIMARY' AND i.parts = 1 THEN 1 ELSE 0 END "
        "FROM information_schema.statistics c JOIN (SELECT table_schema, table_name, index_name, count(*) AS parts "
        "FROM information_schema.statistics GROUP BY table_schema, table_name, index_name) i "
        "ON i.table_schema = c.table_schema AND i.table_name = c.table_name AND i.index_name = c.index_name "
        "WHERE c.seq_in_index = 1 AND c.sub_part IS NULL AND c.column_name IS NOT NULL AND %1 "
        "ORDER BY c.table_schema, c.table_name, c.index_name");
    const QString foreignKeys = QStringLiteral(
        "SELECT c.table_schema, c.table_name, c.column_name, c.referenced_table_schema, c.referenced_table_name, "
        "CASE WHEN r.delete_rule = 'CASCADE' THEN 1 ELSE 0 END "
        "FROM information_schema.key_column_usage c JOIN information_schema.referential_constraints r "
        "ON r.constraint_schema = c.constraint_schema AND r.table_name = c.table_name "
        "AND r.constraint_name = c.constraint_name "
        "WHERE c.referenced_table_name IS NOT NULL AND c.ordinal_position = 1 AND %1 "
        "ORDER BY c.table_schema, c.table_name, c.constraint_name");
    return {{columns, addColumn}, {indexes, addIndex}, {foreignKeys, addForeignKey}};
}

std::vector<Question> questionsFor(DatabaseKind kind)
{
    switch (kind) {
    case DatabaseKind::PostgreSql:
        return postgresQuestions();
    case DatabaseKind::MySql:
        return mysqlQuestions();
    case DatabaseKind::Sqlite:
        return sqliteQuestions();
    case DatabaseKind::Redis:
        break; // it has no catalogue
    }
    return {};
}

/// That a row of the catalogue is about that table.
QString isTable(DatabaseKind kind, const QString &schema, const QString &table, SqlParams &params)
{
    switch (kind) {
    case DatabaseKind::PostgreSql:
        return QStringLiteral("(n.nspname = %1 AND c.relname = %2)").arg(params.add(schema), params.add(table));
    case DatabaseKind::MySql:
        return QStringLiteral("(c.table_schema = %1 AND c.table_name = %2)").arg(params.add(schema), params.add(table));
    case DatabaseKind::Sqlite:
    case DatabaseKind::Redis:
        break;
    }
    return QStringLiteral("c.name = ") + params.add(table);
}

QString condition(DatabaseKind kind, const CatalogueScope &scope, SqlParams &params)
{
    if (!scope.tables.empty()) {
        QStringList each;
        for (const auto &[schema, table] : scope.tables)
            each << isTable(kind, schema, table, params);
        return QLatin1Char('(') + each.join(QStringLiteral(" OR ")) + QLatin1Char(')');
    }
    if (kind == DatabaseKind::Sqlite)
        return QStringLiteral("1");
    if (kind == DatabaseKind::MySql) // a schema is a database here: the one that was connected to
        return QStringLiteral("c.table_schema = DATABASE()");
    if (!scope.schema.isEmpty())
        return QStringLiteral("n.nspname = ") + params.add(scope.schema);
    return QStringLiteral("n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'");
}

} // namespace

base::Result<std::vector<TableInfo>> readCatalogue(SqlConnection &connection, DatabaseKind kind,
                                                   const CatalogueScope &scope, const base::Call &call)
{
    Tables tables;
    for (const Question &question : questionsFor(kind)) {
        SqlStatement statement;
        const QString where = condition(kind, scope, statement.params);
        statement.sql = QString(question.sql).replace(QStringLiteral("%1"), where);
        const auto read = connection.read(
            statement,
            [&](const SqlRow &row) {
                const TableKey key(cell(row, 0), cell(row, 1));
                TableInfo &table = tables[key];
                table.schema = key.first;
                table.name = key.second;
                question.add(table, row);
            },
            call);
        if (!read)
            return base::fail(read.error());
    }
    std::vector<TableInfo> result;
    for (auto &[key, table] : tables)
        result.push_back(std::move(table));
    return result;
}

} // namespace rollcall::store
