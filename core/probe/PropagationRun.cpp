#include "core/probe/PropagationRun.h"

#include <algorithm>
#include <thread>

#include "core/audit/AuditedAct.h"
#include "core/base/Loopback.h"
#include "core/http/HttpConnection.h"
#include "core/probe/Preflight.h"
#include "core/probe/PropagationBoard.h"
#include "core/probe/PropagationCanaries.h"

namespace rollcall::probe {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using deployment::Deployment;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t workers = 4; ///< threads that probe, each with connections of its own: several instances are hit
constexpr std::size_t carefulWorkers = 2;
constexpr auto progressInterval = 100ms;
constexpr std::chrono::minutes spareLife{10}; ///< of canaries, beyond the longest run
constexpr std::size_t memoryBytes = 4 << 20;  ///< of the cached-memory cells: a thousand sessions

/// The arms that can be tried on @p deployment, by way of revocation; why others cannot goes into @p notes.
std::vector<RevokedBy> waysOf(const PropagationPlan &plan, const Deployment &deployment, QStringList &notes)
{
    if (deployment.hasRows())
        return {RevokedBy::Row};
    std::vector<RevokedBy> ways{RevokedBy::Nothing};
    const auto &config = deployment.config();
    if (!plan.mayWrite)
        notes << QStringLiteral("the not-before rule was not tried: a rule for the canary is a write");
    else if (!config.database && !config.cache)
        notes << QStringLiteral(
            "the not-before rule was not tried: there is neither a database nor a cache to keep it");
    else
        ways.push_back(RevokedBy::Rule);
    return ways;
}

/// One experiment from its first canary to its figures.
class Experiment
{
public:
    Experiment(const PropagationPlan &plan, const Deployment &deployment, std::vector<RevokedBy> ways)
        : m_plan(plan),
          m_deployment(deployment),
          m_canaries(deployment),
          m_memory(engine::makeMemoryCache(memoryBytes, deployment.clock()))
    {
        for (const RevokedBy by : ways) {
            for (const ProbeMode mode : plan.modes)
                m_arms.push_back({by, mode});
        }
        for (std::size_t i = 0; i < m_arms.size(); ++i) {
            const TrialLaw law =
                plan.lawFor(m_arms[i].mode, m_arms[i].by != RevokedBy::Nothing, deployment.config().baseUrl);
            for (int trial = 0; trial < plan.trials; ++trial) {
                m_entries.push_back({i, law});
                m_by.push_back(m_arms[i].by);
            }
        }
    }

    [[nodiscard]] PropagationCanaries &canaries() { return m_canaries; }
    [[nodiscard]] const std::optional<GuardEvent> &guard() const { return m_guard; }
    [[nodiscard]] const QStringList &pauses() const { return m_pauses; }

    /// Makes the canaries and carries all trials out. A cancelled call ends it early, without an error.
    Status run(const Call &call, const std::function<void(const PropagationProgress &)> &onProgress)
    {
        const auto &baseUrl = m_deployment.config().baseUrl;
        const bool careful = m_plan.intervalFor(baseUrl) >= 1s;
        const auto pace = m_plan.isElsewhere ? PropagationCanaries::Pace::Careful : PropagationCanaries::Pace::Swift;
        const Call making = call.atMost(m_plan.timeout + 100ms * static_cast<qint64>(m_by.size()));
        if (auto made = m_canaries.make(m_by, PropagationPlan::longestRun + spareLife, pace, making); !made)
            return made;
        GuardLimits limits;
        limits.requests = GuardLimits::requestsCeiling;
        limits.length = PropagationPlan::longestRun;
        const qint64 begin = http::steadyNs();
        PropagationBoard board(m_entries, m_plan.parallelFor(baseUrl), limits, m_plan.seed, begin);
        m_board = &board;
        std::stop_source stop;
        {
            std::vector<std::jthread> threads;
            for (std::size_t i = 0; i < (careful ? carefulWorkers : workers); ++i)
                threads.emplace_back([&] { probe(board, stop.get_token()); });
            revoke(board, begin, call, onProgress);
            board.stop();
            stop.request_stop();
        }
        m_guard = board.guardEvent();
        m_pauses = board.pauses();
        m_cells = cells();
        m_board = nullptr;
        const auto error = board.error();
        return error ? base::fail(*error) : Status();
    }

    [[nodiscard]] std::vector<PropagationCell> takeCells() { return std::move(m_cells); }

private:
    /// One thread that probes, until all is over.
    void probe(PropagationBoard &board, const std::stop_token &stop)
    {
        PropagationAsker asker(m_deployment, m_memory, m_plan.cacheTtl);
        while (const auto trial = board.takeProbe()) {
            const PropagationArm &arm = m_arms[m_entries[*trial].cell];
            const qint64 start = http::steadyNs();
            const auto answer = asker.ask(arm, m_canaries.cookieHeader(*trial), Call::within(m_plan.timeout, stop));
            if (!answer) {
                board.stop(answer.error());
                return;
            }
            board.probed(*trial, start, http::steadyNs(), *answer, arm.mode == ProbeMode::Proxy);
        }
    }

