#pragma once

#include "core/store/SchemaSql.h"
#include "core/store/StoreInspector.h"
#include "core/store/inspect/InspectionDialect.h"

namespace rollcall::store {

/// Inspections of a relational database over a store's own connection. **Thread-safety:** as StoreInspector.
class SqlStoreInspector final : public StoreInspector
{
public:
    /// @p connection and @p schema, which is bound to its database, are borrowed and outlive the object.
    SqlStoreInspector(SqlConnection &connection, DatabaseKind kind, const SchemaSql &schema);

    std::optional<LookupStages> lastLookup() const override { return m_lastLookup; }
    /// Keeps what lastLookup() answers.
    void noteLookup(const LookupStages &stages) { m_lastLookup = stages; }
    const SchemaProfile &schema() const override { return m_schema.profile(); }
    bool tokenIsUnique() const override;
    bool userIsReferenced() const override;
    bool orderCanUseIndex() const override;
    QString createIndex(LookupColumn column, bool unique) const override;
    QString createRole(RolePurpose purpose, const QString &role, const RoleRights &rights) const override;
    QString quotedTable(const QString &schema, const QString &table) const override;
    base::Result<LookupPlan> plan(LookupColumn column, const base::Call &call) override;
    base::Result<TableSize> size(const base::Call &call) override;
    base::Result<std::optional<RoleRights>> rights(const base::Call &call) override;
    base::Result<ExpiryHistogram> expiries(std::span<const base::Instant> edges, const base::Call &call) override;
    base::Result<std::optional<ExpiryHistogram>> estimatedExpiries(std::span<const base::Instant> edges,
                                                                   const base::Call &call) override;
    base::Result<DuplicateTokens> duplicates(const base::Call &call) override;
    base::Result<bool> isZoneless(const base::Call &call) override;
    bool dependsOnWritersZone() const override;

    /// How many rows @p select is reckoned to give; nullopt where the database does not say. Blocks for milliseconds.
    base::Result<std::optional<qint64>> estimatedRows(SqlStatement select, const base::Call &call);
    /// The database's statistics say something of conditions on the expiry.
    [[nodiscard]] bool knowsExpiries() const;

private:
    /// What the server would do to run @p select.
    base::Result<std::vector<QByteArrayList>> explain(SqlStatement select, const base::Call &call);
    [[nodiscard]] const QString &nameOf(LookupColumn column) const;
    /// The look-up by @p column with a value that nobody has; nullopt where none can be thought of for its type.
    [[nodiscard]] std::optional<SqlStatement> lookup(LookupColumn column) const;
    base::Result<qint64> read(const SqlStatement &statement, const RowHandler &onRow, const base::Call &call);

    SqlConnection &m_connection;
    const SchemaSql &m_schema;
    const InspectionDialect &m_inspection;
    DatabaseKind m_kind;
    std::optional<LookupStages> m_lastLookup;
    bool m_namesSchemas; ///< SQLite's files have none worth naming
};

} // namespace rollcall::store
