#pragma once

#include <span>

#include "core/base/Call.h"
#include "core/base/Clock.h"
#include "core/store/schema/SchemaProfile.h"

namespace rollcall::store {

/// A column by which sessions are looked up.
enum class LookupColumn { Token, User, Expires };

/// How the database would find rows by a column, as EXPLAIN says; the look-up itself is never run.
struct LookupPlan
{
    bool readsAll = false; ///< no index serves it: the whole table is read
    QString text;          ///< the step that finds the rows: "Seq Scan on sessions, cost 25.88"
};

/// What a look-up of one session took, by its stages: nanoseconds.
struct LookupStages
{
    qint64 execute = 0; ///< from the statement being sent to its first row, or to its end where there is none
    qint64 fetch = 0;   ///< from there to the statement's end, less `row`
    qint64 row = 0;     ///< making a SessionRow of what came
};

/// How large the sessions table is, as the database keeps count of it.
struct TableSize
{
    std::optional<qint64> rows;      ///< an estimate; nullopt where the database has none
    qint64 bytes = 0;                ///< with its indexes
    bool bytesAreOfDatabase = false; ///< bytes are the whole database's (SQLite knows no table's own)
};

/// Which rights the connected role has on one table; a right on some columns counts as one on the table.
struct TableRights
{
    QString schema, table;
    bool select = false, insert = false, update = false, remove = false, truncate = false;
    bool owns = false; ///< may alter or drop it
};

/// What the connected role may do.
struct RoleRights
{
    QString role;     ///< its name, with MySQL "name@host"
    QString database; ///< the database connected to
    bool isSuperuser = false;
    bool makesRoles = false; ///< may make roles or databases
    TableRights sessions;
    std::optional<TableRights> users, accounts;
};

/// What a database role is to be made for.
enum class RolePurpose { Inspect, Revoke };

/// Rows between two edges of a histogram of expiries.
struct ExpiryBucket
{
    qint64 rows = 0;
    std::optional<base::Instant> first, last; ///< nullopt where there are none, or none that a clock can show
};

/// All rows of the sessions table by their expiry, of one pass over it.
struct ExpiryHistogram
{
    /// Bucket 0 holds what lies before the first edge, bucket i from edge i - 1 (inclusive) to edge i (exclusive), the
    /// last one everything from the last edge on, `infinity` too.
    std::vector<ExpiryBucket> buckets;
    qint64 unreadable = 0; ///< a value that is no time
    qint64 absent = 0;     ///< NULL

    [[nodiscard]] qint64 rows() const
    {
        qint64 all = unreadable + absent;
        for (const ExpiryBucket &bucket : buckets)
            all += bucket.rows;
        return all;
    }
};

/// Tokens that stand in more than one row.
struct DuplicateTokens
{
    qint64 rowsRead = 0; ///< at most StoreInspector::mostRowsCompared
    qint64 tokens = 0;
    qint64 rows = 0;       ///< that hold one of them
    bool complete = false; ///< the whole table was read
};

/// What administrators should know of the tables behind a store: sizes, indexes, rights, oddities. Everything is read
/// within its call and changes nothing; statements to copy are never run.
/// **Thread-safety:** as the store it belongs to: one thread at a time, not while the store is used.
/// Common errors: ConnectionLost, DatabaseUnavailable, Timeout, Cancelled, PermissionDenied, StatementFailed.
class StoreInspector
{
public:
    /// duplicates() compares at most so many rows: their digests take some 100 bytes each in the server.
    static constexpr qint64 mostRowsCompared = 200'000;

    virtual ~StoreInspector() = default;

    /// The stages of the last look-up of sessions by token that was answered; nullopt before the first. Never blocks.
    [[nodiscard]] virtual std::optional<LookupStages> lastLookup() const = 0;
    /// The tables as they are now: names, encoding, indexes. Never blocks.
    [[nodiscard]] virtual const SchemaProfile &schema() const = 0;
    /// The tokens' column alone is unique, over all rows. Never blocks.
    [[nodiscard]] virtual bool tokenIsUnique() const = 0;
    /// A foreign key holds sessions to their users. Never blocks.
    [[nodiscard]] virtual bool userIsReferenced() const = 0;
    /// An index on that column would serve Rollcall's own order by it: false where each value has to be computed first.
    /// Never blocks.
    [[nodiscard]] virtual bool orderCanUseIndex() const = 0;
    /// The statement that makes an index on @p column without keeping writers out for long, with names quoted; a
    /// @p unique one where asked. Empty where the column's type cannot be indexed as it is. Never blocks.
    [[nodiscard]] virtual QString createIndex(LookupColumn column, bool unique) const = 0;
    /// The statements that make a role named @p role for @p purpose in @p rights' database, one a line, names quoted;
    /// no password is in them. Empty where the database knows no roles. Never blocks.
    [[nodiscard]] virtual QString createRole(RolePurpose purpose, const QString &role,
                                             const RoleRights &rights) const = 0;
    /// A table's name in the database's own quotes. Never blocks.
    [[nodiscard]] virtual QString quotedTable(const QString &schema, const QString &table) const = 0;

    /// How rows are found by @p column.
    [[nodiscard]] virtual base::Result<LookupPlan> plan(LookupColumn column, const base::Call &call) = 0;
    [[nodiscard]] virtual base::Result<TableSize> size(const base::Call &call) = 0;
    /// nullopt where the database knows no roles (SQLite).
    [[nodiscard]] virtual base::Result<std::optional<RoleRights>> rights(const base::Call &call) = 0;
    /// Counts the rows between @p edges (ascending, one at least) by one pass over the table.
    [[nodiscard]] virtual base::Result<ExpiryHistogram> expiries(std::span<const base::Instant> edges,
                                                                 const base::Call &call) = 0;
    /// expiries() as the database reckons by its own statistics, without reading the rows: counts alone, of which
    /// unreadable is not known. nullopt where it keeps no such figures of the expiry column.
    [[nodiscard]] virtual base::Result<std::optional<ExpiryHistogram>>
    estimatedExpiries(std::span<const base::Instant> edges, const base::Call &call) = 0;
    [[nodiscard]] virtual base::Result<DuplicateTokens> duplicates(const base::Call &call) = 0;
    /// Whether expiries are stored without saying their zone: by the column's type, or as a sample of 200 texts shows.
    [[nodiscard]] virtual base::Result<bool> isZoneless(const base::Call &call) = 0;
    /// Whether the zone of the session that wrote an expiry made part of it (MySQL's TIMESTAMP): the instant is right
    /// only where the application's clock and its session agreed, and nothing stored tells. Never blocks.
    [[nodiscard]] virtual bool dependsOnWritersZone() const { return false; }
};

} // namespace rollcall::store
