#include "core/revoke/SavedPlan.h"

#include <QJsonArray>
#include <QJsonDocument>

#include "core/audit/AuditLog.h"
#include "core/base/FileError.h"
#include "core/revoke/ApproverKey.h"
#include "core/revoke/Operations.h"

namespace rollcall::revoke {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr int formatVersion = 3; // 1 had no signature, 2 did not say which rows share tokens

QString planFormat()
{
    return QStringLiteral("rollcall-plan");
}

QByteArray sealedAs(const PlanSummary &summary)
{
    return "plan/" + summary.digest.toLatin1() + '/' + summary.planner.toLatin1();
}

/// What the planner signs of a file's @p json.
QByteArray signedText(QJsonObject json)
{
    json.remove(QStringLiteral("signature"));
    return QJsonDocument(json).toJson(QJsonDocument::Compact); // its members sorted
}

Error invalid(const QString &path, const QString &why)
{
    return base::fileError(ErrorCode::FileFormatInvalid, path, why).with(ErrorParam::Part, QStringLiteral("plan"));
}

QStringList textsOf(const QJsonArray &array)
{
    QStringList texts;
    for (const auto &value : array)
        texts << value.toString();
    return texts;
}

} // namespace

QJsonObject PlanSummary::toJson() const
{
    return {{QStringLiteral("digest"), digest},
            {QStringLiteral("matched"), matched},
            {QStringLiteral("users"), users},
            {QStringLiteral("frozenAt"), base::toIso(frozenAt)},
            {QStringLiteral("selection"), selection},
            {QStringLiteral("sample"), QJsonArray::fromStringList(sample)},
            {QStringLiteral("statement"), statement},
            {QStringLiteral("connection"), connection},
            {QStringLiteral("database"), database},
            {QStringLiteral("reason"), reason},
            {QStringLiteral("plannedBy"), plannedBy},
            {QStringLiteral("planner"), planner},
            {QStringLiteral("sharing"), sharing},
            {QStringLiteral("sharingLive"), sharingLive},
            {QStringLiteral("heldByOthers"), heldByOthers ? QJsonValue(*heldByOthers) : QJsonValue()}};
}

PlanSummary summaryOf(const RevocationPlan &plan, const deployment::Deployment &deployment)
{
    PlanSummary summary;
    summary.digest = plan.digest;
    summary.matched = static_cast<qint64>(plan.rows.size());
    summary.users = plan.users;
    summary.sharing = plan.sharing;
    summary.sharingLive = plan.sharingLive;
    if (plan.whyNotLooked.isEmpty())
        summary.heldByOthers = std::ssize(plan.heldByOthers);
    summary.frozenAt = plan.frozenAt;
    summary.selection = plan.what;
    for (std::size_t i = 0; i < std::min(plan.rows.size(), PlanSummary::mostSampled); ++i)
        summary.sample << plan.rows[i].key.fingerprint.text();
    summary.statement = plan.statement;
    summary.connection = deployment.config().displayName();
    summary.database = databaseNameOf(deployment);
    return summary;
}

base::Result<QByteArray> savedPlanBytes(const RevocationPlan &plan, const deployment::Deployment &deployment,
                                        const OperationSeal &seal, const ApproverKey &planner, const QString &reason)
{
    PlanSummary summary = summaryOf(plan, deployment);
    summary.reason = reason;
    summary.plannedBy = audit::currentActor();
    summary.planner = planner.name();
    RevocationOptions options;
    options.reason = reason;
    const auto sealed = seal.seal(planBytes(plan, options).view(), sealedAs(summary));
    if (!sealed)
        return base::fail(sealed.error());
    QJsonObject json = summary.toJson();
    json.insert(QStringLiteral("format"), planFormat());
    json.insert(QStringLiteral("version"), formatVersion);
    json.insert(QStringLiteral("sealed"), QString::fromLatin1(sealed->toBase64()));
    const auto signature = planner.sign(signedText(json));
    if (!signature)
        return base::fail(signature.error());
    json.insert(QStringLiteral("signature"), QString::fromLatin1(signature->toBase64()));
    return QJsonDocument(json).toJson();
}

