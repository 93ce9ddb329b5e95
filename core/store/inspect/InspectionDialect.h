#pragma once

#include <QByteArrayList>

#include <functional>

#include "core/store/StoreInspector.h"
#include "core/store/schema/SchemaBinding.h"
#include "core/store/sql/SqlConnection.h"

namespace rollcall::store {

/// What of an inspection each database spells in its own way; SqlStoreInspector is the same for all.
/// **Thread-safety:** immutable; thread-safe.
class InspectionDialect
{
public:
    virtual ~InspectionDialect() = default;

    /// @p select with what makes the server explain it instead of running it.
    [[nodiscard]] virtual QString explained(const QString &select) const = 0;
    /// What the rows that explained() answered with say of @p table.
    [[nodiscard]] virtual LookupPlan planOf(const std::vector<QByteArrayList> &rows, const QString &table) const = 0;

    /// How many rows the select would give, by what explained() answered with; nullopt where the database does not say.
    [[nodiscard]] virtual std::optional<qint64> estimatedRows(const std::vector<QByteArrayList> &rows) const = 0;

    /// A statement that answers in one row: estimated rows (NULL: none), bytes.
    [[nodiscard]] virtual SqlStatement size(const QString &schema, const QString &table) const = 0;
    /// size() tells the bytes of the whole database.
    [[nodiscard]] virtual bool sizeIsOfDatabase() const { return false; }

    /// Errors: as SqlConnection.
    [[nodiscard]] virtual base::Result<std::optional<RoleRights>>
    rights(SqlConnection &connection, const SchemaProfile &schema, const base::Call &call) const = 0;

    /// The statement behind StoreInspector::createIndex(), for people to paste. A @p unique one is empty, too, where
    /// the table takes none that is on the column alone.
    [[nodiscard]] virtual QString createIndex(const TableInfo &table, const ColumnInfo &column, bool unique) const = 0;
    /// The statements behind StoreInspector::createRole().
    [[nodiscard]] virtual QString createRole(RolePurpose purpose, const QString &role, const RoleRights &rights,
                                             const SchemaProfile &schema) const = 0;
};

/// The name that an index on @p column of @p table gets, cut to what all databases take (63 bytes). A @p unique one has
/// another than one that is not: it is made beside that.
[[nodiscard]] QString indexName(const QString &table, const QString &column, bool unique);

/// The columns of each table that Rollcall reads, in the order users, accounts; sessions are read whole.
[[nodiscard]] QStringList columnsRead(const SchemaProfile::Users &users);
[[nodiscard]] QStringList columnsRead(const SchemaProfile::Accounts &accounts);

/// What @p ofTable, given schema and name, says of each table of @p schema, into @p rights. Errors: those of @p
/// ofTable.
[[nodiscard]] base::Status
readTableRights(const SchemaProfile &schema,
                const std::function<base::Result<TableRights>(const QString &, const QString &)> &ofTable,
                RoleRights &rights);

/// The dialect of @p kind; lives as long as the process.
[[nodiscard]] const InspectionDialect &inspectionFor(DatabaseKind kind);

} // namespace rollcall::store
