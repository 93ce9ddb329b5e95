#pragma once

#include <QStringList>

#include <optional>

#include "core/base/Clock.h"
#include "core/base/Result.h"

namespace rollcall::base {
class SecretBytes;
}
namespace rollcall::deployment {
class Deployment;
}

namespace rollcall::revoke {

class ApproverKey;
struct PlanSummary;
struct RevocationPlan;
struct StoredPlan;

/// That a second person approved one plan: made by checkApproval() alone, or found in the plan of an operation that
/// began with it. **Thread-safety:** plain value.
class Approval final
{
public:
    /// Whose key approved it: ApproverKey::name().
    [[nodiscard]] const QString &approver() const { return m_approver; }
    /// RevocationPlan::digest of what was approved.
    [[nodiscard]] const QString &planDigest() const { return m_planDigest; }
    /// The reason for which it was approved; empty where none was given, or the operation was gone on with.
    [[nodiscard]] const QString &reason() const { return m_reason; }

    bool operator==(const Approval &) const = default;

private:
    Approval(QString approver, QString planDigest)
        : m_approver(std::move(approver)), m_planDigest(std::move(planDigest))
    {}
    friend base::Result<Approval> checkApproval(const QByteArray &approval, const PlanSummary &summary,
                                                const QStringList &approvers, const QString &own, const QString &path);
    friend base::Result<StoredPlan> planOf(const base::SecretBytes &bytes);

    QString m_approver;
    QString m_planDigest;
    QString m_reason;
};

/// An approval of @p summary by @p key, as a file's bytes: JSON, `"format":"rollcall-approval"` with `digest`,
/// `reason`, `plannedBy` and `planner` of the plan, `approver`, `approvedAt` and `signature` (Base64; Ed25519 over
/// approvedText()). Errors: Internal.
[[nodiscard]] base::Result<QByteArray> approvalBytes(const PlanSummary &summary, const ApproverKey &key,
                                                     base::Instant now);

/// What @p approval, a file's bytes, says of @p summary: approved by one of @p approvers, and not by @p own (the
/// planner's key; empty: none). Where @p summary names no planner, as the plan was not read from its file, it is the
/// plan that @p own saved, for the reason that the approval gives. Errors: FileFormatInvalid (no approval, or a
/// signature that is not theirs), PlanStale (of another plan), WriteRefused (not an approver of this connection, or the
/// planner).
[[nodiscard]] base::Result<Approval> checkApproval(const QByteArray &approval, const PlanSummary &summary,
                                                   const QStringList &approvers, const QString &own,
                                                   const QString &path);

/// Whether @p content is an approval's file, of whatever version and in whatever state. **Thread-safety:** pure.
[[nodiscard]] bool isApprovalFile(const QByteArray &content);

/// What an approver signs: the compact JSON of the members of @p summary, and of `approvedAt`, `format` and `version`
/// as the file has them.
[[nodiscard]] QByteArray approvedText(const PlanSummary &summary, const QString &approvedAt);

/// Whether @p plan may be carried out at @p deployment with @p approval: where its profile demands one
/// (ConnectionProfile::needsApproval) it must be there, and one that is given must be of this plan. A plan of nothing
/// needs none. carryOut() asks this; whoever shows the plan may ask before. Errors: WriteRefused, PlanStale.
[[nodiscard]] base::Status checkApproved(const RevocationPlan &plan, const std::optional<Approval> &approval,
                                         const deployment::Deployment &deployment);

} // namespace rollcall::revoke