bool isPlanFile(const QByteArray &content)
{
    return QJsonDocument::fromJson(content).object().value(QStringLiteral("format")) == planFormat();
}

base::Result<SavedPlan> readSavedPlan(const QByteArray &content, const QString &path)
{
    const QJsonObject json = QJsonDocument::fromJson(content).object();
    if (json.value(QStringLiteral("format")) != planFormat() || json.value(QStringLiteral("version")) != formatVersion)
        return base::fail(invalid(path, QStringLiteral("it is no plan of this version")));
    const auto text = [&json](const char *member) { return json.value(QLatin1StringView(member)).toString(); };
    SavedPlan saved;
    PlanSummary &summary = saved.summary;
    summary.planner = text("planner");
    const QByteArray signature = QByteArray::fromBase64(text("signature").toLatin1());
    const auto frozenAt = base::parseTime(text("frozenAt"), {});
    const auto sealed = QByteArray::fromBase64Encoding(
        text("sealed").toLatin1(), QByteArray::Base64Encoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!isSignedBy(summary.planner, signedText(json), signature) || !frozenAt || !sealed)
        return base::fail(invalid(path, QStringLiteral("it was changed since it was saved: the signature of its "
                                                       "planner does not fit")));
    summary.digest = text("digest");
    summary.matched = json.value(QStringLiteral("matched")).toInteger(-1);
    summary.users = json.value(QStringLiteral("users")).toInteger(-1);
    summary.sharing = json.value(QStringLiteral("sharing")).toInteger(-1);
    summary.sharingLive = json.value(QStringLiteral("sharingLive")).toInteger(-1);
    if (const QJsonValue held = json.value(QStringLiteral("heldByOthers")); !held.isNull())
        summary.heldByOthers = held.toInteger(-1);
    summary.frozenAt = *frozenAt;
    summary.selection = text("selection");
    summary.sample = textsOf(json.value(QStringLiteral("sample")).toArray());
    summary.statement = text("statement");
    summary.connection = text("connection");
    summary.database = text("database");
    summary.reason = text("reason");
    summary.plannedBy = text("plannedBy");
    saved.sealed = *sealed;
    return saved;
}

bool isSealedWith(const OperationSeal &seal, const SavedPlan &saved)
{
    return seal.open(saved.sealed, sealedAs(saved.summary)).has_value();
}

Error sealedElsewhere(const QString &path)
{
    return base::fileError(ErrorCode::FileFormatInvalid, path,
                           QStringLiteral("it was sealed under another key than there is here"))
        .with(ErrorParam::Part, QStringLiteral("sealed plan"));
}

base::Result<StoredPlan> openSavedPlan(const SavedPlan &saved, const deployment::Deployment &deployment,
                                       const OperationSeal &seal, const QString &path)
{
    const auto bytes = seal.open(saved.sealed, sealedAs(saved.summary));
    if (!bytes)
        return base::fail(sealedElsewhere(path));
    auto stored = planOf(*bytes);
    if (!stored)
        return base::fail(invalid(path, QStringLiteral("it is no plan of this version")));
    if (auto fits = isMadeFor(saved.summary.database, deployment); !fits)
        return base::fail(std::move(fits.error()));
    PlanSummary found = summaryOf(stored->plan, deployment);
    found.connection = saved.summary.connection; // names that may change
    found.database = saved.summary.database;
    found.reason = stored->options.reason;
    found.plannedBy = saved.summary.plannedBy;
    found.planner = saved.summary.planner; // what is sealed is bound to it
    if (found != saved.summary)
        return base::fail(invalid(path, QStringLiteral("what it says in clear is not what is sealed in it")));
    return std::move(*stored);
}

} // namespace rollcall::revoke
