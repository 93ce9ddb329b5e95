#include "ui/latency/RevocationTiming.h"

#include <utility>

#include "core/base/ErrorText.h"
#include "core/probe/RunPlan.h"

namespace rollcall::latency {

using probe::ProbeMode;
using probe::PropagationOutcome;
using probe::PropagationProgress;

RevocationTiming::RevocationTiming(common::OpenConnection &connection, QObject *parent)
    : QObject(parent),
      m_connection(connection),
      m_progressWaits(std::make_shared<std::atomic<bool>>(false)),
      m_worker("rc-revocation", 2)
{
    connect(&connection, &common::OpenConnection::writeModeChanged, this, [this](common::WriteMode mode) {
        if (mode == common::WriteMode::ReadOnly)
            stop(); // the canaries that are there are removed all the same
        Q_EMIT obstacleChanged();
    });
}

RevocationTiming::~RevocationTiming()
{
    m_stop.request_stop();
}

QString RevocationTiming::obstacle() const
{
    if (!m_connection.deployment().hasRows())
        return tr("Sessions of this deployment are tokens: there is no row to delete.");
    if (m_runGoesOn)
        return tr("A latency run goes on, and each would disturb the other's figures: wait or stop it.");
    if (m_connection.writeMode() == common::WriteMode::ReadOnly)
        return tr("Measuring makes and deletes canary sessions, which are rows: switch to Guarded first.");
    if (m_connection.profile().environment == workspace::Environment::Production)
        return tr("On a production connection canary rows want the name typed: use rollcallctl latency propagation.");
    return {};
}

std::optional<probe::Revocations> RevocationTiming::found() const
{
    probe::Revocations known = probe::Revocations::of(m_cells, m_ttl, m_interval);
    return m_running || known.cells.empty() ? std::nullopt : std::optional(std::move(known));
}

void RevocationTiming::setRunGoesOn(bool goesOn)
{
    if (std::exchange(m_runGoesOn, goesOn) != goesOn)
        Q_EMIT obstacleChanged();
}

void RevocationTiming::start(std::chrono::milliseconds ttl)
{
    if (const QString why = obstacle(); !why.isEmpty()) {
        Q_EMIT finished(why);
        return;
    }
    const auto &baseUrl = m_connection.deployment().config().baseUrl;
    auto plan = std::make_shared<probe::PropagationPlan>();
    plan->modes = {ProbeMode::Local, ProbeMode::CachedMemory};
    if (baseUrl)
        plan->modes.push_back(ProbeMode::Proxy);
    plan->cacheTtl = ttl;
    plan->timeout = m_connection.timeout();
    plan->mayWrite = true;
    plan->seed = probe::randomSeed();
    m_cells.clear();
    m_ttl = ttl;
    m_interval = plan->intervalFor(baseUrl);
    m_stop = std::stop_source();
    m_running = true;
    const auto queued =
        m_worker.submit([this, plan, stop = m_stop.get_token(), sender = m_mailbox.sender(), waits = m_progressWaits,
                         deployment = m_connection.shared(), log = &m_connection.auditLog()](std::stop_token) {
            const auto onProgress = [this, &sender, &waits](const PropagationProgress &progress) {
                if (waits->exchange(true))
                    return; // the last one is not looked at yet: the next will tell all
                const bool posted = sender.post([this, progress, waits] {
                    *waits = false;
                    m_cells = progress.cells;
                    Q_EMIT progressed(progress);
                });
                if (!posted)
                    *waits = false;
            };
            const auto outcome = probe::runPropagation(
                *plan, deployment, log, base::Call{base::Call::Clock::time_point::max(), stop}, onProgress);
            if (!outcome) {
                sender.post([this, error = outcome.error()] {
                    m_running = false;
                    Q_EMIT failed(error);
                });
                return;
            }
            QStringList remarks = outcome->notes;
            if (outcome->error)
                remarks.prepend(tr("Ended early: %1 Canaries may be left: rollcallctl token remove --all removes them.")
                                    .arg(base::describe(*outcome->error).message));
            if (outcome->cancelled)
                remarks.prepend(tr("Stopped: what was found until then is shown."));
            if (outcome->guard)
                remarks.prepend(tr("Stopped for safety: %1.").arg(outcome->guard->detail));
            sender.post([this, cells = outcome->cells, remark = remarks.join(QLatin1Char(' '))] {
                m_running = false;
                m_cells = cells;
                Q_EMIT finished(remark);
            });
        });
    if (!queued) {
        m_running = false;
        Q_EMIT failed(queued.error());
        return;
    }
    Q_EMIT started();
}

} // namespace rollcall::latency
