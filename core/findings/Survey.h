#pragma once

#include "core/deployment/Deployment.h"
#include "core/store/StoreInspector.h"

namespace rollcall::findings {

/// How long past their expiry rows may stay before pruning is due: what `sessions prune` leaves alone by default.
inline constexpr std::chrono::hours pruneMargin{24};

/// The days before and after now that the histogram of expiries counts one by one.
inline constexpr int daysBefore = 14;
inline constexpr int daysAfter = 30;

/// How much of the database a survey may read.
enum class Depth {
    Estimates, ///< of a large table what the database reckons by its own statistics; a small one is counted
    Exact      ///< every row
};

/// A table of at most so many live and expired sessions is small.
inline constexpr qint64 countedUnasked = 100'000;

/// All rows by their expiry: the days around now one by one, what lies beyond, and what cannot be meant.
struct Expiries
{
    std::vector<qint64> days; ///< daysBefore + daysAfter of them; the first ended 14 days ago, now lies between
    qint64 expired = 0;       ///< before now, beyond the days as well
    qint64 prunable = 0;      ///< of them past pruneMargin
    std::optional<base::Instant> oldest; ///< expiry of all that can be meant
    std::optional<base::Instant> newest;
    qint64 live = 0;       ///< from now on, whatever their user
    qint64 beyondDays = 0; ///< of them later than the last day
    qint64 tooEarly = 0;   ///< before 2015
    qint64 tooLate = 0;    ///< from 2100 on, or for ever
    qint64 unreadable = 0;
    qint64 absent = 0;
    bool estimated = false; ///< reckoned, not counted: oldest, newest, tooEarly, tooLate and unreadable are not known

    [[nodiscard]] qint64 rows() const { return expired + live + tooLate + unreadable + absent; }
};

/// What an index on a column would be, and how rows are found without it.
struct IndexState
{
    store::LookupColumn column = store::LookupColumn::Token;
    QString name; ///< of the column
    bool exists = false;
    QString create;       ///< the statement that would make it; empty where none can
    QString createUnique; ///< the same for a unique one; empty where none can that is on the column alone
    std::optional<base::Result<store::LookupPlan>> plan; ///< nullopt where the index exists

    /// The table takes indexes, but no unique one on the column alone: it is partitioned by another.
    [[nodiscard]] bool takesNoUnique() const { return !create.isEmpty() && createUnique.isEmpty(); }
};

/// The tables of a survey, as they are.
struct SurveyedTables
{
    store::SchemaProfile schema;
    QString sessions; ///< the table's name as the database writes it
    bool tokenIsUnique = false, userIsReferenced = false, orderCanUseIndex = false;
    std::vector<IndexState> indexes; ///< token, user, expires
    base::Result<store::TableSize> size;
    base::Result<std::optional<store::RoleRights>> rights;
    QString inspectRole, revokeRole; ///< statements that make such roles; empty where there are no roles
    base::Result<Expiries> expiries;
    base::Result<store::DuplicateTokens> duplicates;
    base::Result<bool> zoneless;
};

/// Everything that collectors conclude from: what was asked, and what came of each question. **Thread-safety:** plain
/// value.
struct Survey
{
    base::Instant now;          ///< by the deployment's clock
    Depth depth = Depth::Exact; ///< Estimates only where the counts are
    session::AuthVersion version = session::AuthVersion::V5;
    session::Strategy strategy = session::Strategy::Database;
    bool strategyIsSaid = false; ///< by the connection, not found out
    std::chrono::seconds lifetime{0};
    bool hasCache = false; ///< a cache is configured
    QString timeZone;      ///< in which zoneless times are read
    bool timeZoneIsSaid = false;
    base::Result<store::SessionStats> stats;
    std::optional<SurveyedTables> tables; ///< nullopt where the sessions stand in no table (Redis)
};

/// Asks @p store all there is to know at that depth, each question under the connection's own timeout, the last one
/// waited for no longer than @p call allows. A question that fails stands in the answer with its error; what ends the
/// whole are Cancelled and a link that broke (ConnectionLost, DatabaseUnavailable). Reads only; blocks.
[[nodiscard]] base::Result<Survey> survey(const deployment::Deployment &deployment, store::SessionStore &store,
                                          Depth depth, const base::Call &call);

/// A reading store for a survey of @p deployment: its own, or, where its sessions are JWTs, one of the sessions table
/// that its database has all the same; null where it has none. Errors: PartNotGiven (no database) and those of
/// Deployment::openStore() and store::detectSchema(). Blocks.
[[nodiscard]] base::Result<std::unique_ptr<store::SessionStore>> openForSurvey(const deployment::Deployment &deployment,
                                                                               const base::Call &call);

} // namespace rollcall::findings
