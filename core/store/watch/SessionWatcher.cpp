#include "core/store/watch/SessionWatcher.h"

#include <QRandomGenerator>

#include <algorithm>
#include <array>

#include "core/store/watch/LookReader.h"

using rollcall::base::Call;
using rollcall::base::ErrorCode;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::base::Status;

namespace rollcall::store {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// The pause after a look, as a multiple of the time it took.
constexpr int restPerLook = 9;
/// A storm of notifications wakes no oftener.
constexpr milliseconds shortestRest{100};
/// Signals are awaited in slices, so that lookNow() is noticed.
constexpr milliseconds signalSlice{200};

/// Whether the same question may be answered later, with nobody doing anything here.
bool mayPass(ErrorCode code)
{
    static constexpr std::array passing{
        ErrorCode::HostNotFound,   ErrorCode::ConnectRefused,      ErrorCode::ConnectTimeout,
        ErrorCode::ConnectionLost, ErrorCode::DatabaseUnavailable,
        ErrorCode::TlsFailed, // a server that goes down in the middle of a handshake
        ErrorCode::Timeout,        ErrorCode::Overloaded,
    };
    return std::ranges::find(passing, code) != passing.end();
}

} // namespace

SessionWatcher::SessionWatcher(Sources sources, Options options, const base::Clock &clock)
    : m_sources(std::move(sources)), m_options(options), m_clock(clock), m_backoff(options.backoff)
{}

Status SessionWatcher::run(WatchObserver &observer, const std::stop_token &stop)
{
    while (!stop.stop_requested()) {
        const Status ended = follow(observer, stop);
        if (ended || stop.stop_requested())
            break;
        if (!m_begun || !mayPass(ended.error().code))
            return ended;
        const milliseconds wait = m_backoff.next(QRandomGenerator::global()->generateDouble());
        m_watching = false;
        if (auto told = observer.lost(ended.error(), wait); !told)
            return told;
        sleepFor(wait, stop);
    }
    return {};
}

Result<SessionWatcher::Link> SessionWatcher::connect(const std::stop_token &stop)
{
    Link link;
    auto store = m_sources.openStore(Call::within(m_options.timeout, stop));
    if (!store)
        return fail(std::move(store.error()));
    link.store = std::move(*store);
    if (m_sources.openSignal) {
        auto signal = m_sources.openSignal(Call::within(m_options.timeout, stop));
        if (signal)
            link.signal = std::move(*signal);
        else if (mayPass(signal.error().code))
            return fail(std::move(signal.error()));
        // Else (a standby takes no LISTEN, a role may not connect twice) looking at intervals does.
    }
    return link;
}

/// Until the link breaks or something else fails; Ok once told to stop.
Status SessionWatcher::follow(WatchObserver &observer, const std::stop_token &stop)
{
    const auto link = connect(stop);
    if (!link)
        return fail(link.error());
    LookReader reader(*link->store, m_options.timeout, stop);
    if (auto chosen = reader.choosePath(m_clock.now()); !chosen)
        return chosen;
    while (!stop.stop_requested()) {
        const auto begun = steady_clock::now();
        if (auto looked = look(reader, *link, observer); !looked)
            return looked;
        if (auto rested = pause(*link, begun, stop); !rested)
            return rested;
    }
    return {};
}

Status SessionWatcher::look(LookReader &reader, const Link &link, WatchObserver &observer)
{
    takeView();
    const base::Instant now = m_clock.now();
    const bool isFirst = !m_followed.coverage();
    auto found = reader.look(m_followed.coverage(), m_followed.highestId(), now);
    if (!found)
        return fail(std::move(found.error()));
    if (!found->coverage.complete && (isFirst || m_followed.coverage()->complete)) {
        const auto highest = reader.highestId(found->rows, now);
        if (!highest)
            return fail(highest.error());
        if (*highest)
            m_followed.setHighestId(**highest);
    }
    const auto changes = m_followed.take(
        *found, [&](std::span<const session::ListedSession> asked) { return reader.existing(asked, now); });
    if (!changes)
        return fail(changes.error());

    WatchScope scope;
    scope.followed = static_cast<qint64>(m_followed.size());
    scope.complete = m_followed.coverage()->complete;
    scope.path = reader.path();
    scope.cutShort = found->cutShort;
    if (link.signal)
        scope.channel = link.signal->channel();
    scope.interval = m_scope.interval;
    const bool isOther = scope.path != m_scope.path || scope.complete != m_scope.complete ||
                         scope.cutShort != m_scope.cutShort || scope.channel != m_scope.channel;
    m_scope = scope;
    m_backoff.reset();
    m_begun = true;
    if (!m_watching || isOther) {
        m_watching = true;
        if (auto told = observer.watching(scope, now); !told)
            return told;
    }
    return changes->empty() ? Status() : observer.changed(*changes);
}

Status SessionWatcher::pause(const Link &link, steady_clock::time_point begun, const std::stop_token &stop)
{
    const auto took = duration_cast<milliseconds>(steady_clock::now() - begun);
    const milliseconds rest = took * restPerLook;
    m_scope.interval = std::max(m_options.interval, took + rest);
    if (!link.signal) {
        sleepFor(std::max(m_options.interval - took, rest), stop);
        return {};
    }
    if (sleepFor(std::max(shortestRest, rest), stop))
        return {};
    // What ends by the clock alone is announced by nobody.
    milliseconds longest = link.signal->coversAll() ? m_options.unasked : m_options.interval;
    if (const auto expiry = m_followed.nextExpiry()) {
        const milliseconds until = *expiry - m_clock.now() + milliseconds(1);
        longest = std::min(longest, std::max(until, m_options.interval));
    }
    const auto end = begun + longest;
    while (steady_clock::now() < end && !stop.stop_requested()) {
        const auto heard = link.signal->wait(Call{std::min(end, steady_clock::now() + signalSlice), stop});
        if (!heard)
            return fail(heard.error());
        if (*heard || sleepFor(milliseconds(0), stop))
            return {};
    }
    return {};
}

bool SessionWatcher::sleepFor(milliseconds time, const std::stop_token &stop)
{
    base::MutexLock lock(m_mutex);
    const bool asked = m_wake.wait_for(lock, stop, time, [this]() ROLLCALL_REQUIRES(m_mutex) { return m_lookNow; });
    m_lookNow = false;
    return asked;
}

void SessionWatcher::lookNow()
{
    {
        const base::MutexLock lock(m_mutex);
        m_lookNow = true;
    }
    m_wake.notify_all();
}

void SessionWatcher::setInView(std::vector<session::ListedSession> sessions)
{
    if (sessions.size() > mostInView)
        sessions.resize(mostInView);
    const base::MutexLock lock(m_mutex);
    m_newView = std::move(sessions);
}

void SessionWatcher::takeView()
{
    std::optional<std::vector<session::ListedSession>> view;
    {
        const base::MutexLock lock(m_mutex);
        view.swap(m_newView);
    }
    if (view)
        m_followed.setInView(*view);
}

} // namespace rollcall::store
