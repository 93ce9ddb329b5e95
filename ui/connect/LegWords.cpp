#include "ui/connect/LegWords.h"

#include <QCoreApplication>
#include <QUrl>

#include "core/base/ErrorText.h"

namespace rollcall::connect {

using base::ErrorCode;
using deployment::Leg;
using deployment::LegKind;
using deployment::LegStatus;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("LegWords", text);
}

QString goodHeadline(const Leg &leg)
{
    switch (leg.kind) {
    case LegKind::Database:
        return leg.took.count() > 0 ? tr("Connected in %1 ms").arg(leg.took.count()) : tr("Connected at once");
    case LegKind::Schema:
        return tr("Sessions table found");
    case LegKind::Secret:
        return tr("Proven by the deployment");
    case LegKind::Deployment:
        return leg.took.count() > 0 ? tr("Answers after %1 ms").arg(leg.took.count()) : tr("Answers at once");
    case LegKind::Cache:
        return tr("Cache answers");
    case LegKind::Clock:
        return tr("Clocks agree");
    }
    return {};
}

QString warnHeadline(LegKind kind)
{
    switch (kind) {
    case LegKind::Database:
        return tr("Connected, with something to know");
    case LegKind::Deployment:
    case LegKind::Cache:
        return tr("Answers, with something to know");
    case LegKind::Clock:
        return tr("Clocks differ");
    case LegKind::Schema:
    case LegKind::Secret:
        break;
    }
    return tr("Usable, with something to know");
}

/// A headline for what is known by its code; else by the leg alone.
QString failHeadline(LegKind kind, std::optional<ErrorCode> error)
{
    switch (error.value_or(ErrorCode::Internal)) {
    case ErrorCode::ConnectRefused:
        return tr("The connection was refused");
    case ErrorCode::HostNotFound:
        return tr("The host was not found");
    case ErrorCode::ConnectTimeout:
    case ErrorCode::Timeout:
        return tr("No answer in time");
    case ErrorCode::TlsFailed:
    case ErrorCode::TlsUnavailable:
        return tr("The link could not be verified");
    case ErrorCode::InsecureTransport:
        return tr("Nothing secret is sent there unencrypted");
    case ErrorCode::AuthenticationFailed:
        return tr("User or password refused");
    case ErrorCode::DatabaseNotFound:
        return tr("No such database");
    case ErrorCode::NotADatabase:
        return tr("That is no database");
    case ErrorCode::FileUnreadable:
        return tr("The file cannot be read");
    case ErrorCode::PermissionDenied:
        return tr("The role may not read it");
    case ErrorCode::SchemaNotFound:
        return tr("No sessions table");
    case ErrorCode::SchemaAmbiguous:
        return tr("Not sure which table it is");
    case ErrorCode::DeploymentRedirected:
        return tr("Redirected, so cookies would not be sent");
    case ErrorCode::DeploymentNotAuthJs:
        return tr("Answers, but not as Auth.js");
    case ErrorCode::DeploymentStatus:
        return tr("Answers with an error");
    case ErrorCode::Cancelled:
        return tr("Cancelled");
    default:
        break;
    }
    switch (kind) {
    case LegKind::Database:
        return tr("Not connected");
    case LegKind::Schema:
        return tr("The tables cannot be read");
    case LegKind::Secret:
        return tr("Not the deployment's secret");
    case LegKind::Deployment:
    case LegKind::Cache:
        return tr("Not reached");
    case LegKind::Clock:
        break;
    }
    return tr("Failed");
}

} // namespace

Finding findingOf(const Leg &leg)
{
    switch (leg.status) {
    case LegStatus::Ok:
        return {common::State::Ok, goodHeadline(leg), leg.detail, leg.remedy, {}};
    case LegStatus::Warn:
        return {common::State::Warning, warnHeadline(leg.kind), leg.detail, leg.remedy, {}};
    case LegStatus::Fail:
        return {common::State::Failed, failHeadline(leg.kind, leg.error), leg.detail, leg.remedy, {}};
    case LegStatus::Skipped:
        return {common::State::Skipped, tr("Not tested"), leg.detail, leg.remedy, {}};
    }
    return {};
}

Finding findingOf(const base::Error &error)
{
    const base::ErrorText text = base::describe(error);
    Finding finding{common::State::Failed, tr("Cannot be tried as it stands"), text.message, text.remedy, {}};
    const QString flag = error.param(base::ErrorParam::Flag);
    const QString detail = error.param(base::ErrorParam::Detail);
    // What the command line calls by its flags stands here under the name of its field.
    if (flag == QStringLiteral("--timezone"))
        finding = {common::State::Failed,
                   tr("Unknown time zone"),
                   detail,
                   tr("Choose one of the names offered while you type, or leave the field empty for UTC."),
                   {}};
    else if (flag == QStringLiteral("--base-path"))
        finding = {common::State::Failed,
                   tr("The base path cannot be meant"),
                   detail,
                   tr("Leave it at /api/auth unless the deployment sets another."),
                   {}};
    else if (error.code == ErrorCode::UrlInvalid && error.param(base::ErrorParam::Part) == QStringLiteral("deployment"))
        finding.remedy = tr("Write it as https://host, without a path.");
    return finding;
}

QString redirectTarget(const base::Error &error)
{
    if (error.code != ErrorCode::DeploymentRedirected)
        return {};
    const QUrl target(error.param(base::ErrorParam::Detail));
    if (!target.isValid() || target.host().isEmpty() || !target.scheme().startsWith(QLatin1String("http")))
        return {};
    return target.toString(QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveFragment | QUrl::RemoveUserInfo);
}

} // namespace rollcall::connect
