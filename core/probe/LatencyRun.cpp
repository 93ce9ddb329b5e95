#include "core/probe/LatencyRun.h"

#include <algorithm>

#include "core/base/Loopback.h"
#include "core/http/HostLookup.h"
#include "core/http/HttpConnection.h"
#include "core/probe/CanarySession.h"
#include "core/probe/DocumentBuilder.h"
#include "core/probe/LocalRunner.h"
#include "core/probe/Preflight.h"
#include "core/probe/ProbeThread.h"
#include "core/probe/RunMeta.h"
#include "core/probe/SelfCalibration.h"
#include "core/probe/TokenTraces.h"

namespace rollcall::probe {

using base::Call;
using base::Result;
using base::SecretBytes;
using base::Status;
using deployment::Deployment;

namespace {

constexpr std::chrono::minutes canarySpare{10}; // beyond the longest run
constexpr auto partialInterval = std::chrono::milliseconds(500);
constexpr int partialShare = 10; // of the time at most goes into partial documents

QUrl urlOf(const Deployment &deployment, const CellId &id)
{
    QUrl url = *deployment.config().baseUrl;
    switch (id.mode) {
    case ProbeMode::Proxy:
        url.setPath(QString::fromUtf8(deployment.auth()->basePath) + QStringLiteral("/session"));
        return url;
    case ProbeMode::Floor:
        url.setPath(floorPath);
        return url;
    case ProbeMode::Route: {
        const QUrl route(id.route, QUrl::StrictMode);
        url.setPath(route.path(QUrl::FullyEncoded), QUrl::StrictMode);
        url.setQuery(route.query(QUrl::FullyEncoded), QUrl::StrictMode);
        return url;
    }
    case ProbeMode::Local:
    case ProbeMode::Cached:
    case ProbeMode::CachedMemory:
    case ProbeMode::CachedRedis:
    case ProbeMode::CachedUpstash:
        return {};
    }
    return {};
}

/// What a request carries that is to be turned away: nothing, or a session cookie that names no session.
SecretBytes strangersCookie(const Deployment &deployment, const CellId &id)
{
    if (id.cookie != CookieState::Garbage)
        return {};
    return engine::cookieHeaderFor(*deployment.auth(), SecretBytes(QByteArrayView("rollcall-no-such-session")));
}

http::HttpRequest requestOf(const Deployment &deployment, const CellId &id, const SecretBytes &cookieHeader)
{
    http::HttpRequest request;
    request.url = urlOf(deployment, id);
    request.headers.emplace_back(QByteArrayLiteral("User-Agent"), QByteArray(probeAgent));
    if (id.mode != ProbeMode::Floor && !cookieHeader.isEmpty())
        request.headers.emplace_back(QByteArrayLiteral("Cookie"), cookieHeader.view().toByteArray());
    return request;
}

/// Tells the caller how far the run is, with partial documents as often as they are cheap.
class Reporter
{
public:
    Reporter(const RunPlan &plan, const RunSetup &setup, const DocumentBuilder &builder, std::vector<Sample> &samples,
             const base::Clock &clock, const std::function<void(const RunProgress &)> &onProgress)
        : m_setup(setup),
          m_builder(builder),
          m_samples(samples),
          m_clock(clock),
          m_onProgress(onProgress),
          m_partials(plan.partials)
    {
        if (plan.samples || !plan.duration) {
            m_progress.blocks = setup.warmupBlocks + setup.measuredBlocks;
            m_progress.total = static_cast<qint64>(setup.cells.size()) * m_progress.blocks;
        }
    }

