#pragma once

#include <functional>

#include "core/store/AccessRights.h"
#include "core/store/SessionStore.h"
#include "core/store/schema/SchemaBinding.h"
#include "core/store/sql/SqlDialect.h"

namespace rollcall::store {

/// Writes and removes canary rows: a labelled user and its session. Columns that must have a value and have no default
/// are filled by their type; one that cannot be filled sensibly is an error that names it.
/// **Thread-safety:** as its connection, which must outlive it.
class SqlCanary final
{
public:
    SqlCanary(SqlConnection &connection, const SqlDialect &dialect, DatabaseKind kind, const BoundSchema &schema,
              const QTimeZone &zone);

    /// Inserts user and session in one transaction. Errors: StatementFailed (Detail names the column), as
    /// SqlConnection.
    [[nodiscard]] base::Result<CanaryKey> insert(const CanaryRow &canary, const base::Call &call) const;
    /// Deletes exactly that session, and that user if it is labelled as a canary. Fine where they are gone. Errors:
    /// StatementFailed where a row of that token or that user is there and is not deleted, as SqlConnection.
    [[nodiscard]] base::Status remove(const CanaryKey &canary, const base::Call &call) const;
    [[nodiscard]] std::vector<NeededRight> neededRights() const;

private:
    using Values = std::vector<std::pair<QString, QString>>; ///< column and expression
    base::Status fillRequired(const TableInfo &table, const QString &label, Values &values, SqlParams &params) const;
    [[nodiscard]] std::optional<QString> valueFor(const TableInfo &table, const ColumnInfo &column,
                                                  const QString &label, SqlParams &params) const;
    [[nodiscard]] QString insertInto(const TableInfo &table, const Values &values) const;
    /// A user's id, as idCell() gave it, as what is stored in a session.
    [[nodiscard]] QString valueOfUser(const QString &id, SqlParams &params) const;
    base::Result<QString> insertUser(const QString &label, const base::Call &call) const;
    base::Status insertSession(const CanaryRow &canary, const QString &userId, const QString &label,
                               const base::Call &call) const;
    struct Removal
    {
        QString table;
        SqlStatement deletion;
        SqlStatement left; ///< finds the row, whether it is a canary's or not
    };
    using Condition = std::function<QString(SqlParams &params)>;
    static Removal removal(const QString &table, const Condition &isRow, const Condition &isCanarys);
    base::Status remove(const Removal &step, const base::Call &call) const;

    SqlConnection &m_connection;
    const SqlDialect &m_dialect;
    DatabaseKind m_kind;
    const BoundSchema &m_schema;
    const QTimeZone &m_zone;
};

} // namespace rollcall::store
