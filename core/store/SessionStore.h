#pragma once

#include <span>
#include <vector>

#include "core/base/Call.h"
#include "core/jose/JsonText.h"
#include "core/session/Session.h"
#include "core/store/SessionQuery.h"

namespace rollcall::store {

/// How a plan names one row: the key the database really has, and what must not have changed when it is deleted.
/// The key may be the token, so it is secret.
struct RowKey
{
    base::SecretBytes key;   ///< row id where the table has one that is not the token, else the token
    base::SecretBytes token; ///< the session token (to form the cookie for verification and purge caches)
    base::Fingerprint fingerprint;
    std::optional<QString> userId;
    [[nodiscard]] RowKey clone() const { return {key.clone(), token.clone(), fingerprint, userId}; }
};

/// One row of a plan: its key and what people see of it.
struct PlannedRow
{
    RowKey key;
    session::ListedSession shown;
};

/// Which columns the tables have: where one is missing, the library sees `undefined`, where it is empty, null.
struct RowColumns
{
    bool userName = true;
    bool userEmail = true;
    bool userImage = true;
    bool sessionId = true;
};

/// A session row as the engine needs it: exactly what an adapter's getSessionAndUser would return.
struct SessionRow
{
    std::optional<QString> userId;
    std::optional<base::Instant> expires; ///< nullopt where unreadable (null reason bad-row)
    bool hasUser = false;                 ///< false: the user row is gone
    std::optional<QString> userName;
    std::optional<QString> userEmail;
    std::optional<QString> userImage;
    std::optional<QString> sessionId;
    RowColumns columns = {}; ///< what tells a missing column from an empty one
};

/// What a column is to the libraries; of Other the database alone knows.
enum class ColumnRole {
    Other,
    Id,
    Token,
    UserId,
    Expires,
    Name,
    Email,
    EmailVerified,
    Image,
    CreatedAt,
    UpdatedAt,
    IpAddress,
    UserAgent,
};

/// A column of a row as a JavaScript driver shows it: dates as ISO 8601 text with milliseconds (UTC), booleans and
/// numbers as such, JSON read; integers of 64 bits and decimals as text, as drivers keep them exact.
struct Cell
{
    QString column; ///< its name in the database
    ColumnRole role = ColumnRole::Other;
    jose::JsonValue value;
};

/// A session row and its user with all columns that the tables have, in the tables' order. It may hold secrets of the
/// application (password hashes).
struct WholeRow
{
    SessionRow row;
    std::vector<Cell> session;
    std::vector<Cell> user; ///< empty where row.hasUser is false
};

/// lookupMany() and wholeRows() ask for at most so many sessions in one statement.
inline constexpr std::size_t mostLookedUpAtOnce = 256;

/// What one DELETE step did, per key in the order given.
enum class DeleteOutcome { Deleted, AlreadyGone, Changed };

/// A canary to insert: a labelled session of a labelled user.
struct CanaryRow
{
    base::SecretBytes token;
    base::Instant expires;
};

/// What a canary left in the database, needed to remove exactly that.
struct CanaryKey
{
    base::SecretBytes token; ///< empty: the session is gone already
    QString userId;
    [[nodiscard]] CanaryKey clone() const { return {token.clone(), userId}; }
};

/// The e-mail domain and name by which canary users are recognised.
inline constexpr char canaryEmailDomain[] = "rollcall.invalid";
inline constexpr char canaryUserName[] = "Rollcall canary";

class StoreInspector;
class KeptRows;
class ExpiredRows;
class UserDirectory;

/// Read access to the sessions of a deployment, and the few writes Rollcall knows. Blocking; reads run in transactions
/// that the server holds to reading.
/// **Thread-safety:** one object belongs to one thread at a time (it owns a database connection); open one per worker.
/// Common errors of all functions: ConnectionLost, DatabaseUnavailable, Timeout, Cancelled, PermissionDenied,
/// StatementFailed.
class SessionStore
{
public:
    virtual ~SessionStore() = default;

    /// One page of @p query after @p cursor (nullopt: the first). @p now decides live and expired.
    /// Errors: CursorInvalid.
    [[nodiscard]] virtual base::Result<SessionPage> page(const SessionQuery &query,
                                                         const std::optional<QByteArray> &cursor, base::Instant now,
                                                         const base::Call &call) = 0;

    /// Exact counts; where the deadline cuts them short, what is known with `estimated` set.
    [[nodiscard]] virtual base::Result<SessionStats> stats(base::Instant now, const base::Call &call) = 0;

    /// Exact number of sessions that @p query matches, its limit aside.
    [[nodiscard]] virtual base::Result<qint64> count(const SessionQuery &query, base::Instant now,
                                                     const base::Call &call) = 0;

