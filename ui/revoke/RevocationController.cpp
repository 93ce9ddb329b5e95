#include "ui/revoke/RevocationController.h"

#include "ui/revoke/ActEnds.h"
#include "ui/revoke/ActOnWorker.h"

namespace rollcall::revoke {

RevocationController::RevocationController(common::OpenConnection &connection, QObject *parent)
    : QObject(parent), m_connection(connection)
{}

RevocationController::~RevocationController()
{
    m_stop.request_stop();
}

void RevocationController::freeze(const Selection &selection)
{
    m_stop = std::stop_source();
    const auto submitted = m_connection.workers().engine.submit(
        [this, selection, deployment = m_connection.shared(),
         sender = m_mailbox.sender()](base::Result<store::SessionStore *> store, const base::Call &call) {
            auto plan = store ? revoke::freezePlan(*deployment, **store, selection, maxRows, call)
                              : base::Result<RevocationPlan>(base::fail(store.error()));
            if (!plan) {
                sender.post([this, error = plan.error()] { Q_EMIT failed(error); });
                return;
            }
            // Shared, because a std::function must be copyable and a plan is not: it holds tokens.
            auto frozen = std::make_shared<const RevocationPlan>(std::move(*plan));
            sender.post([this, frozen] {
                m_plan = frozen;
                Q_EMIT planned();
            });
        },
        m_stop.get_token(), m_connection.timeout());
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

void RevocationController::carryOut(const RevocationOptions &options, const QString &title)
{
    if (!m_plan || m_activity || m_spent)
        return;
    m_spent = true;
    run({revocationKind(), title, m_plan->digest, {}, static_cast<qint64>(m_plan->rows.size())},
        [plan = m_plan, options, deployment = m_connection.shared(), &log = m_connection.auditLog(),
         place = m_connection.operations()](store::SessionStore &store, const base::Call &call,
                                            const OnProgress &onProgress) {
            return revoke::carryOut(*plan, options, *deployment, store, log, place, call, onProgress);
        });
}

void RevocationController::resume(const Operation &operation, const QString &title)
{
    if (m_activity)
        return;
    const OperationHead &head = operation.head;
    run({head.kind, title, head.planDigest, head.id, head.planned},
        [id = head.id, deployment = m_connection.shared(), &log = m_connection.auditLog(),
         place = m_connection.operations()](store::SessionStore &store, const base::Call &call,
                                            const OnProgress &onProgress) {
            return revoke::resumeOperation(id, *deployment, store, log, place, call, onProgress);
        });
}

void RevocationController::run(common::ActHead head, RevocationAct act)
{
    common::Activity &activity =
        actOnWorker<RevocationReport>(m_connection, std::move(head), this, std::move(act), endOfRevocation,
                                      [this](const base::Result<RevocationReport> &report) {
                                          m_activity.clear();
                                          if (!report) {
                                              m_spent = false;
                                              Q_EMIT failed(report.error());
                                              return;
                                          }
                                          Q_EMIT finished(*report);
                                      });
    if (!activity.isEnded())
        m_activity = &activity;
}

void RevocationController::discard(const QString &id)
{
    const auto submitted = m_connection.workers().engine.submit(
        [this, id, place = m_connection.operations(), &log = m_connection.auditLog(),
         sender = m_mailbox.sender()](const base::Result<store::SessionStore *> &, const base::Call &call) {
            const auto ended = discardOperation(id, place, log, call);
            sender.post([this, ended] {
                if (ended) {
                    m_connection.activities().refresh();
                    Q_EMIT discarded();
                } else {
                    Q_EMIT failed(ended.error());
                }
            });
        },
        m_stop.get_token(), m_connection.timeout());
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

} // namespace rollcall::revoke