    void operator()(const RunRecord::State &state, const RunRecord &record)
    {
        if (!m_onProgress)
            return;
        m_progress.done = state.samples;
        m_progress.errors = state.errors;
        m_progress.block = state.block;
        m_progress.inFlight = state.inFlight;
        m_progress.paused = state.paused;
        const auto pause = std::ranges::find(state.events, QStringLiteral("pause"), &GuardEvent::rule);
        if (pause != state.events.end())
            m_progress.guardPause = *pause;
        const qint64 nowNs = http::steadyNs();
        noteGuardPause(std::chrono::nanoseconds(state.guardPauseUntilNs - nowNs));
        m_progress.warmup = state.block < m_setup.warmupBlocks;
        const auto now = Call::Clock::now();
        if (state.beginNs > 0)
            m_progress.elapsed = std::chrono::nanoseconds(nowNs - state.beginNs - state.pausedNs(nowNs));
        if (m_partials && !m_progress.warmup && now >= m_nextPartial) {
            record.copyNew(m_samples);
            m_progress.partial = std::make_shared<const RunDocument>(m_builder.live(m_samples));
            const auto cost = Call::Clock::now() - now;
            m_nextPartial = now + std::max<Call::Clock::duration>(partialInterval, partialShare * cost);
        }
        m_onProgress(m_progress);
    }

private:
    /// The guard's pause lasts for @p left still; negative where there is none, or none any more.
    void noteGuardPause(std::chrono::nanoseconds left)
    {
        if (left.count() <= 0)
            m_progress.guardPausedUntil.reset();
        else if (!m_progress.guardPausedUntil) // once: what is said does not waver with the two clocks
            m_progress.guardPausedUntil = m_clock.now() + std::chrono::ceil<std::chrono::milliseconds>(left);
    }

