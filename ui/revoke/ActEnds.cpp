#include "ui/revoke/ActEnds.h"

#include <QCoreApplication>
#include <QLocale>

#include "core/base/ErrorText.h"
#include "ui/revoke/ResultView.h"

namespace rollcall::revoke {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("ActEnds", text);
}

QString number(qint64 count)
{
    return QLocale().toString(count);
}

common::ActEnd failedEnd(const base::Error &error)
{
    return {{}, base::describe(error).message, false, false, nullptr};
}

} // namespace

bool isPaused(const std::optional<base::Error> &error, bool resumable)
{
    return resumable && error && error->code == base::ErrorCode::Cancelled;
}

common::ActEnd endOfRevocation(const base::Result<RevocationReport> &report)
{
    if (!report)
        return failedEnd(report.error());
    const ResultHeadline head = headlineOf(*report);
    return {report->auditId, head.title, head.good || head.proven, report->resumable,
            std::make_shared<const RevocationReport>(*report)};
}

common::ActEnd endOfRestore(const base::Result<RestoreReport> &report)
{
    if (!report)
        return failedEnd(report.error());
    const QString counts = isPaused(report->error, report->resumable)
                               ? tr("Paused after %1 of %2")
                               : (report->error ? tr("Stopped after %1 of %2") : tr("%1 of %2 put back"));
    return {report->auditId, counts.arg(number(report->restored), number(report->matched)),
            !report->error && report->skipped() == 0, report->resumable, nullptr};
}

QString pruneHeadline(const RevocationReport &report)
{
    const QString counts = isPaused(report.error, report.resumable)
                               ? tr("Paused after %1 of %2")
                               : (report.error ? tr("Stopped after %1 of %2") : tr("%1 of %2 expired sessions pruned"));
    return counts.arg(number(report.revoked), number(report.matched));
}

common::ActEnd endOfPrune(const base::Result<RevocationReport> &report)
{
    if (!report)
        return failedEnd(report.error());
    return {report->auditId, pruneHeadline(*report), !report->error, report->resumable,
            std::make_shared<const RevocationReport>(*report)};
}

} // namespace rollcall::revoke
