#pragma once

#include "core/store/AccessRights.h"
#include "core/store/KeptColumns.h"
#include "core/store/KeptRows.h"
#include "core/store/RowSql.h"
#include "core/store/StoreFactory.h"

namespace rollcall::store {

/// Keeps and puts back rows of a sessions table. PostgreSQL and SQLite hand rows over as they delete them (RETURNING);
/// MySQL and MariaDB are asked for them under a lock in the same transaction, as MySQL knows no RETURNING.
/// **Thread-safety:** as its connection.
class SqlKeptRows final : public KeptRows
{
public:
    /// Makes an error of the connection one of the store.
    using Explain = std::function<base::Error(base::Error error, std::vector<NeededRight> needed)>;

    /// All but @p explain are borrowed.
    SqlKeptRows(SqlConnection &connection, DatabaseKind kind, const SchemaSql &schema, const RowSql &rows,
                Access access, Explain explain);

    base::Status canKeep(const base::Call &call) override;
    base::Result<std::vector<DeleteOutcome>> deleteRows(std::span<const RowKey> keys, const Keep &keep,
                                                        const base::Call &call) override;
    base::Result<std::vector<RestoreOutcome>> restoreRows(std::span<const KeptRow> rows,
                                                          const base::Call &call) override;
    base::Result<std::vector<RestoreOutcome>> wouldRestore(std::span<const KeptRow> rows,
                                                           const base::Call &call) override;

private:
    [[nodiscard]] base::Status mayWrite() const;
    /// Reads which columns there are, once.
    [[nodiscard]] base::Status prepare(const base::Call &call);
    /// No other table's rows are deleted with those of the sessions table (PostgreSQL's INHERITS).
    [[nodiscard]] base::Status hasNoHeirs(const base::Call &call);
    [[nodiscard]] base::Status setTexts(const base::Call &call);
    [[nodiscard]] NeededRight onSessions(const char *right) const;
    /// What is read of a row: its columns, then whether its user is there.
    [[nodiscard]] QString given(const RowKey &key, SqlParams &params) const;
    [[nodiscard]] QString userIsThere(const RowKey &key, SqlParams &params) const;
    [[nodiscard]] QString isThere(const RowKey &key, SqlParams &params) const;
    [[nodiscard]] KeptRow keptRow(const SqlRow &row, const RowKey &key, std::size_t place) const;
    [[nodiscard]] base::Result<DeleteOutcome> deleteRow(const RowKey &key, std::size_t place,
                                                        std::vector<KeptRow> &kept, const base::Call &call);
    /// What the column of @p cell is now. Errors: SchemaChanged.
    [[nodiscard]] base::Result<const KeptColumn *> columnOf(const KeptCell &cell) const;
    /// Puts @p row back where none is in its way; a follower comes after one that was deleted with it and is back.
    [[nodiscard]] base::Result<SqlStatement> insert(const KeptRow &row, bool isFollower) const;
    [[nodiscard]] base::Result<RestoreOutcome> restoreRow(const KeptRow &row, bool isFollower, const base::Call &call);
    [[nodiscard]] base::Result<std::vector<RestoreOutcome>> restoreAll(std::span<const KeptRow> rows,
                                                                       const base::Call &call);
    /// Whether a row is in the way of one of that key.
    [[nodiscard]] base::Result<bool> exists(const RowKey &key, const base::Call &call);

    SqlConnection &m_connection;
    DatabaseKind m_kind;
    const SchemaSql &m_schema;
    const RowSql &m_rows;
    Access m_access;
    Explain m_explain;
    std::vector<KeptColumn> m_columns;
};

} // namespace rollcall::store
