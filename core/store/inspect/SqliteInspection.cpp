#include "core/store/inspect/SqliteInspection.h"

#include "core/store/sql/SqlDialect.h"

namespace rollcall::store {

QString SqliteInspection::explained(const QString &select) const
{
    return QStringLiteral("EXPLAIN QUERY PLAN ") + select;
}

LookupPlan SqliteInspection::planOf(const std::vector<QByteArrayList> &rows, const QString &) const
{
    LookupPlan plan;
    QStringList steps;
    for (const QByteArrayList &row : rows) {
        const QString step = QString::fromUtf8(row.value(3)); // id, parent, unused, detail
        plan.readsAll = plan.readsAll || step.startsWith(QStringLiteral("SCAN"));
        steps << step;
    }
    plan.text = steps.join(QStringLiteral("; "));
    return plan;
}

std::optional<qint64> SqliteInspection::estimatedRows(const std::vector<QByteArrayList> &) const
{
    return std::nullopt;
}

SqlStatement SqliteInspection::size(const QString &, const QString &) const
{
    return {.sql = QStringLiteral("SELECT NULL, (SELECT page_count FROM pragma_page_count()) * "
                                  "(SELECT page_size FROM pragma_page_size())")};
}

base::Result<std::optional<RoleRights>> SqliteInspection::rights(SqlConnection &, const SchemaProfile &,
                                                                 const base::Call &) const
{
    return std::nullopt;
}

QString SqliteInspection::createIndex(const TableInfo &table, const ColumnInfo &column, bool unique) const
{
    return QStringLiteral("CREATE %1 %2 ON %3 (%4);")
        .arg(unique ? QStringLiteral("UNIQUE INDEX") : QStringLiteral("INDEX"),
             SqlDialect::quoted(indexName(table.name, column.name, unique)), SqlDialect::quoted(table.name),
             SqlDialect::quoted(column.name));
}

QString SqliteInspection::createRole(RolePurpose, const QString &, const RoleRights &, const SchemaProfile &) const
{
    return {};
}

} // namespace rollcall::store
