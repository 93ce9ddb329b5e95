#include "core/deployment/StoreWorker.h"

#include "core/deployment/WatchedStore.h"

namespace rollcall::deployment {

using base::Call;

/// What lives on the worker: the connection, and how to get another.
struct StoreWorker::State
{
    std::shared_ptr<const Deployment> deployment;
    store::Access access;
    std::unique_ptr<WatchedStore> store;

    base::Result<store::SessionStore *> ready(const Call &call)
    {
        if (const auto status = call.check(QStringLiteral("Waiting for the database")); !status)
            return base::fail(status.error());
        if (store && store->isBroken())
            store.reset();
        if (!store) {
            auto opened = deployment->openStore(access, call);
            if (!opened)
                return base::fail(opened.error());
            store = std::make_unique<WatchedStore>(std::move(*opened));
        }
        return store.get();
    }
};

StoreWorker::StoreWorker(std::shared_ptr<const Deployment> deployment, store::Access access, const char *name)
    : m_state(std::make_shared<State>(State{std::move(deployment), access, nullptr})), m_worker(name)
{}

// The worker is joined first; whatever connection is left is then closed where nothing else can be using it.
StoreWorker::~StoreWorker() = default;

base::Status StoreWorker::submit(Job job, std::stop_token stop, std::chrono::milliseconds budget)
{
    return m_worker.submit(
        [state = m_state, job = std::move(job), stop = std::move(stop), budget](const std::stop_token &ending) {
            // Either may cancel: who asked for this job, or the end of the worker.
            std::stop_source either;
            const std::stop_callback onStop(stop, [&] { either.request_stop(); });
            const std::stop_callback onEnd(ending, [&] { either.request_stop(); });
            const Call call = Call::within(budget, either.get_token());
            job(state->ready(call), call);
            // Acts are rare: no connection that may write is kept open between them, to go stale or be misused.
            if (state->access == store::Access::Write)
                state->store.reset();
        });
}

} // namespace rollcall::deployment
