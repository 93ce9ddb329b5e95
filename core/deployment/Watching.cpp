#include "core/deployment/Watching.h"

namespace rollcall::deployment {

store::SessionWatcher::Sources watchSources(const std::shared_ptr<const Deployment> &deployment)
{
    store::SessionWatcher::Sources sources;
    sources.openStore = [deployment](const base::Call &call) {
        return deployment->openStore(store::Access::ReadOnly, call);
    };
    if (deployment->config().database && deployment->schema()) {
        sources.openSignal = [deployment](const base::Call &call) {
            const ConnectionConfig &config = deployment->config();
            return store::openChangeSignal(*config.database, *deployment->schema(), config.storeOptions, call);
        };
    }
    return sources;
}

store::SessionWatcher::Options watchOptions(const Deployment &deployment, std::chrono::milliseconds interval)
{
    store::SessionWatcher::Options options;
    options.interval = interval;
    options.timeout = deployment.config().storeOptions.timeout;
    return options;
}

} // namespace rollcall::deployment