    /// What the database reckons by its own statistics, in milliseconds and without reading the rows: stats() with
    /// `estimated` set, of which live, expired and expiring are known, and count(). nullopt where it keeps no such
    /// figures, or they would say nothing: then counting is all there is.
    [[nodiscard]] virtual base::Result<std::optional<SessionStats>> estimatedStats(base::Instant, const base::Call &)
    {
        return std::nullopt;
    }
    [[nodiscard]] virtual base::Result<std::optional<qint64>> estimatedCount(const SessionQuery &, base::Instant,
                                                                             const base::Call &)
    {
        return std::nullopt;
    }

    /// Rows (with keys) that @p query matches, at most @p max + 1, for a plan. Errors as page().
    [[nodiscard]] virtual base::Result<std::vector<PlannedRow>> planRows(const SessionQuery &query, qint64 max,
                                                                         base::Instant now, const base::Call &call) = 0;

    /// The rows named by @p ids: row ids or fingerprints (a fingerprint reads the table). Names that nobody has are put
    /// into @p unmatched. Errors: FingerprintAmbiguous.
    [[nodiscard]] virtual base::Result<std::vector<PlannedRow>>
    findRows(std::span<const QString> ids, QStringList &unmatched, base::Instant now, const base::Call &call) = 0;

    /// The rows that hold a token which one of @p rows holds, where at least @p atLeast rows do, those of @p rows among
    /// them: by any of them the deployment accepts the session. Empty, without asking the database, where no two rows
    /// can hold the same token: a unique index keeps them apart, or the token is a key of Redis. For more than a few
    /// tokens the table is read once.
    [[nodiscard]] virtual base::Result<std::vector<PlannedRow>>
    rowsOfTokens(std::span<const PlannedRow> /*rows*/, int /*atLeast*/, base::Instant /*now*/, const base::Call &)
    {
        return std::vector<PlannedRow>();
    }

    /// What the adapter's getSessionAndUser(@p token) would find; nullopt where no row has this token.
    [[nodiscard]] virtual base::Result<std::optional<SessionRow>> lookup(QByteArrayView token,
                                                                         const base::Call &call) = 0;

    /// lookup() of each of @p tokens, in their order (a token may come twice), by one statement for every
    /// mostLookedUpAtOnce of them.
    [[nodiscard]] virtual base::Result<std::vector<std::optional<SessionRow>>>
    lookupMany(std::span<const QByteArrayView> tokens, const base::Call &call) = 0;

    /// lookupMany() with all columns of both tables, for what shows them: v5's `auth()` and session callback, Better
    /// Auth's body. Needs the right to read the whole tables.
    [[nodiscard]] virtual base::Result<std::vector<std::optional<WholeRow>>>
    wholeRows(std::span<const QByteArrayView> tokens, const base::Call &call) = 0;

    /// Deletes exactly the rows of @p keys in one transaction, each re-checked (same key and token, same user); a row
    /// whose user changed is left alone. Only on a store opened for writing. Errors: WriteRefused.
    [[nodiscard]] virtual base::Result<std::vector<DeleteOutcome>> deleteRows(std::span<const RowKey> keys,
                                                                              const base::Call &call) = 0;

    /// Which of @p keys still exist, in the order given: used after a link broke during commit.
    [[nodiscard]] virtual base::Result<std::vector<bool>> stillThere(std::span<const RowKey> keys,
                                                                     const base::Call &call) = 0;

    /// Inserts a canary user (labelled by name and e-mail domain) and its session in one transaction. Write store only.
    [[nodiscard]] virtual base::Result<CanaryKey> insertCanary(const CanaryRow &canary, const base::Call &call) = 0;

    /// Removes exactly the canary's session and user; fine where they are gone. Write store only.
    [[nodiscard]] virtual base::Status removeCanary(const CanaryKey &canary, const base::Call &call) = 0;

    /// Effects policy `apply` of the engine: extends a row as updateSession does. Write store only.
    [[nodiscard]] virtual base::Status extend(QByteArrayView token, base::Instant expires, const base::Call &call) = 0;

    /// Effects policy `apply` of the engine: deletes the row if it is still expired at @p now. Write store only.
    [[nodiscard]] virtual base::Status deleteExpired(QByteArrayView token, base::Instant now,
                                                     const base::Call &call) = 0;

    /// The statement deleteRows() runs, with parameters as $1, $2, …: for the plan's preview.
    [[nodiscard]] virtual QString deleteStatement() const = 0;

    /// The database server's own clock (UTC).
    [[nodiscard]] virtual base::Result<base::Instant> serverTime(const base::Call &call) = 0;

    /// What inspects the tables over the same connection; lives as long as the store. Null where there are no tables.
    [[nodiscard]] virtual StoreInspector *inspector() { return nullptr; }

    /// What deletes rows so that they can be put back; lives as long as the store. Null where that cannot be done.
    [[nodiscard]] virtual KeptRows *keptRows() { return nullptr; }

    /// What prunes rows that are long expired; lives as long as the store. Null where they end by themselves.
    [[nodiscard]] virtual ExpiredRows *expiredRows() { return nullptr; }

    /// What lists users by their sessions, and finds canaries; lives as long as the store. Null where it cannot.
    [[nodiscard]] virtual UserDirectory *users() { return nullptr; }
};

} // namespace rollcall::store
