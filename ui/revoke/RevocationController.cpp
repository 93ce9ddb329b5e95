#include "ui/revoke/RevocationController.h"

#include "core/revoke/OpenedOperation.h"
#include "core/revoke/PlanFile.h"
#include "ui/common/ReturnWatches.h"
#include "ui/revoke/ActEnds.h"
#include "ui/revoke/ActOnWorker.h"

namespace rollcall::revoke {

namespace {

/// The plan of the operation @p id, so that what it revokes can be looked for again; null where it cannot be had:
/// going on with the operation says why.
std::shared_ptr<const RevocationPlan> planBehind(const QString &id, const deployment::Deployment &deployment,
                                                 const OperationPlace &place, const base::Call &call)
{
    const auto operation = reopenOperation(id, revocationKind(), deployment, place, call);
    if (!operation)
        return nullptr;
    const auto bytes = openPlan(*operation);
    if (!bytes)
        return nullptr;
    auto stored = planOf(*bytes);
    return stored ? std::make_shared<const RevocationPlan>(std::move(stored->plan)) : nullptr;
}

} // namespace

RevocationController::RevocationController(common::OpenConnection &connection, QObject *parent)
    : QObject(parent), m_connection(connection)
{}

RevocationController::~RevocationController()
{
    m_stop.request_stop();
}

void RevocationController::abandon()
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    m_plan.reset(); // it may hold a hundred thousand tokens
    ++m_turn;
}

void RevocationController::take(const std::shared_ptr<const RevocationPlan> &plan)
{
    abandon();
    m_plan = plan;
}

void RevocationController::freeze(const Selection &selection)
{
    abandon();
    const auto submitted = m_connection.workers().engine.submit(
        [this, selection, turn = m_turn, deployment = m_connection.shared(),
         sender = m_mailbox.sender()](base::Result<store::SessionStore *> store, const base::Call &call) {
            auto plan = store ? revoke::freezePlan(*deployment, **store, selection, maxRows, call)
                              : base::Result<RevocationPlan>(base::fail(store.error()));
            if (!plan) {
                sender.post([this, turn, error = plan.error()] {
                    if (turn == m_turn)
                        Q_EMIT failed(error);
                });
                return;
            }
            // Shared, because a std::function must be copyable and a plan is not: it holds tokens.
            auto frozen = std::make_shared<const RevocationPlan>(std::move(*plan));
            sender.post([this, turn, frozen] {
                if (turn != m_turn)
                    return;
                m_plan = frozen;
                Q_EMIT planned();
            });
        },
        m_stop.get_token(), m_connection.timeout() * (3 + questionsFor(selection.users)));
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

void RevocationController::carryOut(const RevocationOptions &options, const QString &title,
                                    std::chrono::milliseconds watchFor)
{
    if (!m_plan || m_activity || m_spent)
        return;
    m_spent = true;
    run(
        {revocationKind(), title, m_plan->digest, {}, static_cast<qint64>(m_plan->rows.size())},
        [plan = m_plan, options, deployment = m_connection.shared(), &log = m_connection.auditLog(),
         place = m_connection.operations()](store::SessionStore &store, const base::Call &call,
                                            const OnProgress &onProgress) {
            return revoke::carryOut(*plan, options, *deployment, store, log, place, call, onProgress);
        },
        std::make_shared<std::shared_ptr<const RevocationPlan>>(m_plan), watchFor);
}

void RevocationController::resume(const Operation &operation, const QString &title)
{
    if (m_activity)
        return;
    const OperationHead &head = operation.head;
    const auto plan = std::make_shared<std::shared_ptr<const RevocationPlan>>();
    run(
        {head.kind, title, head.planDigest, head.id, head.planned},
        [id = head.id, plan, deployment = m_connection.shared(), &log = m_connection.auditLog(),
         place = m_connection.operations()](store::SessionStore &store, const base::Call &call,
                                            const OnProgress &onProgress) {
            *plan = planBehind(id, *deployment, place, call);
            return revoke::resumeOperation(id, *deployment, store, log, place, call, onProgress);
        },
        plan, m_connection.activities().returns().time());
}

void RevocationController::run(common::ActHead head, RevocationAct act, const SharedPlan &plan,
                               std::chrono::milliseconds watchFor)
{
    // Told whether or not this controller lives: what comes or came back must not depend on a sheet being open.
    const auto settle = [&connection = m_connection, plan, watchFor](const base::Result<RevocationReport> &report) {
        common::ReturnWatches &returns = connection.activities().returns();
        if (report)
            returns.answer(*report);
        if (report && !report->resumable && *plan)
            returns.begin(**plan, *report, watchFor);
        return endOfRevocation(report);
    };
    common::Activity &activity =
        actOnWorker<RevocationReport>(m_connection, std::move(head), this, std::move(act), settle,
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
