#pragma once

#include "core/deployment/StoreWorker.h"

namespace rollcall::deployment {

/// The four workers of a connected deployment, so that a long listing holds up neither a diagnosis nor a revocation.
/// Each opens its own database connection on first use. **Thread-safety:** as StoreWorker.
struct DeploymentWorkers
{
    explicit DeploymentWorkers(const std::shared_ptr<const Deployment> &deployment)
        : list(deployment, store::Access::ReadOnly, "rc-list"),
          count(deployment, store::Access::ReadOnly, "rc-count"),
          engine(deployment, store::Access::ReadOnly, "rc-engine"),
          write(deployment, store::Access::Write, "rc-write")
    {}

    StoreWorker list;   ///< pages of sessions
    StoreWorker count;  ///< exact counts
    StoreWorker engine; ///< resolutions and plans
    StoreWorker write;  ///< revocations
};

} // namespace rollcall::deployment
