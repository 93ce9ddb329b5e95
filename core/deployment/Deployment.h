#pragma once

#include <memory>

#include "core/deployment/ConnectionCheck.h"
#include "core/engine/SessionEngine.h"

namespace rollcall::deployment {

/// Which parts must be there for what the caller wants to do. What is not needed is still looked for, and its absence
/// or failure stands in Deployment::notes() instead of ending the opening.
struct Needs
{
    bool rows = false;       ///< a database that can be reached and has a recognised sessions table
    bool deployment = false; ///< the deployment's URL is given (whether it answers is found when it is asked)
};

/// A connected whole: what is known of a deployment (schema, version, strategy) and the factories of everything that
/// talks to it. **Thread-safety:** immutable after open() but for the shared caches, which are thread-safe; the
/// objects it makes belong to the calling thread.
class Deployment final
{
public:
    /// Finds out what is not configured: schema by introspection, version and cookie prefix by asking the deployment
    /// (where its URL is given), strategy by whether a sessions table exists. Where the deployment cannot be asked the
    /// version is Better Auth where its tables were recognised, else the one that names suggest (versionHint), else v5,
    /// and a note says so. Errors: PartNotGiven,
    /// NoSessionRows (rows needed from a JWT deployment), SchemaNotFound, SchemaAmbiguous and, where rows are needed,
    /// those of the database. @p clock is borrowed. Blocks.
    [[nodiscard]] static base::Result<std::shared_ptr<Deployment>>
    open(ConnectionConfig config, Needs needs, const base::Clock &clock, const base::Call &call);

    /// The same from a check already made, so that nothing is asked twice. Never blocks.
    [[nodiscard]] static base::Result<std::shared_ptr<Deployment>>
    open(ConnectionConfig config, const CheckResult &check, Needs needs, const base::Clock &clock);

    [[nodiscard]] const ConnectionConfig &config() const { return m_config; }
    [[nodiscard]] const std::shared_ptr<const session::AuthProfile> &auth() const { return m_auth; }
    /// Null where there is no database or no sessions table.
    [[nodiscard]] const store::SchemaProfile *schema() const { return m_schema ? &*m_schema : nullptr; }
    [[nodiscard]] bool hasRows() const
    {
        return m_schema.has_value() && m_auth->strategy == session::Strategy::Database;
    }
    [[nodiscard]] const base::Clock &clock() const { return m_clock; }
    /// Whether auth()->version is a guess: neither configured nor told by the deployment.
    [[nodiscard]] bool isVersionAssumed() const { return m_isVersionAssumed; }
    /// What was assumed or could not be found out, for people.
    [[nodiscard]] const QStringList &notes() const { return m_notes; }
    /// The cache that cached resolvers of this deployment share: the configured one, else memory; purged on revocation.
    [[nodiscard]] const std::shared_ptr<cache::SessionCache> &cache() const { return m_cache; }

    /// Opens a connection to the sessions' database. Errors: PartNotGiven, NoSessionRows, what kept the database from
    /// being read when this deployment was opened, and those of store::openStore().
    [[nodiscard]] base::Result<std::unique_ptr<store::SessionStore>> openStore(store::Access access,
                                                                               const base::Call &call) const;

    /// A resolver of @p mode. @p store (borrowed; may be null) serves local database look-ups; with null, and a
    /// database that could not be read, look-ups end as adapter-error. @p ttl is for cached mode, whose source is
    /// local. Errors: PartNotGiven (proxy without base URL), those of ConnectionConfig::checkCache() (cached).
    [[nodiscard]] base::Result<std::unique_ptr<engine::Resolver>> makeResolver(engine::Mode mode,
                                                                               store::SessionStore *store,
                                                                               engine::Effects effects,
                                                                               std::chrono::milliseconds ttl) const;

private:
    Deployment(ConnectionConfig config, std::shared_ptr<const session::AuthProfile> auth, bool isVersionAssumed,
               std::optional<store::SchemaProfile> schema, std::optional<base::Error> databaseError, QStringList notes,
               const base::Clock &clock);

    ConnectionConfig m_config;
    std::shared_ptr<const session::AuthProfile> m_auth;
    bool m_isVersionAssumed;
    std::optional<store::SchemaProfile> m_schema;
    std::optional<base::Error> m_databaseError; ///< why there is no schema although a database was given
    QStringList m_notes;
    const base::Clock &m_clock;
    std::shared_ptr<cache::SessionCache> m_cache;
};

} // namespace rollcall::deployment
