#include "core/store/schema/Introspector.h"

#include <map>

namespace rollcall::store {

namespace {

using TableKey = std::pair<QString, QString>;
using Tables = std::map<TableKey, TableInfo>;

/// One of the three questions to the catalogue, its rows beginning with schema and table.
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

/// pg_catalog and not information_schema, which hides constraints from everyone but the owner.
std::vector<Question> postgresQuestions()
{
    const QString columns =
        QStringLiteral("SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, -1), a.attnotnull::int, "
                       "(a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> '')::int "
                       "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                       "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
                       "WHERE c.relkind IN ('r', 'p', 'f') AND %1 ORDER BY n.nspname, c.relname, a.attnum");
    const QString indexes = QStringLiteral(
        "SELECT n.nspname, c.relname, a.attname, (i.indisunique AND i.indnkeyatts = 1 AND i.indpred IS NULL)::int, "
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
    return {{columns, addColumn}, {indexes, addIndex}, {foreignKeys, addForeignKey}};
}

std::vector<Question> sqliteQuestions()
{
    // An INTEGER PRIMARY KEY is SQLite's row id: it fills itself. Source: sqlite.org/lang_createtable.html#rowid.
    const QString columns = QStringLiteral(
        "SELECT 'main', c.name, p.name, p.type, p.\"notnull\" OR p.pk > 0, "
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

QString condition(DatabaseKind kind, const CatalogueScope &scope, SqlParams &params)
{
    const bool postgres = kind == DatabaseKind::PostgreSql;
    if (!scope.tables.empty()) {
        QStringList each;
        for (const auto &[schema, table] : scope.tables) {
            if (postgres)
                each
                    << QStringLiteral("(n.nspname = %1 AND c.relname = %2)").arg(params.add(schema), params.add(table));
            else
                each << QStringLiteral("c.name = ") + params.add(table);
        }
        return QLatin1Char('(') + each.join(QStringLiteral(" OR ")) + QLatin1Char(')');
    }
    if (!postgres)
        return QStringLiteral("1");
    if (!scope.schema.isEmpty())
        return QStringLiteral("n.nspname = ") + params.add(scope.schema);
    return QStringLiteral("n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'");
}

} // namespace

base::Result<std::vector<TableInfo>> readCatalogue(SqlConnection &connection, DatabaseKind kind,
                                                   const CatalogueScope &scope, const base::Call &call)
{
    Tables tables;
    for (const Question &question : kind == DatabaseKind::PostgreSql ? postgresQuestions() : sqliteQuestions()) {
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
