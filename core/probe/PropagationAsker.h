#pragma once

#include <map>
#include <memory>

#include "core/deployment/Deployment.h"
#include "core/probe/Cell.h"
#include "core/probe/PropagationAnswer.h"
#include "core/probe/RevokedBy.h"
#include "core/revoke/NotBeforeRule.h"

namespace rollcall::probe {

/// One way of asking for a session that is to be revoked.
struct PropagationArm
{
    RevokedBy by = RevokedBy::Row;
    ProbeMode mode = ProbeMode::Proxy;
    bool operator==(const PropagationArm &) const = default;
};

class DeploymentAsker;

/// Asks for sessions on behalf of one thread, with connections of its own, opened when they are first needed.
/// **Thread-safety:** belongs to the thread that made it.
class PropagationAsker final
{
public:
    /// @p memory: the cache of the cached-memory cells, shared by all threads. @p ttl: of what cached cells keep.
    PropagationAsker(const deployment::Deployment &deployment, std::shared_ptr<cache::SessionCache> memory,
                     std::chrono::milliseconds ttl);
    ~PropagationAsker();

    /// What @p cookieHeader gives by @p arm. Errors: those of opening what the arm needs.
    [[nodiscard]] base::Result<PropagationAnswer> ask(const PropagationArm &arm, const base::SecretBytes &cookieHeader,
                                                      const base::Call &call);

private:
    [[nodiscard]] base::Result<std::unique_ptr<engine::Resolver>> make(const PropagationArm &arm,
                                                                       const base::Call &call);
    [[nodiscard]] base::Result<std::unique_ptr<engine::Resolver>> makeSource(RevokedBy by, const base::Call &call);

    const deployment::Deployment &m_deployment;
    std::shared_ptr<cache::SessionCache> m_memory;
    std::chrono::milliseconds m_ttl;
    std::unique_ptr<DeploymentAsker> m_asker;     ///< of the proxy arms
    std::unique_ptr<store::SessionStore> m_store; ///< outlives the resolvers
    std::unique_ptr<revoke::RuleStore> m_rules;   ///< likewise
    std::map<std::pair<RevokedBy, ProbeMode>, std::unique_ptr<engine::Resolver>> m_resolvers;
};

} // namespace rollcall::probe
