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

constexpr int formatVersion = 1;

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
    return QStringList{QStringLiteral("rollcall-approval/1"),
                       summary.digest,
                       QString::number(summary.matched),
                       QString::number(summary.users),
                       base::toIso(summary.frozenAt),
                       summary.selection,
                       summary.statement,
                       summary.connection,
                       summary.database,
                       approvedAt}
               .join(QLatin1Char('\n'))
               .toUtf8() +
           '\n';
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
                                     {QStringLiteral("approver"), key.name()},
                                     {QStringLiteral("approvedAt"), at},
                                     {QStringLiteral("signature"), QString::fromLatin1(signature->toBase64())}})
        .toJson();
}

base::Result<Approval> checkApproval(const QByteArray &approval, const PlanSummary &summary,
                                     const QStringList &approvers, const QString &own, const QString &path)
{
    const QJsonObject json = QJsonDocument::fromJson(approval).object();
    if (json.value(QStringLiteral("format")) != approvalFormat() ||
        json.value(QStringLiteral("version")) != formatVersion)
        return base::fail(
            base::fileError(ErrorCode::FileFormatInvalid, path, QStringLiteral("it is no approval of this version")));
    const auto text = [&json](const char *member) { return json.value(QLatin1StringView(member)).toString(); };
    if (text("digest") != summary.digest)
        return base::fail(ofAnotherPlan());
    const QString approver = text("approver");
    const QByteArray signature = QByteArray::fromBase64(text("signature").toLatin1());
    if (!isSignedBy(approver, approvedText(summary, text("approvedAt")), signature))
        return base::fail(base::fileError(ErrorCode::FileFormatInvalid, path,
                                          QStringLiteral("its signature is not that of the approver for this plan")));
    if (approver == own)
        return base::fail(refused(QStringLiteral("the planner cannot approve their own plan")));
    if (!approvers.contains(approver))
        return base::fail(refused(QStringLiteral("this connection does not list %1 as an approver").arg(approver)));
    return Approval(approver, summary.digest);
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