    /// What the calling thread does meanwhile: it alone writes.
    void revoke(PropagationBoard &board, qint64 begin, const Call &call,
                const std::function<void(const PropagationProgress &)> &onProgress)
    {
        qint64 told = begin;
        while (!board.isOver() && !call.cancelled() && !call.expired()) {
            if (const auto trial = board.takeRevocation(progressInterval)) {
                const qint64 sent = http::steadyNs();
                if (auto done = m_canaries.revoke(*trial, Call::within(m_plan.timeout)); !done) {
                    board.stop(std::move(done.error()));
                    return;
                }
                board.revoked(*trial, sent, http::steadyNs());
            }
            const qint64 now = http::steadyNs();
            if (!onProgress || now - told < std::chrono::nanoseconds(progressInterval).count())
                continue;
            told = now;
            PropagationProgress progress{0, static_cast<int>(m_entries.size()), cells(),
                                         std::chrono::nanoseconds(now - begin)};
            for (const PropagationCell &cell : progress.cells)
                progress.done += cell.figures.trials + cell.figures.failed;
            onProgress(progress);
        }
    }

    [[nodiscard]] std::vector<PropagationCell> cells() const
    {
        std::vector<PropagationCell> cells;
        for (std::size_t i = 0; i < m_arms.size(); ++i) {
            const PropagationArm &arm = m_arms[i];
            PropagationBounds bounds;
            bounds.interval = m_plan.intervalFor(m_deployment.config().baseUrl);
            if (isCached(arm.mode))
                bounds.ttl = m_plan.cacheTtl;
            std::vector<qint64> times = m_board->answerTimes(i);
            if (!times.empty()) {
                const auto p95 = times.begin() + static_cast<qsizetype>((times.size() - 1) * 95 / 100);
                std::nth_element(times.begin(), p95, times.end());
                bounds.answerP95 = std::chrono::nanoseconds(*p95);
            }
            cells.push_back({arm, summarise(m_board->outcomes(i), bounds), m_board->statuses(i)});
        }
        return cells;
    }

    const PropagationPlan &m_plan;
    const Deployment &m_deployment;
    std::vector<PropagationArm> m_arms;
    std::vector<PropagationBoard::Entry> m_entries; ///< a trial each
    std::vector<RevokedBy> m_by;                    ///< likewise
    PropagationCanaries m_canaries;
    std::shared_ptr<cache::SessionCache> m_memory;
    const PropagationBoard *m_board = nullptr; ///< while the trials run
    std::vector<PropagationCell> m_cells;
    std::optional<GuardEvent> m_guard;
    QStringList m_pauses;
};

/// Whether what is written to or looked up in may be somebody's production: an address beyond this machine.
bool isElsewhere(const Deployment &deployment)
{
    const auto &config = deployment.config();
    return (config.database && !config.database->isLoopback()) ||
           (config.cache && !base::isLoopbackHost(config.cache->host));
}

/// The experiment and the removal of what it made. Of two errors the one that leaves something behind matters more.
Status carryOut(Experiment &experiment, const Call &call,
                const std::function<void(const PropagationProgress &)> &onProgress)
{
    Status ran = experiment.run(call, onProgress);
    Status removed = experiment.canaries().removeAll();
    if (!removed)
        return ran ? std::move(removed) : base::fail(std::move(removed.error()).because(std::move(ran.error())));
    return ran;
}

} // namespace

Result<PropagationOutcome> runPropagation(const PropagationPlan &wanted,
                                          const std::shared_ptr<const Deployment> &deployment, audit::AuditLog *audit,
                                          const Call &call,
                                          const std::function<void(const PropagationProgress &)> &onProgress)
{
    PropagationPlan plan = wanted;
    plan.isElsewhere = isElsewhere(*deployment);
    if (auto valid = plan.validate(deployment->config().baseUrl); !valid)
        return base::fail(std::move(valid.error()));
    if (auto caches = checkCaches(plan.modes, *deployment); !caches)
        return base::fail(std::move(caches.error()));
    PropagationOutcome outcome;
    const std::vector<RevokedBy> ways = waysOf(plan, *deployment, outcome.notes);
    const bool writes = ways.back() != RevokedBy::Nothing;
    if (writes && (!plan.mayWrite || audit == nullptr)) {
        return base::fail(Error(ErrorCode::WriteRefused)
                              .with(base::ErrorParam::Detail,
                                    QStringLiteral("canary sessions are rows in the deployment's database")));
    }
    if (std::find(plan.modes.begin(), plan.modes.end(), ProbeMode::Proxy) != plan.modes.end()) {
        if (auto there = knock(*deployment, plan.timeout, call); !there)
            return base::fail(std::move(there.error()));
    }
    Experiment experiment(plan, *deployment, ways);
    Status done;
    if (writes) {
        audit::AuditEntry entry;
        entry.action = QStringLiteral("latency.propagation");
        entry.connection = deployment->config().displayName();
        entry.reason = QStringLiteral("canary sessions, to time their revocation");
        entry.counts = {{QStringLiteral("trials"), qint64{plan.trials} * static_cast<qint64>(plan.modes.size())}};
        done = audit::audited(*audit, entry, audit::WithoutRecord::Refuse, call, [&](audit::AuditEntry &written) {
            Status status = carryOut(experiment, call, onProgress);
            written.counts = experiment.canaries().counts();
            return status;
        });
        outcome.auditId = entry.operation;
    } else {
        done = carryOut(experiment, call, onProgress);
    }
    if (!done && done.error().code != ErrorCode::Cancelled) {
        // What was measured, and that something may be left, is said with the error.
        if (!experiment.canaries().hasWritten())
            return base::fail(std::move(done.error()));
        outcome.error = std::move(done.error());
    }
    outcome.cells = experiment.takeCells();
    outcome.guard = experiment.guard();
    outcome.notes << experiment.pauses();
    outcome.cancelled = call.cancelled() || call.expired();
    return outcome;
}

} // namespace rollcall::probe
