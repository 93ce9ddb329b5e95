#pragma once

#include <vector>

#include "core/deployment/Deployment.h"
#include "core/probe/Cell.h"

namespace rollcall::probe {

// What is found out before a measurement writes or sends anything that counts.

/// Served by the framework itself, so that no code of the application runs.
inline constexpr QLatin1String floorPath("/_next/static/rollcall-floor");

/// By what requests of ours are recognised in a deployment's log.
inline constexpr char probeAgent[] = "rollcall/" ROLLCALL_VERSION " (latency probe)";

/// What `cached` means on @p deployment: "memory", "redis", "upstash". **Thread-safety:** pure.
[[nodiscard]] QString cacheBackendOf(const deployment::Deployment &deployment);

/// A mode that names its cache wants that one configured. Errors: PartNotGiven. **Thread-safety:** pure.
[[nodiscard]] base::Status checkCaches(const std::vector<ProbeMode> &modes, const deployment::Deployment &deployment);

/// Asks for floorPath without cookie: a deployment that is not there is an error, not a run full of failed samples.
/// Waits for @p timeout at most. Errors: those of connecting, Cancelled.
[[nodiscard]] base::Status knock(const deployment::Deployment &deployment, std::chrono::milliseconds timeout,
                                 const base::Call &call);

} // namespace rollcall::probe
