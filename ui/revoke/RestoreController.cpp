#include "ui/revoke/RestoreController.h"

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

void RestoreController::carryOut(const RestoreOptions &options)
{
    if (!m_plan)
        return;
    run([plan = m_plan, options, deployment = m_connection.shared(), &log = m_connection.auditLog(),
         place = m_connection.operations()](store::SessionStore &store, const base::Call &call,
                                            const OnProgress &onProgress) {
        return revoke::carryOut(*plan, options, *deployment, store, log, place, call, onProgress);
    });
}

void RestoreController::resume(const QString &id)
{
    run([id, deployment = m_connection.shared(), &log = m_connection.auditLog(), place = m_connection.operations()](
            store::SessionStore &store, const base::Call &call, const OnProgress &onProgress) {
        return resumeRestore(id, *deployment, store, log, place, call, onProgress);
    });
}

void RestoreController::run(RestoreAct act)
{
    m_stop = std::stop_source();
    actOnWorker<RestoreReport>(
        m_connection, m_mailbox, m_stop.get_token(), std::move(act),
        [this](const RevocationProgress &step) { Q_EMIT progressed(step); },
        [this](const base::Result<RestoreReport> &report) {
            if (!report) {
                Q_EMIT failed(report.error());
                return;
            }
            Q_EMIT finished(*report);
            Q_EMIT m_connection.sessionsChanged();
        });
}

void RestoreController::cancel()
{
    m_stop.request_stop();
}

} // namespace rollcall::revoke
