#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/Call.h"
#include "core/base/Mutex.h"

namespace rollcall::engine {

/// Lends objects that belong to one thread at a time, such as database connections: makes them as they are needed, up
/// to a bound, and keeps them for the next. **Thread-safety:** thread-safe; it must outlive its leases.
template <typename T>
class Pool final
{
public:
    using Make = std::function<base::Result<std::unique_ptr<T>>(const base::Call &)>;

    /// @p make is called by any thread, never twice at once for the same object. At most @p most objects exist.
    Pool(Make make, std::size_t most) : m_make(std::move(make)), m_most(most) {}

    /// An object that is the holder's until the lease ends.
    class Lease final
    {
    public:
        Lease(Pool &pool, std::unique_ptr<T> object) : m_pool(&pool), m_object(std::move(object)) {}
        Lease(Lease &&other) noexcept = default;
        Lease &operator=(Lease &&other) noexcept = delete;
        Lease(const Lease &) = delete;
        Lease &operator=(const Lease &) = delete;
        ~Lease()
        {
            if (m_object)
                m_pool->giveBack(std::move(m_object));
        }
        T &operator*() const { return *m_object; }
        T *operator->() const { return m_object.get(); }
        [[nodiscard]] T *get() const { return m_object.get(); }

    private:
        Pool *m_pool;
        std::unique_ptr<T> m_object;
    };

    /// A free object, a new one, or, where all are lent, the first that comes back. Blocks within @p call. Errors:
    /// those of making one, Cancelled, Timeout.
    [[nodiscard]] base::Result<Lease> take(const base::Call &call)
    {
        {
            base::MutexLock lock(m_mutex);
            const auto isFree = [this]() ROLLCALL_REQUIRES(m_mutex) { return !m_free.empty() || m_made < m_most; };
            m_back.wait_for(lock, call.stop, call.remaining(), isFree);
            if (!isFree()) {
                const auto why = call.check(QStringLiteral("waiting for a free connection"));
                return base::fail(why ? base::Error(base::ErrorCode::Timeout) : why.error());
            }
            if (!m_free.empty()) {
                std::unique_ptr<T> object = std::move(m_free.back());
                m_free.pop_back();
                return Lease(*this, std::move(object));
            }
            ++m_made;
        }
        auto made = m_make(call);
        if (made)
            return Lease(*this, std::move(*made));
        {
            const base::MutexLock lock(m_mutex);
            --m_made;
        }
        m_back.notify_one();
        return base::fail(std::move(made.error()));
    }

private:
    void giveBack(std::unique_ptr<T> object)
    {
        {
            const base::MutexLock lock(m_mutex);
            m_free.push_back(std::move(object));
        }
        m_back.notify_one();
    }

    const Make m_make;
    const std::size_t m_most;
    base::Mutex m_mutex;
    std::condition_variable_any m_back;
    std::vector<std::unique_ptr<T>> m_free ROLLCALL_GUARDED_BY(m_mutex);
    std::size_t m_made ROLLCALL_GUARDED_BY(m_mutex) = 0;
};

/// A lease that is taken when it is needed: a request that can be answered without waits for nothing.
/// **Thread-safety:** one object, one thread.
template <typename T>
class LazyLease final
{
public:
    /// @p pool outlives the object.
    explicit LazyLease(Pool<T> &pool) : m_pool(pool) {}

    /// The object, taken at the first call and kept since. Errors: those of Pool::take().
    [[nodiscard]] base::Result<T *> get(const base::Call &call)
    {
        if (!m_lease) {
            auto taken = m_pool.take(call);
            if (!taken)
                return base::fail(std::move(taken.error()));
            m_lease.emplace(std::move(*taken));
        }
        return m_lease->get();
    }

private:
    Pool<T> &m_pool;
    std::optional<typename Pool<T>::Lease> m_lease;
};

} // namespace rollcall::engine
