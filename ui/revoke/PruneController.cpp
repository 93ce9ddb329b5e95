#include "ui/revoke/PruneController.h"

#include "ui/revoke/ActEnds.h"
#include "ui/revoke/ActOnWorker.h"

namespace rollcall::revoke {

PruneController::PruneController(common::OpenConnection &connection, QObject *parent)
    : QObject(parent), m_connection(connection)
{}

PruneController::~PruneController()
{
    m_stop.request_stop();
}

void PruneController::plan(std::chrono::milliseconds olderThan)
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    m_plan.reset();
    const quint64 generation = ++m_generation;
    PruneOptions options;
    options.olderThan = olderThan;
    const auto submitted = m_connection.workers().count.submit(
        [this, generation, options, deployment = m_connection.shared(),
         sender = m_mailbox.sender()](base::Result<store::SessionStore *> store, const base::Call &call) {
            auto plan = store ? planPrune(options, *deployment, **store, std::numeric_limits<qint64>::max(), call)
                              : base::Result<PrunePlan>(base::fail(store.error()));
            sender.post([this, generation, plan = std::move(plan)] {
                if (generation != m_generation)
                    return;
                if (!plan) {
                    Q_EMIT failed(plan.error());
                    return;
                }
                m_plan = *plan;
                Q_EMIT planReady();
            });
        },
        m_stop.get_token(), m_connection.timeout());
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

void PruneController::carryOut(const QString &reason, bool paced, const QString &title)
{
    if (!m_plan || m_activity)
        return;
    PrunePlan plan = *m_plan;
    plan.options.reason = reason;
    plan.options.paced = paced;
    run({pruneKind(), title, plan.digest, {}, plan.matched},
        [plan, deployment = m_connection.shared(), &log = m_connection.auditLog(), place = m_connection.operations()](
            store::SessionStore &store, const base::Call &call, const OnProgress &onProgress) {
            return revoke::carryOut(plan, *deployment, store, log, place, call, onProgress);
        });
}

void PruneController::resume(const Operation &operation, const QString &title)
{
    const OperationHead &head = operation.head;
    run({head.kind, title, head.planDigest, head.id, head.planned},
        [id = head.id, deployment = m_connection.shared(), &log = m_connection.auditLog(),
         place = m_connection.operations()](store::SessionStore &store, const base::Call &call,
                                            const OnProgress &onProgress) {
            return resumePrune(id, *deployment, store, log, place, call, onProgress);
        });
}

void PruneController::run(common::ActHead head, PruneAct act)
{
    common::Activity &activity =
        actOnWorker<RevocationReport>(m_connection, std::move(head), this, std::move(act), endOfPrune,
                                      [this](const base::Result<RevocationReport> &report) {
                                          m_activity.clear();
                                          if (report)
                                              Q_EMIT finished(*report);
                                          else
                                              Q_EMIT failed(report.error());
                                      });
    if (!activity.isEnded())
        m_activity = &activity;
}

void PruneController::discard(const QString &id)
{
    const auto submitted = m_connection.workers().engine.submit(
        [this, id, place = m_connection.operations(), &log = m_connection.auditLog(),
         sender = m_mailbox.sender()](const base::Result<store::SessionStore *> &, const base::Call &call) {
            const auto ended = discardOperation(id, place, log, call);
            sender.post([this, ended] {
                if (!ended) {
                    Q_EMIT failed(ended.error());
                    return;
                }
                m_connection.activities().refresh();
                Q_EMIT discarded();
            });
        },
        m_stop.get_token(), m_connection.timeout());
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

} // namespace rollcall::revoke
