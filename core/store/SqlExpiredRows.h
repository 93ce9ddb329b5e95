#pragma once

#include "core/store/AccessRights.h"
#include "core/store/ExpiredRows.h"
#include "core/store/SchemaSql.h"
#include "core/store/StoreFactory.h"

namespace rollcall::store {

/// Prunes a sessions table. **Thread-safety:** as its connection.
class SqlExpiredRows final : public ExpiredRows
{
public:
    /// Makes an error of the connection one of the store.
    using Explain = std::function<base::Error(base::Error error, std::vector<NeededRight> needed)>;

    /// All but @p explain are borrowed.
    SqlExpiredRows(SqlConnection &connection, DatabaseKind kind, const SchemaSql &schema, Access access,
                   Explain explain);

    base::Result<qint64> count(base::Instant before, const base::Call &call) override;
    base::Result<PruneStep> prune(const PruneRange &range, base::Instant before, qint64 rows,
                                  const BeforeCommit &beforeCommit, const base::Call &call) override;
    base::Result<std::optional<std::chrono::milliseconds>> replicaLag(const base::Call &call) override;
    QString statement() const override;

private:
    /// " FROM table WHERE it is expired", with what is bound.
    [[nodiscard]] QString expired(base::Instant before, SqlParams &params) const;
    [[nodiscard]] NeededRight onSessions(const char *right) const;
    /// Finds out, once, whether the heap can be walked, and how many blocks it has.
    [[nodiscard]] base::Status prepare(const base::Call &call);
    /// What the table is walked by, and a position in it.
    [[nodiscard]] QString walked() const;
    [[nodiscard]] QString bound(const base::SecretBytes &position, SqlParams &params) const;
    [[nodiscard]] base::Result<PruneStep> pruneRange(const PruneRange &range, base::Instant before, qint64 rows,
                                                     const base::Call &call);
    /// Where a step after @p after ends that deletes at most @p rows; nullopt: at the table's end.
    [[nodiscard]] base::Result<std::optional<base::SecretBytes>>
    endOfBlocks(const base::SecretBytes &after, qint64 rows, base::Instant before, const base::Call &call);
    [[nodiscard]] base::Result<std::optional<base::SecretBytes>> endOfKeys(const base::SecretBytes &after, qint64 rows,
                                                                           const base::Call &call);
    /// The first cell of the first row.
    [[nodiscard]] base::Result<std::optional<base::SecretBytes>> first(const SqlStatement &statement,
                                                                       const base::Call &call);

    SqlConnection &m_connection;
    DatabaseKind m_kind;
    const SchemaSql &m_schema;
    Access m_access;
    Explain m_explain;
    std::optional<qint64> m_blocks; ///< of the heap; 0: it is walked by key
};

} // namespace rollcall::store
