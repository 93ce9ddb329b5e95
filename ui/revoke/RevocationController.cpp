#include "ui/revoke/RevocationController.h"

#include <atomic>

namespace rollcall::revoke {

namespace {
/// A plan's deletes, purges and proofs together: each operation inside has its own, shorter bound.
constexpr std::chrono::minutes wholeRevocation{30};
} // namespace

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
                                            const Progress &onProgress) {
        return revoke::carryOut(*plan, options, *deployment, store, log, place, call, onProgress);
    });
}

void RevocationController::resume(const QString &id)
{
    if (m_running)
        return;
    run([id, deployment = m_connection.shared(), &log = m_connection.auditLog(), place = m_connection.operations()](
            store::SessionStore &store, const base::Call &call, const Progress &onProgress) {
        return revoke::resumeOperation(id, *deployment, store, log, place, call, onProgress);
    });
}

void RevocationController::run(Act act)
{
    m_stop = std::stop_source();
    m_running = true;
    m_connection.beginAct();
    const auto submitted = m_connection.workers().write.submit(
        [this, act = std::move(act), sender = m_mailbox.sender()](base::Result<store::SessionStore *> store,
                                                                  const base::Call &call) {
            // One message waits at most: thousands of steps must not crowd out the outcome.
            auto waiting = std::make_shared<std::atomic_bool>(false);
            const auto progress = [this, waiting, &sender](const RevocationProgress &step) {
                if (waiting->exchange(true))
                    return;
                const bool posted = sender.post([this, waiting, step] {
                    waiting->store(false);
                    Q_EMIT progressed(step);
                });
                if (!posted)
                    waiting->store(false);
            };
            auto report =
                store ? act(**store, call, progress) : base::Result<RevocationReport>(base::fail(store.error()));
            sender.post([this, report = std::move(report)] {
                m_running = false;
                m_connection.endAct();
                if (report) {
                    Q_EMIT finished(*report);
                    Q_EMIT m_connection.sessionsChanged();
                } else {
                    m_spent = false;
                    Q_EMIT failed(report.error());
                }
            });
        },
        m_stop.get_token(), wholeRevocation);
    if (!submitted) {
        m_connection.endAct();
        m_running = false;
        m_spent = false;
        Q_EMIT failed(submitted.error());
    }
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
                if (operation.state == OperationState::Interrupted && operation.head.database == database) {
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
