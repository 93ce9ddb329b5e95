#pragma once

#include "core/store/inspect/InspectionDialect.h"

namespace rollcall::store {

/// Inspections of SQLite, which has neither roles nor sizes of tables. **Thread-safety:** immutable; thread-safe.
class SqliteInspection final : public InspectionDialect
{
public:
    QString explained(const QString &select) const override;
    LookupPlan planOf(const std::vector<QByteArrayList> &rows, const QString &table) const override;
    std::optional<qint64> estimatedRows(const std::vector<QByteArrayList> &rows) const override;
    SqlStatement size(const QString &schema, const QString &table) const override;
    bool sizeIsOfDatabase() const override { return true; }
    base::Result<std::optional<RoleRights>> rights(SqlConnection &connection, const SchemaProfile &schema,
                                                   const base::Call &call) const override;
    QString createIndex(const TableInfo &table, const ColumnInfo &column, bool unique) const override;
    QString createRole(RolePurpose purpose, const QString &role, const RoleRights &rights,
                       const SchemaProfile &schema) const override;
};

} // namespace rollcall::store
