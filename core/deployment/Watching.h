#pragma once

#include "core/deployment/Deployment.h"
#include "core/store/watch/SessionWatcher.h"

namespace rollcall::deployment {

/// How a store::SessionWatcher reaches the sessions of @p deployment: reading only, by what is known of its tables, and
/// by the notifications of its own triggers where it has some. **Thread-safety:** what the answer holds may be called
/// on any one thread.
[[nodiscard]] store::SessionWatcher::Sources watchSources(const std::shared_ptr<const Deployment> &deployment);

/// The times a watcher keeps with @p deployment, with @p interval from look to look.
[[nodiscard]] store::SessionWatcher::Options watchOptions(const Deployment &deployment,
                                                          std::chrono::milliseconds interval);

} // namespace rollcall::deployment
