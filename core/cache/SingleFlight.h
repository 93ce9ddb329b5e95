#pragma once

#include <QByteArray>
#include <QHash>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <optional>

#include "core/base/Call.h"
#include "core/base/Mutex.h"
#include "core/session/Resolution.h"

namespace rollcall::cache {

/// Lets one caller a key ask the source while the others wait for its answer, each within its own bounds.
/// **Thread-safety:** thread-safe.
class SingleFlight final
{
public:
    /// One look-up under way.
    class Flight
    {
    public:
        /// False once the key was invalidated: the answer may be older than that and must not be kept.
        [[nodiscard]] bool isCurrent() const { return m_current.load(); }

    private:
        friend class SingleFlight;
        std::atomic<bool> m_current{true};
        // Guarded by SingleFlight::m_mutex.
        bool m_hasLanded = false;
        std::shared_ptr<const session::Resolution> m_answer; // null after landing: the look-up threw
    };

    struct Answer
    {
        std::shared_ptr<const session::Resolution> resolution; ///< never null
        bool shared = false;                                   ///< another caller asked the source
    };

    using Fetch = std::function<session::Resolution(const Flight &)>;

    /// The answer of @p fetch, run by this caller or by one that is at it already. An answer that is the other caller's
    /// alone (Resolution::isShareable, or cancelled-or-deadline) is not shared: a waiting caller takes over. nullopt
    /// where @p call ended while waiting. Blocks within @p call (as far as @p fetch does). What @p fetch throws goes to
    /// its own caller; one that waits takes over.
    [[nodiscard]] std::optional<Answer> run(const QByteArray &key, const base::Call &call, const Fetch &fetch);

    /// How many look-ups have ended. A caller that finds it changed since it looked into the cache must look again
    /// before it asks the source.
    [[nodiscard]] quint64 landed() const { return m_landed.load(); }

    /// How many invalidations there were: a look-up without a flight must not be kept where it has changed since.
    [[nodiscard]] quint64 invalidations() const { return m_invalidations.load(); }

    /// How many callers wait for another's answer now.
    [[nodiscard]] std::size_t waiting() const { return m_waiting.load(); }

    /// From now on callers for @p key start anew, and the answer under way is not to be kept.
    void invalidate(const QByteArray &key);
    /// The same for every key.
    void invalidateAll();

private:
    std::shared_ptr<const session::Resolution> fly(const QByteArray &key, const std::shared_ptr<Flight> &flight,
                                                   const Fetch &fetch);
    /// Ends @p flight with @p answer, or with none.
    void land(const QByteArray &key, const std::shared_ptr<Flight> &flight,
              const std::shared_ptr<const session::Resolution> &answer);

    base::Mutex m_mutex;
    std::condition_variable_any m_changed;
    QHash<QByteArray, std::shared_ptr<Flight>> m_flights ROLLCALL_GUARDED_BY(m_mutex);
    std::atomic<quint64> m_landed{0};
    std::atomic<quint64> m_invalidations{0};
    std::atomic<std::size_t> m_waiting{0};
};

} // namespace rollcall::cache
