#include "ui/revoke/PlanFiles.h"

#include "core/base/DurableFile.h"
#include "core/revoke/ApproverKey.h"
#include "core/revoke/DemandedApprovers.h"
#include "core/revoke/PlanTarget.h"
#include "core/revoke/UsedApproval.h"
#include "core/workspace/Workspace.h"
#include "ui/common/SmallFile.h"

namespace rollcall::revoke {

using base::Call;
using base::Result;

namespace {

constexpr qint64 largestPlanFile = 512 << 20; ///< a million rows with long keys
constexpr qint64 largestApproval = 1 << 20;

/// The name of the key in @p vault; empty where there is none.
Result<QString> ownName(base::SecretVault *vault, const Call &call)
{
    const auto key = ApproverKey::load(vault, false, call);
    if (key)
        return key->name();
    if (key.error().code == base::ErrorCode::NoKeyStore)
        return QString();
    return base::fail(key.error());
}

Result<FoundPlan> findPlan(const QString &path, const deployment::Deployment &deployment, base::SecretVault *vault,
                           const Call &call)
{
    const auto content = common::readSmallFile(path, largestPlanFile);
    if (!content)
        return base::fail(content.error());
    auto saved = readSavedPlan(*content, path);
    if (!saved)
        return base::fail(saved.error());
    FoundPlan found{path, std::move(*saved), nullptr, {}, false, {}};
    if (!isMadeFor(found.saved.summary.database, deployment))
        found.openInstead = databaseNameOf(deployment);
    const auto seal = OperationSeal::load(vault, false, call);
    if (!seal) {
        // Without a key nobody planned here; where it cannot be read, who planned is not known.
        if (seal.error().code != base::ErrorCode::NoKeyStore)
            return base::fail(seal.error());
        found.whyNot = vault ? sealedElsewhere(path) : seal.error();
        return found;
    }
    auto plan = openSavedPlan(found.saved, deployment, *seal, path);
    // Also where it is of another database, or was edited since.
    found.isOurs = plan || isSealedWith(*seal, found.saved);
    if (plan)
        found.plan = std::make_shared<const RevocationPlan>(std::move(plan->plan));
    else
        found.whyNot = plan.error();
    return found;
}

} // namespace

PlanFiles::PlanFiles(common::OpenConnection &connection, QObject *parent) : QObject(parent), m_connection(connection) {}

void PlanFiles::submit(std::function<Result<Answer>(const Call &)> job)
{
    const auto submitted = m_connection.workers().engine.submit(
        [this, job = std::move(job), sender = m_mailbox.sender()](const Result<store::SessionStore *> &,
                                                                  const Call &call) {
            auto answer = job(call);
            if (answer)
                sender.post(*answer);
            else
                sender.post([this, error = answer.error()] { Q_EMIT failed(error); });
        },
        {}, m_connection.timeout());
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

void PlanFiles::save(const std::shared_ptr<const RevocationPlan> &plan, const QString &reason, const QString &path)
{
    submit([this, plan, reason, path, deployment = m_connection.shared(),
            vault = m_connection.operations().vault](const Call &call) -> Result<Answer> {
        const auto seal = OperationSeal::load(vault, true, call);
        if (!seal)
            return base::fail(seal.error());
        const auto planner = ApproverKey::load(vault, true, call);
        if (!planner)
            return base::fail(planner.error());
        const auto bytes = savedPlanBytes(*plan, *deployment, *seal, *planner, reason);
        if (!bytes)
            return base::fail(bytes.error());
        if (const auto allowed = mayWriteTo(path, PlanDocument::Plan); !allowed)
            return base::fail(allowed.error());
        if (const auto done = base::replaceFile(path, *bytes, base::ErrorCode::FileUnwritable); !done)
            return base::fail(done.error());
        return Answer([this, path] { Q_EMIT written(path); });
    });
}

void PlanFiles::open(const QString &path)
{
    submit([this, path, deployment = m_connection.shared(),
            vault = m_connection.operations().vault](const Call &call) -> Result<Answer> {
        const auto plan = findPlan(path, *deployment, vault, call);
        if (!plan)
            return base::fail(plan.error());
        return Answer([this, plan = *plan] { Q_EMIT found(plan); });
    });
}

void PlanFiles::approve(const PlanSummary &summary, const QString &path)
{
    submit([this, summary, path, deployment = m_connection.shared(),
            vault = m_connection.operations().vault](const Call &call) -> Result<Answer> {
        if (const auto allowed = mayWriteTo(path, PlanDocument::Approval); !allowed)
            return base::fail(allowed.error());
        const auto key = ApproverKey::load(vault, true, call);
        if (!key)
            return base::fail(key.error());
        const auto bytes = approvalBytes(summary, *key, deployment->clock().now());
        if (!bytes)
            return base::fail(bytes.error());
        if (const auto done = base::replaceFile(path, *bytes, base::ErrorCode::FileUnwritable); !done)
            return base::fail(done.error());
        return Answer([this, path, name = key->name()] { Q_EMIT approved(path, name); });
    });
}

void PlanFiles::accept(const std::shared_ptr<const RevocationPlan> &plan, const std::optional<PlanSummary> &saved,
                       const QString &path)
{
    submit([this, plan, saved, path, deployment = m_connection.shared(), config = m_connection.configFolder(),
            vault = m_connection.operations().vault,
            &log = m_connection.auditLog()](const Call &call) -> Result<Answer> {
        const auto content = common::readSmallFile(path, largestApproval);
        if (!content)
            return base::fail(content.error());
        const auto own = ownName(vault, call);
        if (!own)
            return base::fail(own.error());
        // Of all folders only that of the saved connections is read.
        const auto approval = checkApproval(*content, saved ? *saved : summaryOf(*plan, *deployment),
                                            workspace::Workspace({config, {}, {}}), *deployment, *own, path);
        if (!approval)
            return base::fail(approval.error());
        if (const auto unused = checkUnused(*plan, *approval, log, {}, call); !unused)
            return base::fail(unused.error());
        return Answer([this, approval = *approval] { Q_EMIT accepted(approval); });
    });
}

} // namespace rollcall::revoke
