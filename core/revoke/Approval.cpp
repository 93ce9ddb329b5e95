#include "core/revoke/Approval.h"

#include <QJsonDocument>
#include <QJsonObject>

#include "core/base/FileError.h"
#include "core/revoke/ApproverKey.h"
#include "core/revoke/SavedPlan.h"

namespace rollcall::revoke {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr int formatVersion = 3; // 1 did not cover the reason, 2 not which rows share tokens

QString approvalFormat()
{
    return QStringLiteral("rollcall-approval");
}

Error refused(const QString &why)
{
    return Error(ErrorCode::WriteRefused)
        .with(ErrorParam::Part, QStringLiteral("approval"))
        .with(ErrorParam::Detail, why);
}

Error ofAnotherPlan()
{
    return Error(ErrorCode::PlanStale)
        .with(ErrorParam::Part, QStringLiteral("approval"))
        .with(ErrorParam::Detail, QStringLiteral("the approval is of another plan"));
}

} // namespace

QByteArray approvedText(const PlanSummary &summary, const QString &approvedAt)
{
    QJsonObject json = summary.toJson();
    json.insert(QStringLiteral("format"), approvalFormat());
    json.insert(QStringLiteral("version"), formatVersion);
    json.insert(QStringLiteral("approvedAt"), approvedAt);
    return QJsonDocument(json).toJson(QJsonDocument::Compact); // its members sorted
}

bool isApprovalFile(const QByteArray &content)
{
    return QJsonDocument::fromJson(content).object().value(QStringLiteral("format")) == approvalFormat();
}

base::Result<QByteArray> approvalBytes(const PlanSummary &summary, const ApproverKey &key, base::Instant now)
{
    const QString at = base::toIso(now);
    const auto signature = key.sign(approvedText(summary, at));
    if (!signature)
        return base::fail(signature.error());
    return QJsonDocument(QJsonObject{{QStringLiteral("format"), approvalFormat()},
                                     {QStringLiteral("version"), formatVersion},
                                     {QStringLiteral("digest"), summary.digest},
                                     {QStringLiteral("reason"), summary.reason},
                                     {QStringLiteral("plannedBy"), summary.plannedBy},
                                     {QStringLiteral("planner"), summary.planner},
                                     {QStringLiteral("approver"), key.name()},
                                     {QStringLiteral("approvedAt"), at},
                                     {QStringLiteral("signature"), QString::fromLatin1(signature->toBase64())}})
        .toJson();
}

base::Result<Approval> checkApproval(const QByteArray &approval, const PlanSummary &summary,
                                     const QStringList &approvers, const QString &own, const QString &path)
{
    const auto invalid = [&path](const QString &why) {
        return base::fail(base::fileError(ErrorCode::FileFormatInvalid, path, why)
                              .with(ErrorParam::Part, QStringLiteral("approval")));
    };
    const QJsonObject json = QJsonDocument::fromJson(approval).object();
    if (json.value(QStringLiteral("format")) != approvalFormat() ||
        json.value(QStringLiteral("version")) != formatVersion)
        return invalid(QStringLiteral("it is no approval of this version"));
    const auto text = [&json](const char *member) { return json.value(QLatin1StringView(member)).toString(); };
    if (text("digest") != summary.digest)
        return base::fail(ofAnotherPlan());
    const QString approver = text("approver");
    const QByteArray signature = QByteArray::fromBase64(text("signature").toLatin1());
    PlanSummary approved = summary;
    if (summary.planner.isEmpty()) {
        approved.reason = text("reason");
        approved.plannedBy = text("plannedBy");
        approved.planner = text("planner");
    }
    if (!isSignedBy(approver, approvedText(approved, text("approvedAt")), signature))
        return invalid(QStringLiteral("its signature is not that of the approver for this plan"));
    // The plan that is at hand is this user's own: an approval of somebody else's is not of it.
    if (summary.planner.isEmpty() && (own.isEmpty() || approved.planner != own))
        return base::fail(refused(QStringLiteral("it approves a plan that was saved with another planner's key")));
    if (approver == own)
        return base::fail(refused(QStringLiteral("the planner cannot approve their own plan")));
    if (!approvers.contains(approver))
        return base::fail(refused(QStringLiteral("this connection does not list %1 as an approver").arg(approver))
                              .with(ErrorParam::Name, approver));
    Approval granted(approver, summary.digest);
    granted.m_reason = approved.reason;
    return granted;
}

base::Status checkApproved(const RevocationPlan &plan, const std::optional<Approval> &approval,
                           const deployment::Deployment &deployment)
{
    if (approval && approval->planDigest() != plan.digest)
        return base::fail(ofAnotherPlan());
    if (deployment.config().profile.needsApproval && !approval && !plan.rows.empty())
        return base::fail(refused(QStringLiteral("this connection wants a second person's approval of the plan")));
    return {};
}

} // namespace rollcall::revoke
