#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <vector>

#include "core/base/Clock.h"
#include "core/base/Mutex.h"
#include "core/engine/SessionEngine.h"
#include "core/store/StoreFactory.h"
#include "core/store/sql/SqlConnection.h"

namespace rollcall::demo {

/// What a request of the demo needs of the database: the same store and resolver that Rollcall uses, and a reading
/// connection for the application's own tables. **Thread-safety:** one object, one thread at a time.
struct DemoBackend
{
    std::unique_ptr<store::SessionStore> store;
    std::unique_ptr<engine::Resolver> resolver; ///< borrows store; resolves and writes as the library would
    std::unique_ptr<store::SqlConnection> tables;
};

/// A bounded pool of backends, as an application has one of database connections. **Thread-safety:** thread-safe.
class DemoBackendPool final
{
public:
    /// Where the demo's data are and how its sessions are resolved. @p clock is borrowed and outlives the pool.
    DemoBackendPool(store::DatabaseUrl url, store::SchemaProfile schema,
                    std::shared_ptr<const session::AuthProfile> profile, const base::Clock &clock);

    /// A backend on loan, given back when it goes.
    using Lease = std::unique_ptr<DemoBackend, std::function<void(DemoBackend *)>>;

    /// Lends a backend, opening one where fewer than eight exist; else waits for one. The pool outlives all leases.
    /// Errors: those of store::openStore(), Timeout, Cancelled.
    [[nodiscard]] base::Result<Lease> borrow(const base::Call &call);

private:
    [[nodiscard]] base::Result<std::unique_ptr<DemoBackend>> open(const base::Call &call) const;
    void giveBack(std::unique_ptr<DemoBackend> backend);

    const store::DatabaseUrl m_url;
    const store::SchemaProfile m_schema;
    const std::shared_ptr<const session::AuthProfile> m_profile;
    const base::Clock &m_clock;
    base::Mutex m_mutex;
    std::condition_variable_any m_returned;
    std::vector<std::unique_ptr<DemoBackend>> m_idle ROLLCALL_GUARDED_BY(m_mutex);
    int m_open ROLLCALL_GUARDED_BY(m_mutex) = 0;
};

} // namespace rollcall::demo
