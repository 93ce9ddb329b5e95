#include "core/revoke/SavedPlan.h"

#include <QJsonDocument>
#include <QJsonObject>

#include "core/base/FileError.h"
#include "core/revoke/Operations.h"
#include "core/revoke/PlanFile.h"

namespace rollcall::revoke {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr int formatVersion = 1;

QString planFormat()
{
    return QStringLiteral("rollcall-plan");
}

QByteArray sealedAs(const QString &digest)
{
    return "plan/" + digest.toLatin1();
}

std::optional<QJsonObject> objectOf(const QByteArray &content, const QString &format)
{
    const QJsonObject json = QJsonDocument::fromJson(content).object();
    const bool isOurs =
        json.value(QStringLiteral("format")) == format && json.value(QStringLiteral("version")) == formatVersion;
    return isOurs ? std::optional(json) : std::nullopt;
}

} // namespace

PlanSummary summaryOf(const RevocationPlan &plan, const deployment::Deployment &deployment)
{
    return {plan.digest,
            static_cast<qint64>(plan.rows.size()),
            plan.users,
            plan.frozenAt,
            plan.what,
            plan.statement,
            deployment.config().displayName(),
            databaseNameOf(deployment)};
}

base::Result<QByteArray> savedPlanBytes(const RevocationPlan &plan, const deployment::Deployment &deployment,
                                        const OperationSeal &seal)
{
    const auto sealed = seal.seal(planBytes(plan, {}).view(), sealedAs(plan.digest));
    if (!sealed)
        return base::fail(sealed.error());
    const PlanSummary summary = summaryOf(plan, deployment);
    return QJsonDocument(QJsonObject{{QStringLiteral("format"), planFormat()},
                                     {QStringLiteral("version"), formatVersion},
                                     {QStringLiteral("digest"), summary.digest},
                                     {QStringLiteral("matched"), summary.matched},
                                     {QStringLiteral("users"), summary.users},
                                     {QStringLiteral("frozenAt"), base::toIso(summary.frozenAt)},
                                     {QStringLiteral("selection"), summary.selection},
                                     {QStringLiteral("statement"), summary.statement},
                                     {QStringLiteral("connection"), summary.connection},
                                     {QStringLiteral("database"), summary.database},
                                     {QStringLiteral("sealed"), QString::fromLatin1(sealed->toBase64())}})
        .toJson();
}

base::Result<SavedPlan> readSavedPlan(const QByteArray &content, const QString &path)
{
    const auto json = objectOf(content, planFormat());
    if (!json)
        return base::fail(
            base::fileError(ErrorCode::FileFormatInvalid, path, QStringLiteral("it is no plan of this version")));
    const auto text = [&json](const char *member) { return json->value(QLatin1StringView(member)).toString(); };
    const auto frozenAt = base::parseTime(text("frozenAt"), {});
    const auto sealed = QByteArray::fromBase64Encoding(
        text("sealed").toLatin1(), QByteArray::Base64Encoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!frozenAt || !sealed)
        return base::fail(
            base::fileError(ErrorCode::FileFormatInvalid, path, QStringLiteral("it was changed or cut short")));
    return SavedPlan{{text("digest"), json->value(QStringLiteral("matched")).toInteger(-1),
                      json->value(QStringLiteral("users")).toInteger(-1), *frozenAt, text("selection"),
                      text("statement"), text("connection"), text("database")},
                     *sealed};
}

bool isSealedWith(const OperationSeal &seal, const SavedPlan &saved)
{
    return seal.open(saved.sealed, sealedAs(saved.summary.digest)).has_value();
}

base::Result<RevocationPlan> openSavedPlan(const SavedPlan &saved, const deployment::Deployment &deployment,
                                           const OperationSeal &seal, const QString &path)
{
    const auto bytes = seal.open(saved.sealed, sealedAs(saved.summary.digest));
    if (!bytes)
        return base::fail(base::fileError(ErrorCode::FileFormatInvalid, path,
                                          QStringLiteral("it was changed, or made with another key")));
    auto stored = planOf(*bytes);
    if (!stored)
        return base::fail(
            base::fileError(ErrorCode::FileFormatInvalid, path, QStringLiteral("it is no plan of this version")));
    if (saved.summary.database != databaseNameOf(deployment))
        return base::fail(
            Error(ErrorCode::PlanStale)
                .with(ErrorParam::Detail, QStringLiteral("it was made for %1").arg(saved.summary.database)));
    PlanSummary found = summaryOf(stored->plan, deployment);
    found.connection = saved.summary.connection; // a name that may change
    if (found != saved.summary)
        return base::fail(base::fileError(ErrorCode::FileFormatInvalid, path,
                                          QStringLiteral("what it says in clear is not what is sealed in it")));
    return std::move(stored->plan);
}

} // namespace rollcall::revoke
