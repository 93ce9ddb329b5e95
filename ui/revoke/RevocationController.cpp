#include "ui/revoke/RevocationController.h"

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
    m_running = true;
    const auto submitted = m_connection.workers().engine.submit(
        [this, selection, deployment = m_connection.shared(),
         sender = m_mailbox.sender()](base::Result<store::SessionStore *> store, const base::Call &call) {
            auto plan = store ? revoke::freezePlan(*deployment, **store, selection, maxRows, call)
                              : base::Result<RevocationPlan>(base::fail(store.error()));
            if (!plan) {
                sender.post([this, error = plan.error()] {
                    m_running = false;
                    Q_EMIT failed(error);
                });
                return;
            }
            // Shared, because a std::function must be copyable and a plan is not: it holds tokens.
            auto frozen = std::make_shared<const RevocationPlan>(std::move(*plan));
            sender.post([this, frozen] {
                m_running = false;
                m_plan = frozen;
                Q_EMIT planned();
            });
        },
        m_stop.get_token(), m_connection.timeout());
    if (!submitted) {
        m_running = false;
        Q_EMIT failed(submitted.error());
    }
}

void RevocationController::carryOut(const RevocationOptions &options)
{
    if (!m_plan || m_running || m_spent)
        return;
    m_spent = true;
    run([plan = m_plan, options, deployment = m_connection.shared(), &log = m_connection.auditLog(),
         place = m_connection.operations()](store::SessionStore &store, const base::Call &call,
                                            const OnProgress &onProgress) {
        return revoke::carryOut(*plan, options, *deployment, store, log, place, call, onProgress);
    });
}

void RevocationController::resume(const QString &id)
{
    if (m_running)
        return;
    run([id, deployment = m_connection.shared(), &log = m_connection.auditLog(), place = m_connection.operations()](
            store::SessionStore &store, const base::Call &call, const OnProgress &onProgress) {
        return revoke::resumeOperation(id, *deployment, store, log, place, call, onProgress);
    });
}

void RevocationController::run(RevocationAct act)
{
    m_stop = std::stop_source();
    m_running = true;
    actOnWorker<RevocationReport>(
        m_connection, m_mailbox, m_stop.get_token(), std::move(act),
        [this](const RevocationProgress &step) { Q_EMIT progressed(step); },
        [this](const base::Result<RevocationReport> &report) {
            m_running = false;
            if (!report) {
                m_spent = false;
                Q_EMIT failed(report.error());
                return;
            }
            Q_EMIT finished(*report);
            Q_EMIT m_connection.sessionsChanged();
        });
}

void RevocationController::findUnfinished()
{
    // Where the queue is full the question is for another time: nothing was lost.
    static_cast<void>(m_connection.workers().engine.submit(
        [this, folder = m_connection.operations().folder, database = databaseNameOf(m_connection.deployment()),
         sender = m_mailbox.sender()](const base::Result<store::SessionStore *> &, const base::Call &call) {
            const auto operations = listOperations(folder, call);
            if (!operations)
                return;
            for (const Operation &operation : *operations) {
                const bool isKnown = operation.head.kind == revocationKind() || operation.head.kind == restoreKind();
                if (isKnown && operation.state != OperationState::Running && operation.head.database == database) {
                    sender.post([this, operation] { Q_EMIT unfinishedFound(operation); });
                    return;
                }
            }
        },
        m_stop.get_token(), m_connection.timeout()));
}

void RevocationController::discard(const QString &id)
{
    const auto submitted = m_connection.workers().engine.submit(
        [this, id, place = m_connection.operations(), &log = m_connection.auditLog(),
         sender = m_mailbox.sender()](const base::Result<store::SessionStore *> &, const base::Call &call) {
            const auto ended = discardOperation(id, place, log, call);
            sender.post([this, ended] {
                if (ended)
                    Q_EMIT discarded();
                else
                    Q_EMIT failed(ended.error());
            });
        },
        m_stop.get_token(), m_connection.timeout());
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

void RevocationController::cancel()
{
    m_stop.request_stop();
}

} // namespace rollcall::revoke