    const RunSetup &m_setup;
    const DocumentBuilder &m_builder;
    std::vector<Sample> &m_samples; ///< all that were there at the last partial document
    const base::Clock &m_clock;
    const std::function<void(const RunProgress &)> &m_onProgress;
    const bool m_partials;
    RunProgress m_progress;
    Call::Clock::time_point m_nextPartial{};
};

/// Where the host cannot be looked up now, its digest is absent: the run will say what became of its requests.
void noteAddresses(DocumentBuilder &builder, const QString &host, const Call &call)
{
    auto addresses = http::knownAddresses(host);
    if (addresses.empty())
        addresses = http::lookUpHost(host, call).value_or(std::vector<QHostAddress>());
    if (!addresses.empty())
        builder.setAddresses(addressDigest(host, addresses));
}

/// The run itself, its cookie being there.
Result<RunDocument> measure(const RunPlan &plan, const std::shared_ptr<const Deployment> &deployment,
                            const std::shared_ptr<const SecretBytes> &cookie, const Call &call,
                            const std::function<void(const RunProgress &)> &onProgress,
                            const std::atomic<bool> *pauseWanted)
{
    const auto &baseUrl = deployment->config().baseUrl;
    RunSetup setup = RunSetup::from(plan, baseUrl && base::isLoopbackHost(baseUrl->host()), true);
    setup.origin = plan.hasNetwork() ? baseUrl : std::nullopt;
    setup.http = deployment->config().httpOptions;
    setup.http.timeout = plan.timeout;
    setup.traces = std::make_shared<const std::vector<SecretBytes>>(tokenTraces(*deployment->auth(), cookie->view()));
    for (RunCell &cell : setup.cells) {
        const bool stranger = cell.id.cookie != CookieState::Plan;
        cell.cookieSent = !cookie->isEmpty() && cell.id.mode != ProbeMode::Floor && !stranger;
        const SecretBytes strangers = stranger ? strangersCookie(*deployment, cell.id) : SecretBytes();
        if (isNetwork(cell.id.mode))
            cell.request = requestOf(*deployment, cell.id, stranger ? strangers : *cookie);
    }
    if (!deployment->hasRows())
        setup.limits.localPerSecond = 0; // decoding a token costs nobody else anything
    DocumentBuilder builder(plan, setup);
    builder.begin(deployment->clock().now(), session::versionName(deployment->auth()->version),
                  session::strategyName(deployment->auth()->strategy));
    builder.setCacheBackend(cacheBackendOf(*deployment));
    builder.setLifetime(deployment->auth()->lifetime(), deployment->auth()->updateAge);
    if (plan.hasNetwork()) {
        noteAddresses(builder, baseUrl->host(), call.atMost(plan.timeout));
        builder.setCalibration(calibrate(call));
    }
    std::unique_ptr<LocalRunner> local;
    if (plan.hasLocal()) {
        local = std::make_unique<LocalRunner>(deployment, cookie, plan.cacheTtl, plan.timeout);
        if (auto prepared = local->prepare(plan.cells(), call); !prepared)
            return base::fail(std::move(prepared.error()));
        builder.setBatches(*local);
    }
    std::vector<Sample> samples;
    Reporter reporter(plan, setup, builder, samples, deployment->clock(), onProgress);
    const RunRecord::State state = runProbe(setup, local.get(), call, samples, std::ref(reporter), pauseWanted);
    if (state.error)
        return base::fail(*state.error);
    return builder.finished(std::move(samples), state, deployment->clock().now());
}

QJsonObject canaryMeta(const CanarySession &canary, bool removed)
{
    return {{QStringLiteral("fingerprint"), canary.fingerprint().text()},
            {QStringLiteral("row"), canary.hasRow() || removed},
            {QStringLiteral("removed"), removed}};
}

Result<RunOutcome> runWithCanary(const RunPlan &plan, const std::shared_ptr<const Deployment> &deployment,
                                 audit::AuditLog *audit, const Call &call,
                                 const std::function<void(const RunProgress &)> &onProgress,
                                 const std::atomic<bool> *pauseWanted)
{
    const auto length = guardLimits(plan, true).length;
    const auto ttl = canarySpare + std::chrono::duration_cast<std::chrono::seconds>(
                                       std::min<std::chrono::nanoseconds>(length, std::chrono::hours(2)));
    auto canary = CanarySession::make(*deployment, audit, plan.mayWrite, ttl, call);
    if (!canary)
        return base::fail(std::move(canary.error()));
    const bool hadRow = canary->hasRow();
    auto cookie = std::make_shared<const SecretBytes>(canary->cookieHeader().clone());
    auto measured = measure(plan, deployment, cookie, call, onProgress, pauseWanted);
    Status removed = canary->remove(*deployment, audit);
    if (!measured) {
        // Of two errors the one that leaves something behind matters more.
        if (!removed)
            return base::fail(std::move(removed.error()).because(std::move(measured.error())));
        return base::fail(std::move(measured.error()));
    }
    RunOutcome outcome{std::move(*measured), {}};
    outcome.document.meta.insert(QStringLiteral("canary"), canaryMeta(*canary, hadRow && !canary->hasRow()));
    if (!removed) {
        outcome.document.guards.push_back({QStringLiteral("cleanup"), base::errorName(removed.error().code), 0});
        outcome.cleanup = std::move(removed.error());
    }
    return outcome;
}

} // namespace

Result<RunOutcome> runLatency(const RunPlan &plan, const std::shared_ptr<const Deployment> &deployment,
                              audit::AuditLog *audit, const Call &call,
                              const std::function<void(const RunProgress &)> &onProgress,
                              const std::atomic<bool> *pauseWanted)
{
    if (auto valid = plan.validate(deployment->config().baseUrl); !valid)
        return base::fail(std::move(valid.error()));
    if (auto caches = checkCaches(plan.modes, *deployment); !caches)
        return base::fail(std::move(caches.error()));
    if (plan.hasNetwork()) {
        if (auto there = knock(*deployment, plan.timeout, call); !there)
            return base::fail(std::move(there.error()));
    }
    const bool needsCookie =
        std::any_of(plan.modes.begin(), plan.modes.end(), [](ProbeMode mode) { return mode != ProbeMode::Floor; });
    if (plan.cookie == CookieChoice::Canary && needsCookie)
        return runWithCanary(plan, deployment, audit, call, onProgress, pauseWanted);
    auto cookie = std::make_shared<const SecretBytes>(plan.cookie == CookieChoice::Given ? plan.cookieHeader.clone()
                                                                                         : SecretBytes());
    auto measured = measure(plan, deployment, cookie, call, onProgress, pauseWanted);
    if (!measured)
        return base::fail(std::move(measured.error()));
    return RunOutcome{std::move(*measured), {}};
}

} // namespace rollcall::probe
