#include "core/probe/LocalRunner.h"

#include <algorithm>
#include <array>
#include <future>

#include "core/http/HttpConnection.h"
#include "core/probe/Judge.h"
#include "core/store/StoreInspector.h"

namespace rollcall::probe {

using base::Call;
using base::Status;

namespace {

constexpr qint64 shortestCallNs = 1'000; // below it the clock itself is seen
constexpr qint64 batchNs = 50'000;       // how long a batch of such calls takes at least
constexpr int calibrationCalls = 31;
constexpr int mostBatch = 1'000;
constexpr int cacheTries = 3;
constexpr std::size_t memoryBytes = 1 << 20; // one session is all it holds

} // namespace

/// What lives on the worker thread.
struct LocalRunner::State
{
    std::shared_ptr<const deployment::Deployment> deployment;
    std::shared_ptr<const base::SecretBytes> cookieHeader;
    std::chrono::milliseconds ttl;
    std::chrono::milliseconds timeout;
    std::unique_ptr<store::SessionStore> store;
    std::unique_ptr<engine::Resolver> local;
    /// A cache with what stands behind it.
    struct Cached
    {
        std::shared_ptr<cache::SessionCache> cache;
        std::unique_ptr<engine::Resolver> resolver;
        int hitBatch = 1;
    };
    Cached configured; ///< the deployment's own: memory where none is configured
    Cached memory;     ///< this run's, where the deployment's is another
    base::SecretBytes cachedToken;
    bool wantsLocal = false; ///< cells of the run
    bool wantsConfigured = false;
    bool wantsMemory = false;
    int localBatch = 1;
    std::optional<qint64> connectNs; ///< of the first time

