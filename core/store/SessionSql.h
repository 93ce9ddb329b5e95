#pragma once

#include "core/store/PageCursor.h"
#include "core/store/SchemaSql.h"
#include "core/store/SessionQuery.h"
#include "core/store/SessionStore.h"

namespace rollcall::store {

/// Where a page begins: after the row with this order value and key. Without a key (its row and those just before it
/// are gone, and only digests were known) it begins at the first row of the same order value.
struct PagePosition
{
    std::optional<QByteArray> order;
    std::optional<base::SecretBytes> key;
    bool keyIsNull = false;
    /// Where rows share that key: with the first of those that PageCursor::isLike() the one that was shown last.
    QByteArray tie = {};
};

/// A query whose user was looked up: ids that are to match. nullopt: any user; empty: none matches.
struct ResolvedQuery
{
    SessionQuery query;
    std::optional<QStringList> userIds;
    /// In which all expiries are stored, where they are to be compared and ordered as they are (SQLite).
    std::optional<StoredForm> form = {};
};

/// Composes the statements that list, count and find sessions, and reads their rows. Every instant in it is computed by
/// the database from the column, once and alike for filter, order and state.
/// **Thread-safety:** immutable; thread-safe.
class SessionSql final
{
public:
    /// @p schema outlives the object.
    explicit SessionSql(const SchemaSql &schema);

    /// Rows of @p query after @p position, @p limit at most; with keys and tokens where @p withKeys.
    [[nodiscard]] SqlStatement list(const ResolvedQuery &query, const std::optional<PagePosition> &position,
                                    base::Instant now, qint64 limit, bool withKeys) const;
    /// Rows (with keys) whose row id or first 16 digits of the token's digest are among @p names.
    [[nodiscard]] SqlStatement rowsById(const QStringList &names, base::Instant now) const;
    [[nodiscard]] SqlStatement rowsByFingerprint(const QStringList &names, base::Instant now) const;
    /// Rows (with keys) whose token is among @p tokens, which were read with a row's key, and perhaps others that a
    /// collation takes for one of them.
    [[nodiscard]] SqlStatement rowsByToken(std::span<const QByteArrayView> tokens, base::Instant now) const;
    /// The first 16 digits of the digest of each token that at least @p atLeast rows hold, a row each.
    [[nodiscard]] SqlStatement sharedDigests(int atLeast) const;
    /// What is read of a row of the first four statements above; providers are not in it. @p said: the states that were
    /// asked for, of all but the first all. Where that is one, the row does not repeat it.
    [[nodiscard]] session::ListedSession listed(const SqlRow &row, StateFilter said) const;
    /// The key of a row that was read with keys.
    [[nodiscard]] RowKey key(const SqlRow &row) const;
    /// The cursor that begins after a row of a listing in that order.
    [[nodiscard]] PageCursor cursor(const SqlRow &row, SessionOrder order) const;

    /// A row for each session that @p query matches.
    [[nodiscard]] SqlStatement matches(const ResolvedQuery &query, base::Instant now) const;
    [[nodiscard]] SqlStatement count(const ResolvedQuery &query, base::Instant now) const;
    /// One row: live, expired, orphan, active users, expiring within 1 h, 24 h, 7 d.
    [[nodiscard]] SqlStatement totals(base::Instant now) const;
    /// One row: live, expired and all of the first and last @p rows by key.
    [[nodiscard]] SqlStatement statesAtBothEnds(base::Instant now, int rows) const;
    /// One row: about how many rows the table has (MySQL).
    [[nodiscard]] SqlStatement rowsInCatalogue() const;
    /// Provider (NULL: no account) and number of live sessions.
    [[nodiscard]] SqlStatement liveByProvider(base::Instant now) const;
    /// User id and provider of @p userIds, for each of their accounts; nullopt where there is no accounts table.
    [[nodiscard]] std::optional<SqlStatement> providers(std::span<const QByteArrayView> userIds) const;
    /// Ids of users with that e-mail, @p limit at most; nullopt where users or e-mails are not known.
    [[nodiscard]] std::optional<SqlStatement> usersByEmail(const QString &email, int limit) const;
    /// Ids of users whose name or e-mail contains @p needle, @p limit at most; nullopt where users are not known.
    [[nodiscard]] std::optional<SqlStatement> usersBySearch(const QString &needle, int limit) const;
    /// The condition that @p needle is part of a user's name or e-mail, the users table being `u`.
    [[nodiscard]] QString found(const QString &needle, SqlParams &params) const;
    /// Tokens and their digests: the one at @p cursor and those just before it, as far as they are there.
    [[nodiscard]] SqlStatement tokensAt(const PageCursor &cursor, const ResolvedQuery &query) const;
    /// Whether all that @p query and @p position compare expiries with can be written in @p form.
    [[nodiscard]] static bool canWrite(const StoredForm &form, const SessionQuery &query,
                                       const std::optional<PageCursor> &position, base::Instant now);
    /// Whether an index serves the order of @p query.
    [[nodiscard]] bool isIndexedOrder(const ResolvedQuery &query) const;
    /// Whether an index finds users by their e-mail.
    [[nodiscard]] bool isEmailIndexed() const;
    /// Names table, key and order for cursors.
    [[nodiscard]] QString cursorScope() const;
    /// Whether @p value can be a user id at all.
    [[nodiscard]] bool canBeUserId(const QString &value) const;

private:
    struct Parts;
    [[nodiscard]] Parts parts(const ResolvedQuery &query, base::Instant now, SqlParams &params) const;
    [[nodiscard]] QString where(const ResolvedQuery &query, const Parts &parts, SqlParams &params) const;
    /// The conditions under which rows come after @p position, in parts that follow one another: an index on the order
    /// can be entered for each, not for both joined by OR.
    [[nodiscard]] QStringList after(const PagePosition &position, const SessionQuery &query, const Parts &parts,
                                    SqlParams &params) const;
    /// The condition under which a row of the same order value comes after @p position.
    [[nodiscard]] QString afterAmongEqual(const PagePosition &position, bool descending, const Parts &parts,
                                          SqlParams &params) const;
    /// What rows that share a key are ordered by; nullopt where no two do.
    [[nodiscard]] std::optional<QString> tie(const QString &key) const;
    /// The server finds the rows of @p query in one way whatever is bound: the statement can be kept prepared.
    [[nodiscard]] static bool isPlannedAlike(const ResolvedQuery &query);
    /// Rows of @p state have a user whose id is of the same type as theirs.
    [[nodiscard]] bool isOfKnownUser(StateFilter state) const;
    [[nodiscard]] bool orderHasNulls(const SessionQuery &query, const Parts &parts) const;
    /// What is selected: m_places, then the token @p withKeys, then the state unless it was @p said.
    [[nodiscard]] QStringList columns(const Parts &parts, StateFilter said, bool withKeys) const;
    enum Column : std::size_t;
    [[nodiscard]] std::optional<QString> text(const SqlRow &row, Column column) const;
    [[nodiscard]] SqlStatement rowsWhere(const QString &condition, SqlParams params, base::Instant now) const;

    const SchemaSql &m_schema;
    InstantSql m_expires; ///< to decode with, as the next
    std::optional<InstantSql> m_created;
    /// Where each column stands in a row: what the tables lack is not asked for.
    std::vector<std::optional<std::size_t>> m_places;
    std::size_t m_token = 0; ///< its place in rows with keys: behind all those
};

} // namespace rollcall::store
