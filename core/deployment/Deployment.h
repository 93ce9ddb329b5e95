#pragma once

#include <memory>

#include "core/deployment/ConnectionCheck.h"
#include "core/engine/SessionEngine.h"

namespace rollcall::deployment {

/// Which parts must be there for what the caller wants to do.
struct Needs
{
    bool rows = false;       ///< a database with a recognised sessions table
    bool deployment = false; ///< the deployment's URL
};

/// A connected whole: what is known of a deployment (schema, version, strategy) and the factories of everything that
/// talks to it. **Thread-safety:** immutable after open() but for the shared memory cache, which is thread-safe; the
/// objects it makes belong to the calling thread.
class Deployment final
{
public:
    /// Finds out what is not configured: schema by introspection, version by asking the deployment (where its URL is
    /// given), strategy by whether a sessions table exists. Errors: PartNotGiven, NoSessionRows (rows needed from a JWT
    /// deployment), SchemaNotFound, SchemaAmbiguous, SchemaChanged and those of the legs. @p clock is borrowed.
    [[nodiscard]] static base::Result<std::shared_ptr<Deployment>> open(ConnectionConfig config, Needs needs,
                                                                        const base::Clock &clock, const base::Call &call);

    /// The same from a check already made, so that nothing is asked twice.
    [[nodiscard]] static base::Result<std::shared_ptr<Deployment>> open(ConnectionConfig config, const CheckResult &check,
                                                                        Needs needs, const base::Clock &clock);

    [[nodiscard]] const ConnectionConfig &config() const { return m_config; }
    [[nodiscard]] const std::shared_ptr<const session::AuthProfile> &auth() const { return m_auth; }
    /// Null where there is no database or no sessions table.
    [[nodiscard]] const store::SchemaProfile *schema() const { return m_schema ? &*m_schema : nullptr; }
    [[nodiscard]] bool hasRows() const { return m_schema.has_value() && m_auth->strategy == session::Strategy::Database; }
    [[nodiscard]] const base::Clock &clock() const { return m_clock; }
    /// The memory cache that cached resolvers of this deployment share; purged on revocation.
    [[nodiscard]] const std::shared_ptr<cache::SessionCache> &memoryCache() const { return m_cache; }

    /// Opens a connection to the sessions' database. Errors: PartNotGiven, NoSessionRows and those of store::openStore().
    [[nodiscard]] base::Result<std::unique_ptr<store::SessionStore>> openStore(store::Access access, const base::Call &call) const;

    /// A resolver of @p mode. @p store (borrowed; may be null) serves local database look-ups. @p ttl is for cached mode,
    /// whose source is local. Errors: PartNotGiven (proxy without base URL).
    [[nodiscard]] base::Result<std::unique_ptr<engine::Resolver>> makeResolver(engine::Mode mode, store::SessionStore *store,
                                                                               engine::Effects effects,
                                                                               std::chrono::milliseconds ttl) const;

private:
    Deployment(ConnectionConfig config, std::shared_ptr<const session::AuthProfile> auth,
               std::optional<store::SchemaProfile> schema, const base::Clock &clock);

    ConnectionConfig m_config;
    std::shared_ptr<const session::AuthProfile> m_auth;
    std::optional<store::SchemaProfile> m_schema;
    const base::Clock &m_clock;
    std::shared_ptr<cache::SessionCache> m_cache;
};

} // namespace rollcall::deployment