    [[nodiscard]] const Cached &cachedBy(ProbeMode mode) const
    {
        return mode == ProbeMode::CachedMemory ? memory : configured;
    }
    [[nodiscard]] Status prepare(const std::vector<CellId> &cells, const Call &call);
    void freshen(const std::stop_token &stop);
    /// Opens the store that look-ups need, and makes what resolves over it; nothing changes where that fails.
    [[nodiscard]] Status connect(const Call &call);
    [[nodiscard]] base::Result<std::unique_ptr<engine::Resolver>> makeResolver(engine::Mode mode,
                                                                               store::SessionStore *over) const
    {
        return deployment->makeResolver(mode, over, engine::Effects::Observe, ttl);
    }
    [[nodiscard]] int batchFor(engine::Resolver &resolver, const Call &call) const;
    [[nodiscard]] session::Resolution resolve(engine::Resolver &resolver, const Call &call) const
    {
        return resolver.resolve(cookieHeader->view(), call);
    }
    [[nodiscard]] Sample time(engine::Resolver &resolver, int calls, const Call &call, session::Resolution &last) const;
    [[nodiscard]] Sample sampleCached(const Cached &by, CachePath path, const Call &call) const;
    [[nodiscard]] Sample sampleLocal(const Call &call) const;
    [[nodiscard]] Sample sample(const CellId &cell, const Call &call) const
    {
        return cell.cache ? sampleCached(cachedBy(cell.mode), *cell.cache, call) : sampleLocal(call);
    }
};

Status LocalRunner::State::connect(const Call &call)
{
    std::unique_ptr<store::SessionStore> opened;
    if (deployment->hasRows()) { // a JWT needs no database
        const qint64 begin = http::steadyNs();
        auto made = deployment->openStore(store::Access::ReadOnly, call);
        if (!made)
            return base::fail(std::move(made.error()));
        if (!connectNs)
            connectNs = http::steadyNs() - begin;
        opened = std::move(*made);
    }
    std::array<std::unique_ptr<engine::Resolver>, 3> made; // local, configured, in memory
    const bool wanted[] = {wantsLocal, wantsConfigured, wantsMemory};
    for (std::size_t i = 0; i < made.size(); ++i) {
        if (!wanted[i])
            continue;
        auto resolver = makeResolver(i == 1 ? engine::Mode::Cached : engine::Mode::Local, opened.get());
        if (!resolver)
            return base::fail(std::move(resolver.error()));
        made[i] = std::move(*resolver);
    }
    if (wantsMemory)
        made[2] = engine::makeCachedResolver(deployment->auth(), std::move(made[2]), memory.cache, ttl);
    // Those before went over the store before.
    local = std::move(made[0]);
    configured.resolver = std::move(made[1]);
    memory.resolver = std::move(made[2]);
    store = std::move(opened);
    return {};
}

Status LocalRunner::State::prepare(const std::vector<CellId> &cells, const Call &call)
{
    for (const CellId &id : cells) {
        wantsLocal = wantsLocal || id.mode == ProbeMode::Local;
        wantsMemory = wantsMemory || id.mode == ProbeMode::CachedMemory;
        wantsConfigured = wantsConfigured || (id.cache && id.mode != ProbeMode::CachedMemory);
    }
    cachedToken = engine::assembleToken(*deployment->auth(), cookieHeader->view());
    if (wantsConfigured)
        configured.cache = deployment->cache();
    if (wantsMemory)
        memory.cache = engine::makeMemoryCache(memoryBytes, deployment->clock());
    if (auto connected = connect(call); !connected)
        return connected;
    if (wantsLocal)
        localBatch = batchFor(*local, call);
    if (wantsConfigured)
        configured.hitBatch = batchFor(*configured.resolver, call); // the first call fills it, the median is a hit's
    if (wantsMemory)
        memory.hitBatch = batchFor(*memory.resolver, call);
    return {};
}

void LocalRunner::State::freshen(const std::stop_token &stop)
{
    // A link that was dropped in silence takes the whole of its time to be noticed.
    if (store && !store->serverTime(Call::within(timeout, stop))) {
        // Where it cannot be opened either, the samples to come will say so.
        if (auto connected = connect(Call::within(timeout, stop)); !connected && !stop.stop_requested())
            qWarning("the database cannot be reached again after a pause");
    }
    if (configured.resolver) // a cache connects when it is asked
        static_cast<void>(resolve(*configured.resolver, Call::within(timeout, stop)));
}

int LocalRunner::State::batchFor(engine::Resolver &resolver, const Call &call) const
{
    std::array<qint64, calibrationCalls> times{};
    for (qint64 &taken : times) {
        const qint64 begin = http::steadyNs();
        static_cast<void>(resolve(resolver, call));
        taken = http::steadyNs() - begin;
        if (call.cancelled())
            return 1;
    }
    std::nth_element(times.begin(), times.begin() + calibrationCalls / 2, times.end());
    const qint64 median = std::max<qint64>(1, times[calibrationCalls / 2]);
    return median >= shortestCallNs ? 1 : static_cast<int>(std::min<qint64>(mostBatch, batchNs / median + 1));
}

Sample LocalRunner::State::time(engine::Resolver &resolver, int calls, const Call &call,
                                session::Resolution &last) const
{
    Sample sample;
    sample.startNs = http::steadyNs();
    for (int i = 0; i < calls; ++i)
        last = resolve(resolver, call);
    const qint64 taken = http::steadyNs() - sample.startNs;
    sample.intendedNs = sample.startNs; // in process nothing is scheduled: it starts when the network is quiet
    sample.endNs = sample.startNs + taken / calls;
    sample.outcome = judge(!cookieHeader->isEmpty(), last);
    return sample;
}

Sample LocalRunner::State::sampleLocal(const Call &call) const
{
    session::Resolution last;
    Sample sample = time(*local, localBatch, call, last);
    store::StoreInspector *inspector = store ? store->inspector() : nullptr;
    const bool single = localBatch == 1 && sample.outcome == Outcome::Ok;
    const auto stages = inspector && single ? inspector->lastLookup() : std::nullopt;
    if (!stages)
        return sample; // a token decoded, or a store that does not tell
    sample.phases.execute = stages->execute;
    sample.phases.fetch = stages->fetch;
    sample.phases.decode = sample.serviceNs() - stages->execute - stages->fetch;
    return sample;
}

Sample LocalRunner::State::sampleCached(const Cached &by, CachePath path, const Call &call) const
{
    const auto wanted = path == CachePath::Hit ? session::StepOutcome::Hit : session::StepOutcome::Miss;
    Sample sample;
    for (int attempt = 0; attempt < cacheTries; ++attempt) {
        if (path == CachePath::Hit) {
            static_cast<void>(resolve(*by.resolver, call)); // fills the cache where the entry has run out
        } else if (auto erased = by.cache->erase(cachedToken.view(), call); !erased) {
            break;
        }
        session::Resolution last;
        sample = time(*by.resolver, path == CachePath::Hit ? by.hitBatch : 1, call, last);
        const bool asWanted =
            std::any_of(last.trace.begin(), last.trace.end(), [wanted](const session::TraceStep &step) {
                return step.step == QLatin1String("cache") && step.outcome == wanted;
            });
        if (asWanted || sample.outcome != Outcome::Ok)
            return sample;
    }
    sample.outcome = Outcome::BadBody; // the cache did not do what this cell is about
    return sample;
}

LocalRunner::LocalRunner(std::shared_ptr<const deployment::Deployment> deployment,
                         std::shared_ptr<const base::SecretBytes> cookieHeader, std::chrono::milliseconds ttl,
                         std::chrono::milliseconds timeout)
    : m_state(std::make_shared<State>()), m_worker("probe-local")
{
    m_state->deployment = std::move(deployment);
    m_state->cookieHeader = std::move(cookieHeader);
    m_state->ttl = ttl;
    m_state->timeout = timeout;
}

LocalRunner::~LocalRunner()
{
    cancel();
    // The connection closes, and what the cached cells left goes, on the thread that made them.
    std::promise<void> closed;
    const auto queued = m_worker.submit([this, &closed](std::stop_token) {
        if (m_state->configured.cache) {
            if (!m_state->deployment->cache()->erase(m_state->cachedToken.view(), Call::within(m_state->timeout)))
                qWarning("the probe's own entry stays in the cache until its time to live is over");
        }
        m_state->local.reset();
        m_state->configured.resolver.reset();
        m_state->memory.resolver.reset();
        m_state->store.reset();
        closed.set_value();
    });
    if (queued)
        closed.get_future().wait();
}

Status LocalRunner::prepare(const std::vector<CellId> &cells, const Call &call)
{
    std::promise<Status> prepared;
    auto queued = m_worker.submit([&](std::stop_token) { prepared.set_value(m_state->prepare(cells, call)); });
    if (!queued)
        return queued;
    return prepared.get_future().get();
}

void LocalRunner::measure(const CellId &cell, Done done)
{
    const auto queued = m_worker.submit([state = m_state, stop = m_stop.get_token(), cell, done](std::stop_token) {
        const Call call = Call::within(state->timeout, stop);
        Sample sample = state->sample(cell, call);
        if (stop.stop_requested())
            sample.outcome = Outcome::AbortedByUser;
        done(sample);
    });
    if (!queued) {
        Sample sample;
        sample.outcome = Outcome::AbortedByUser;
        done(sample);
    }
}

void LocalRunner::freshen(std::function<void()> done)
{
    const auto queued = m_worker.submit([state = m_state, stop = m_stop.get_token(), done](std::stop_token) {
        state->freshen(stop);
        done();
    });
    if (!queued)
        done();
}

std::optional<qint64> LocalRunner::connectNs() const
{
    return m_state->connectNs;
}

int LocalRunner::batchOf(const CellId &cell) const
{
    if (cell.mode == ProbeMode::Local)
        return m_state->localBatch;
    return cell.cache == CachePath::Hit ? m_state->cachedBy(cell.mode).hitBatch : 1;
}

} // namespace rollcall::probe
