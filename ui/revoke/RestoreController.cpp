#include "ui/revoke/RestoreController.h"

#include "ui/common/ReturnWatches.h"
#include "ui/revoke/ActEnds.h"
#include "ui/revoke/ActOnWorker.h"

namespace rollcall::revoke {

RestoreController::RestoreController(common::OpenConnection &connection, QObject *parent)
    : QObject(parent), m_connection(connection)
{}

RestoreController::~RestoreController()
{
    m_stop.request_stop();
}

void RestoreController::read(const QString &auditId)
{
    m_stop = std::stop_source();
    const auto submitted = m_connection.workers().engine.submit(
        [this, auditId, deployment = m_connection.shared(), &log = m_connection.auditLog(),
         place = m_connection.operations(),
         sender = m_mailbox.sender()](const base::Result<store::SessionStore *> &, const base::Call &call) {
            auto plan = planRestore(auditId, *deployment, log, place, call);
            if (!plan) {
                sender.post([this, error = plan.error()] { Q_EMIT failed(error); });
                return;
            }
            // Shared, because a std::function must be copyable and a plan is not: it holds tokens.
            auto read = std::make_shared<const RestorePlan>(std::move(*plan));
            sender.post([this, read] {
                m_plan = read;
                Q_EMIT planned();
            });
        },
        m_stop.get_token(), m_connection.timeout());
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

void RestoreController::carryOut(const RestoreOptions &options, const QString &title)
{
    if (!m_plan || m_activity)
        return;
    run({restoreKind(), title, m_plan->of.planDigest, {}, m_plan->count()},
        [plan = m_plan, options, deployment = m_connection.shared(), &log = m_connection.auditLog(),
         place = m_connection.operations()](store::SessionStore &store, const base::Call &call,
                                            const OnProgress &onProgress) {
            return revoke::carryOut(*plan, options, *deployment, store, log, place, call, onProgress);
        });
}

void RestoreController::resume(const Operation &operation, const QString &title)
{
    const OperationHead &head = operation.head;
    run({head.kind, title, head.planDigest, head.id, head.planned},
        [id = head.id, deployment = m_connection.shared(), &log = m_connection.auditLog(),
         place = m_connection.operations()](store::SessionStore &store, const base::Call &call,
                                            const OnProgress &onProgress) {
            return resumeRestore(id, *deployment, store, log, place, call, onProgress);
        });
}

void RestoreController::run(common::ActHead head, RestoreAct act)
{
    // Before the first row is back: what is put back on purpose is no alarm.
    m_connection.activities().returns().expect(head.planDigest);
    common::Activity &activity =
        actOnWorker<RestoreReport>(m_connection, std::move(head), this, std::move(act), endOfRestore,
                                   [this](const base::Result<RestoreReport> &report) {
                                       m_activity.clear();
                                       if (report)
                                           Q_EMIT finished(*report);
                                       else
                                           Q_EMIT failed(report.error());
                                   });
    if (!activity.isEnded())
        m_activity = &activity;
}

} // namespace rollcall::revoke
