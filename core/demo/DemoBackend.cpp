#include "core/demo/DemoBackend.h"

#include <algorithm>

#include "core/store/sql/SqliteConnection.h"

namespace rollcall::demo {

namespace {

constexpr int maxBackends = 8;
constexpr std::chrono::milliseconds slice{50};

} // namespace

DemoBackendPool::DemoBackendPool(store::DatabaseUrl url, store::SchemaProfile schema,
                                 std::shared_ptr<const session::AuthProfile> profile, const base::Clock &clock)
    : m_url(std::move(url)), m_schema(std::move(schema)), m_profile(std::move(profile)), m_clock(clock)
{}

base::Result<std::unique_ptr<DemoBackend>> DemoBackendPool::open(const base::Call &call) const
{
    auto backend = std::make_unique<DemoBackend>();
    const store::StoreOptions options;
    auto store = store::openStore(m_url, m_schema, options, store::Access::Write, call);
    if (!store)
        return base::fail(std::move(store.error()));
    backend->store = std::move(*store);
    auto tables = store::SqliteConnection::open(m_url, options, store::Access::ReadOnly, call);
    if (!tables)
        return base::fail(std::move(tables.error()));
    backend->tables = std::move(*tables);
    backend->resolver = engine::makeLocalResolver(m_profile, backend->store.get(), engine::Effects::Apply, m_clock);
    return backend;
}

base::Result<DemoBackendPool::Lease> DemoBackendPool::borrow(const base::Call &call)
{
    const auto lend = [this](std::unique_ptr<DemoBackend> backend) {
        return Lease(backend.release(), [this](DemoBackend *raw) { giveBack(std::unique_ptr<DemoBackend>(raw)); });
    };
    {
        base::MutexLock lock(m_mutex);
        while (m_idle.empty() && m_open >= maxBackends) {
            if (auto status = call.check(QStringLiteral("Waiting for a database connection")); !status)
                return base::fail(std::move(status.error()));
            m_returned.wait_for(lock, std::min(slice, call.remaining()));
        }
        if (!m_idle.empty()) {
            std::unique_ptr<DemoBackend> backend = std::move(m_idle.back());
            m_idle.pop_back();
            return lend(std::move(backend));
        }
        ++m_open;
    }
    auto backend = open(call);
    if (!backend) {
        const base::MutexLock lock(m_mutex);
        --m_open;
        return base::fail(std::move(backend.error()));
    }
    return lend(std::move(*backend));
}

void DemoBackendPool::giveBack(std::unique_ptr<DemoBackend> backend)
{
    const base::MutexLock lock(m_mutex);
    m_idle.push_back(std::move(backend));
    m_returned.notify_one();
}

} // namespace rollcall::demo
