#pragma once

#include <memory>

#include "core/store/AccessRights.h"
#include "core/store/ExpiryForm.h"
#include "core/store/RowSql.h"
#include "core/store/SessionSql.h"
#include "core/store/SessionStore.h"
#include "core/store/SqlExpiredRows.h"
#include "core/store/SqlKeptRows.h"
#include "core/store/SqlUserDirectory.h"
#include "core/store/StoreFactory.h"
#include "core/store/inspect/SqlStoreInspector.h"
#include "core/store/sql/SqlConnection.h"

namespace rollcall::store {

/// Sessions in a relational database: one implementation for every dialect.
///
/// Where the token is the key, a cursor holds only the token's digest; the row is looked up again by it. If that row
/// was deleted meanwhile, the next page begins at the first row of the same order value: rows can then come twice, none
/// is lost. Where there is no order value either (created, in tables without it), such a cursor is CursorInvalid.
/// **Thread-safety:** as SessionStore: one thread at a time.
class SqlSessionStore final : public SessionStore
{
public:
    /// @p schema is bound to @p connection's database.
    SqlSessionStore(std::unique_ptr<SqlConnection> connection, DatabaseKind kind, BoundSchema schema,
                    const QTimeZone &zone, Access access);

    base::Result<SessionPage> page(const SessionQuery &query, const std::optional<QByteArray> &cursor,
                                   base::Instant now, const base::Call &call) override;
    base::Result<SessionStats> stats(base::Instant now, const base::Call &call) override;
    base::Result<qint64> count(const SessionQuery &query, base::Instant now, const base::Call &call) override;
    base::Result<std::optional<SessionStats>> estimatedStats(base::Instant now, const base::Call &call) override;
    base::Result<std::optional<qint64>> estimatedCount(const SessionQuery &query, base::Instant now,
                                                       const base::Call &call) override;
    base::Result<std::vector<PlannedRow>> planRows(const SessionQuery &query, qint64 max, base::Instant now,
                                                   const base::Call &call) override;
    base::Result<std::vector<PlannedRow>> findRows(std::span<const QString> ids, QStringList &unmatched,
                                                   base::Instant now, const base::Call &call) override;
    base::Result<std::vector<PlannedRow>> rowsOfTokens(std::span<const PlannedRow> rows, int atLeast, base::Instant now,
                                                       const base::Call &call) override;
    base::Result<std::optional<SessionRow>> lookup(QByteArrayView token, const base::Call &call) override;
    base::Result<std::vector<std::optional<SessionRow>>> lookupMany(std::span<const QByteArrayView> tokens,
                                                                    const base::Call &call) override;
    base::Result<std::vector<std::optional<WholeRow>>> wholeRows(std::span<const QByteArrayView> tokens,
                                                                 const base::Call &call) override;
    base::Result<std::vector<DeleteOutcome>> deleteRows(std::span<const RowKey> keys, const base::Call &call) override;
    base::Result<std::vector<bool>> stillThere(std::span<const RowKey> keys, const base::Call &call) override;
    base::Result<CanaryKey> insertCanary(const CanaryRow &canary, const base::Call &call) override;
    base::Status removeCanary(const CanaryKey &canary, const base::Call &call) override;
    base::Status extend(QByteArrayView token, base::Instant expires, const base::Call &call) override;
    base::Status deleteExpired(QByteArrayView token, base::Instant now, const base::Call &call) override;
    QString deleteStatement() const override;
    base::Result<base::Instant> serverTime(const base::Call &call) override;
    StoreInspector *inspector() override { return &m_inspector; }
    KeptRows *keptRows() override { return &m_kept; }
    UserDirectory *users() override { return &m_users; }
    ExpiredRows *expiredRows() override { return &m_expired; }

private:
    /// The rows of @p tokens by @p statement of those that can be tokens, as @p read makes them.
    template <typename Row, typename Statement, typename Read>
    base::Result<std::vector<std::optional<Row>>> rowsOf(std::span<const QByteArrayView> tokens,
                                                         const Statement &statement, const Read &read,
                                                         const base::Call &call);
    /// @p query with its users looked up; @p again where it is asked for the next page of the same listing.
    base::Result<ResolvedQuery> resolve(const SessionQuery &query, bool again, const base::Call &call);
    base::Result<QStringList> userIds(const SqlStatement &statement, const base::Call &call);
    base::Result<PagePosition> positionOf(const PageCursor &cursor, const ResolvedQuery &query, const base::Call &call);
    /// The rows of a page, without providers.
    base::Result<SessionPage> listPage(const ResolvedQuery &query, std::optional<PageCursor> last, base::Instant now,
                                       const base::Call &call);
    /// listPage() that goes by the form in which all expiries are stored, where there is one.
    base::Result<SessionPage> listStored(ResolvedQuery query, std::optional<PageCursor> last, base::Instant now,
                                         const base::Call &call);
    /// Rows with keys, of the states that were asked for.
    base::Result<std::vector<PlannedRow>> readRows(const SqlStatement &statement, StateFilter said,
                                                   const base::Call &call);
    /// Fills in the providers of all of @p rows.
    base::Status addProviders(std::vector<PlannedRow> &rows, const base::Call &call);
    /// Fills in the providers of all of @p sessions by one question for every few hundred users.
    base::Status addProviders(std::span<session::ListedSession *> sessions, const base::Call &call);
    base::Result<SessionStats> exactStats(base::Instant now, const base::Call &call);
    base::Status write(const SqlStatement &statement, const QString &right, const base::Call &call);
    base::Status mayWrite() const;
    [[nodiscard]] std::vector<NeededRight> reading() const;
    [[nodiscard]] NeededRight onSessions(const QString &right) const;
    /// Makes an error of the connection one of this store: which table lacks which right, whether the tables changed.
    base::Error explain(base::Error error, std::vector<NeededRight> needed);
    /// explain() for what deletes over the same connection.
    [[nodiscard]] std::function<base::Error(base::Error, std::vector<NeededRight>)> explainer();

    std::unique_ptr<SqlConnection> m_connection;
    DatabaseKind m_kind;
    SchemaSql m_schema;
    SessionSql m_list;
    RowSql m_row;
    SqlStoreInspector m_inspector;
    SqlUserDirectory m_users;
    Access m_access;
    SqlKeptRows m_kept;
    SqlExpiredRows m_expired;
    ExpiryForm m_form;

    /// The users that the last search found, for the next pages of its listing.
    struct Searched
    {
        QString needle;
        std::optional<QStringList> users; ///< nullopt: too many to name
    };
    std::optional<Searched> m_searched;
};

} // namespace rollcall::store
