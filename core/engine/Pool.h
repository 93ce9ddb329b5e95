#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/Call.h"
#include "core/base/CallSafely.h"
#include "core/base/LostLink.h"
#include "core/base/Mutex.h"

namespace rollcall::engine {

/// Lends objects that belong to one thread at a time, such as database connections: makes them as they are needed, up
/// to a bound, and keeps them for the next. **Thread-safety:** thread-safe; it must outlive its leases.
template <typename T>
class Pool final
{
public:
    using Make = std::function<base::Result<std::unique_ptr<T>>(const base::Call &)>;

    /// @p make is called by any thread, never twice at once for the same object; it may throw. At most @p most objects
    /// exist.
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
        T &operator*() const
        {
            Q_ASSERT(m_object);
            return *m_object;
        }
        T *operator->() const { return m_object.get(); }
        /// Ends the object, which is of no more use, in place of giving it back; the lease is empty then. The free ones
        /// end with it: what broke one link has most often broken all.
        void discard() { m_pool->end(std::move(m_object)); }

    private:
        Pool *m_pool;
        std::unique_ptr<T> m_object;
    };

    /// A free object, a new one, or, where all are lent, the first that comes back. Blocks within @p call. Errors:
    /// those of making one, Internal (making one threw), Cancelled, Timeout.
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
        auto made = base::callSafely(failedBy, m_make, call);
        if (made)
            return Lease(*this, std::move(*made));
        {
            const base::MutexLock lock(m_mutex);
            --m_made;
        }
        m_back.notify_one();
        return base::fail(std::move(made.error()));
    }

    /// What an exception of somebody else's code is to the caller: its message is the application's own.
    static tl::unexpected<base::Error> failedBy(const QString &message)
    {
        return base::fail(base::Error(base::ErrorCode::Internal).with(base::ErrorParam::Detail, message));
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
    void end(std::unique_ptr<T> object)
    {
        std::vector<std::unique_ptr<T>> ended;
        {
            const base::MutexLock lock(m_mutex);
            ended.swap(m_free);
        }
        ended.push_back(std::move(object));
        const std::size_t count = ended.size();
        ended.clear(); // outside of the lock: closing a link may take its time
        {
            const base::MutexLock lock(m_mutex);
            m_made -= count;
        }
        m_back.notify_all();
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

    /// What @p ask makes of the object, which is taken at the first call and kept since. One whose link is lost, or
    /// that throws, is of no more use; the next call takes another. Errors: those of Pool::take() and of @p ask;
    /// Internal (it threw).
    template <typename Ask>
    [[nodiscard]] std::invoke_result_t<const Ask &, T &> ask(const base::Call &call, const Ask &ask)
    {
        if (!m_lease) {
            auto taken = m_pool.take(call);
            if (!taken)
                return base::fail(std::move(taken.error()));
            m_lease.emplace(std::move(*taken));
        }
        auto answer = base::callSafely(Pool<T>::failedBy, ask, **m_lease);
        m_isLinkLost = !answer && base::isLostLink(answer.error().code);
        if (!answer && (m_isLinkLost || answer.error().code == base::ErrorCode::Internal)) {
            m_lease->discard();
            m_lease.reset();
        }
        return answer;
    }

    /// ask() for what changes nothing: where the link proves to be lost, another is asked, once. It may have been lost
    /// while it lay in the pool (a server that was restarted, or ends idle links), which is no fault of this request.
    template <typename Ask>
    [[nodiscard]] std::invoke_result_t<const Ask &, T &> read(const base::Call &call, const Ask &ask)
    {
        m_isLinkLost = false;
        auto answer = this->ask(call, ask);
        return m_isLinkLost ? this->ask(call, ask) : std::move(answer);
    }

private:
    Pool<T> &m_pool;
    std::optional<typename Pool<T>::Lease> m_lease;
    bool m_isLinkLost = false; ///< by the last object that was asked
};

} // namespace rollcall::engine
