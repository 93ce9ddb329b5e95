#pragma once

#include <QTimeZone>

#include "core/store/PageCursor.h"
#include "core/store/SessionQuery.h"
#include "core/store/SessionStore.h"
#include "core/store/schema/SchemaBinding.h"
#include "core/store/sql/SqlDialect.h"

namespace rollcall::store {

/// Where a page begins: after the row with this order value and key. Without a key (its row is gone, and only the key's
/// digest was known) it begins at the first row of the same order value.
struct PagePosition
{
    std::optional<QByteArray> order;
    std::optional<base::SecretBytes> key;
};

/// A query whose user was looked up: ids that are to match. nullopt: any user; empty: none matches.
struct ResolvedQuery
{
    SessionQuery query;
    std::optional<QStringList> userIds;
};

/// Composes the statements of a store from the bound schema, and reads their rows. Every instant in it is computed by
/// the database from the column, once and alike for filter, order and state.
/// **Thread-safety:** immutable; thread-safe.
class SessionSql final
{
public:
    SessionSql(const SqlDialect &dialect, BoundSchema schema, QTimeZone zone);

    [[nodiscard]] const BoundSchema &schema() const { return m_schema; }

    /// Rows of @p query after @p position, @p limit at most; with keys and tokens where @p withKeys.
    [[nodiscard]] SqlStatement list(const ResolvedQuery &query, const std::optional<PagePosition> &position,
                                    base::Instant now, qint64 limit, bool withKeys) const;
    /// Rows (with keys) whose row id or first 16 digits of the token's digest are among @p names.
    [[nodiscard]] SqlStatement rowsById(const QStringList &names, base::Instant now) const;
    [[nodiscard]] SqlStatement rowsByFingerprint(const QStringList &names, base::Instant now) const;
    /// What is read of a row of the three statements above; providers are not in it.
    [[nodiscard]] session::ListedSession listed(const SqlRow &row) const;
    /// The key of a row that was read with keys.
    [[nodiscard]] RowKey key(const SqlRow &row) const;
    /// The cursor that begins after a row.
    [[nodiscard]] PageCursor cursor(const SqlRow &row) const;

    [[nodiscard]] SqlStatement count(const ResolvedQuery &query, base::Instant now) const;
    /// One row: live, expired, orphan, active users, expiring within 1 h, 24 h, 7 d.
    [[nodiscard]] SqlStatement totals(base::Instant now) const;
    /// Provider (NULL: no account) and number of live sessions.
    [[nodiscard]] SqlStatement liveByProvider(base::Instant now) const;
    /// User id and provider of @p userIds; nullopt where there is no accounts table.
    [[nodiscard]] std::optional<SqlStatement> providers(const QStringList &userIds) const;
    /// Ids of users with that e-mail, @p limit at most; nullopt where users or e-mails are not known.
    [[nodiscard]] std::optional<SqlStatement> usersByEmail(const QString &email, int limit) const;
    /// The token whose digest and order value are those of @p cursor.
    [[nodiscard]] SqlStatement tokenAt(const PageCursor &cursor, const SessionQuery &query) const;
    /// The row an adapter's getSessionAndUser would find, as readLookup() takes it; nullopt where no row can have it.
    [[nodiscard]] std::optional<SqlStatement> lookup(QByteArrayView token) const;
    [[nodiscard]] SessionRow readLookup(const SqlRow &row) const;

    [[nodiscard]] SqlStatement deleteRow(const RowKey &key) const;
    /// One row if the key's row (same key and token) exists.
    [[nodiscard]] SqlStatement exists(const RowKey &key) const;
    [[nodiscard]] SqlStatement extend(QByteArrayView token, base::Instant expires) const;
    [[nodiscard]] SqlStatement deleteExpired(QByteArrayView token, base::Instant now) const;

    /// Whether an index serves the order of @p query.
    [[nodiscard]] bool isIndexedOrder(const SessionQuery &query) const;
    /// Names table, key and order for cursors.
    [[nodiscard]] QString cursorScope() const;
    /// Whether @p value can be a user id at all.
    [[nodiscard]] bool canBeUserId(const QString &value) const;

private:
    struct Parts;
    [[nodiscard]] Parts parts(const SessionQuery &query, base::Instant now, SqlParams &params) const;
    [[nodiscard]] QString where(const ResolvedQuery &query, const Parts &parts, SqlParams &params) const;
    [[nodiscard]] QString after(const PagePosition &position, const SessionQuery &query, const Parts &parts,
                                SqlParams &params) const;
    [[nodiscard]] QString columns(const Parts &parts, bool withKeys) const;
    [[nodiscard]] QString keyMatches(const RowKey &key, SqlParams &params) const;
    [[nodiscard]] SqlStatement rowsWhere(const QString &condition, SqlParams params, base::Instant now) const;
    [[nodiscard]] InstantSql expires(SqlParams &params) const;
    [[nodiscard]] QString columnOf(const QString &name) const;
    [[nodiscard]] QString equal(const QString &left, const QString &leftType, const QString &right,
                                const QString &rightType) const;
    [[nodiscard]] QString typedList(const QStringList &values, const QString &type, SqlParams &params) const;

    const SqlDialect &m_dialect;
    BoundSchema m_schema;
    QTimeZone m_zone;
    QString m_tokenType;
    QString m_source; ///< sessions s, with users u where they are known
};

} // namespace rollcall::store
