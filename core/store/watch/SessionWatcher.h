#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <span>

#include "core/base/Backoff.h"
#include "core/base/Mutex.h"
#include "core/store/SessionStore.h"
#include "core/store/watch/ChangeSignal.h"
#include "core/store/watch/FollowedSessions.h"

namespace rollcall::store {

class LookReader;

/// Who is told what a SessionWatcher sees. Called on the thread of run(), one call at a time. An error answered ends
/// run() with it.
class WatchObserver
{
public:
    virtual ~WatchObserver() = default;
    /// The first look is done: what changes from now on is told. Again where @p scope became another in kind, and
    /// after each outage, before the changes that happened meanwhile.
    [[nodiscard]] virtual base::Status watching(const WatchScope &scope, base::Instant at) = 0;
    /// What the last look found changed; not empty, in no particular order.
    [[nodiscard]] virtual base::Status changed(std::span<const SessionChange> changes) = 0;
    /// The database does not answer: it is asked again after @p retryIn, or as soon as SessionWatcher::lookNow().
    [[nodiscard]] virtual base::Status lost(const base::Error &error, std::chrono::milliseconds retryIn) = 0;
};

/// Follows changes of the live sessions by looking again and again: at intervals, and as soon as a trigger of the
/// deployment's own notifies. What is seen and what is missed says FollowedSessions; which statements are run,
/// LookReader.
///
/// *Bounds.* A look takes at most a tenth of the time: the slower it is, the longer the pause after it. Each statement
/// has a deadline. Memory: FollowedSessions::mostFollowed. A lost database is asked again at longer and longer
/// intervals (base::Backoff) for ever; changes during the outage are told after it, as far as they are still to be
/// seen. **Thread-safety:** run() on one thread; lookNow() and setInView() from any.
class SessionWatcher final
{
public:
    /// How the database is reached, on the thread of run(). Signals may be null, and so may their answer: then looks
    /// come at intervals alone.
    struct Sources
    {
        std::function<base::Result<std::unique_ptr<SessionStore>>(const base::Call &)> openStore;
        std::function<base::Result<std::unique_ptr<ChangeSignal>>(const base::Call &)> openSignal;
    };
    struct Options
    {
        std::chrono::milliseconds interval{1'000}; ///< from look to look
        std::chrono::milliseconds unasked{30'000}; ///< the same, where triggers notify of every change
        std::chrono::milliseconds timeout{10'000}; ///< of each statement, and of connecting
        base::Backoff::Range backoff;
    };

    /// @p clock decides what is live; borrowed.
    SessionWatcher(Sources sources, Options options, const base::Clock &clock);

    /// Watches until @p stop, then answers Ok. Blocks. Errors: before watching(), whatever kept the first look from
    /// being taken; after it, what trying again cannot mend (PermissionDenied, AuthenticationFailed, SchemaChanged, …),
    /// and what @p observer answers.
    [[nodiscard]] base::Status run(WatchObserver &observer, const std::stop_token &stop);

    /// Looks, or tries to connect, as soon as may be.
    void lookNow();

    /// Sessions that somebody is looking at, in the place of those named before: followed wherever they lie, as far as
    /// they have row ids. At most mostInView are taken.
    void setInView(std::vector<session::ListedSession> sessions);
    static constexpr std::size_t mostInView = 200;

private:
    struct Link
    {
        std::unique_ptr<SessionStore> store;
        std::unique_ptr<ChangeSignal> signal;
    };
    base::Result<Link> connect(const std::stop_token &stop);
    base::Status follow(WatchObserver &observer, const std::stop_token &stop);
    base::Status look(LookReader &reader, const Link &link, WatchObserver &observer);
    base::Status pause(const Link &link, std::chrono::steady_clock::time_point begun, const std::stop_token &stop);
    void takeView();
    /// Waits for @p time, lookNow() or @p stop; true where lookNow() ended it.
    bool sleepFor(std::chrono::milliseconds time, const std::stop_token &stop);

    Sources m_sources;
    Options m_options;
    const base::Clock &m_clock;

    FollowedSessions m_followed; ///< as the next: of the thread of run()
    base::Backoff m_backoff;
    WatchScope m_scope;
    bool m_watching = false; ///< the observer was told so, and of no outage since
    bool m_begun = false;

    base::Mutex m_mutex;
    std::condition_variable_any m_wake;
    bool m_lookNow ROLLCALL_GUARDED_BY(m_mutex) = false;
    std::optional<std::vector<session::ListedSession>> m_newView ROLLCALL_GUARDED_BY(m_mutex);
};

} // namespace rollcall::store
