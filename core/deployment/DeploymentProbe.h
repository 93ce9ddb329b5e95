#pragma once

#include <QStringList>

#include "core/deployment/ConnectionConfig.h"

namespace rollcall::deployment {

/// What the deployment's own answers tell (GET csrf, session without a cookie, providers). **Thread-safety:** plain
/// value.
struct DeploymentFacts
{
    std::optional<session::AuthVersion> version; ///< by the csrf cookie's name, else by the empty session's body
    bool secureCookies = false;                  ///< by the csrf cookie's prefix, else by the address's scheme
    std::optional<bool>
        secretMatches; ///< by csrf = T|SHA-256(T + secret); nullopt: no secret given or no cookie to be had
    std::optional<qsizetype> provenSecret; ///< which of the given secrets alone made it; nullopt: none, or all together
    std::optional<base::Instant> serverTime; ///< Date header: whole seconds
    std::optional<base::Instant> localTime;  ///< this machine's clock when that answer came
    QStringList providers;                   ///< GET providers, ids; empty where that is not answered
};

/// Asks the deployment without any session cookie; nothing is signed in or changed. Blocks for at most the configured
/// timeout a request, three requests at most. Errors: PartNotGiven (no base URL), InsecureTransport (clear text to a
/// host that is neither loopback nor deliberately allowed), those of HttpClient, DeploymentNotAuthJs,
/// DeploymentRedirected, DeploymentStatus.
/// **Source:** facts/session-protocol.md §1.2, §1.3, §4.2; §8 (Better Auth has `get-session` and no csrf endpoint).
[[nodiscard]] base::Result<DeploymentFacts> askDeployment(const ConnectionConfig &config, const base::Call &call);

} // namespace rollcall::deployment
