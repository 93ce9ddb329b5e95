#pragma once

#include <functional>
#include <memory>

#include "core/async/Worker.h"
#include "core/deployment/Deployment.h"

namespace rollcall::deployment {

/// A worker thread with a database connection of its own, opened on first use and again after it broke.
/// **Thread-safety:** submit() from any thread.
class StoreWorker final
{
public:
    /// The store, or why it could not be opened. Runs on the worker.
    using Job = std::function<void(base::Result<store::SessionStore *> store, const base::Call &call)>;

    StoreWorker(std::shared_ptr<const Deployment> deployment, store::Access access, const char *name);
    ~StoreWorker();

    /// Queues @p job; @p stop cancels it (running: at its next wait; waiting: it sees a cancelled call).
    /// Each job may take @p budget once it runs. Errors: Overloaded.
    [[nodiscard]] base::Status submit(Job job, std::stop_token stop, std::chrono::milliseconds budget);

private:
    struct State;
    std::shared_ptr<State> m_state; ///< touched on the worker only; declared before it, destroyed after it
    async::Worker m_worker;
};

} // namespace rollcall::deployment
