#include "core/revoke/UsedApproval.h"

#include <QFile>
#include <QMap>

#include "core/audit/AuditRenewal.h"
#include "core/base/FileError.h"
#include "core/revoke/RevocationPlan.h"

namespace rollcall::revoke {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr qint64 longestLine = 1 << 20; ///< as the log's own

/// When each operation that used an approval of a plan began its last run.
using Uses = QMap<QString, base::Instant>;

/// Takes what the log at @p path has on record of @p plan into @p uses. A line that is no entry says nothing: that the
/// log is broken is said elsewhere.
base::Status readUses(const QString &path, const RevocationPlan &plan, const base::Call &call, Uses &uses)
{
    QFile file(path);
    if (!file.exists())
        return {};
    if (!file.open(QIODevice::ReadOnly))
        return base::fail(base::fileError(ErrorCode::FileUnreadable, path, file.errorString()));
    const QByteArray wanted = plan.digest.toLatin1();
    while (!file.atEnd()) {
        if (call.cancelled())
            return base::fail(Error(ErrorCode::Cancelled));
        QByteArray line = file.readLine(longestLine);
        if (file.error() != QFileDevice::NoError)
            return base::fail(base::fileError(ErrorCode::FileUnreadable, path, file.errorString()));
        if (!line.contains(wanted))
            continue;
        line.chop(1);
        const auto entry = audit::AuditEntry::fromLine(line);
        if (!entry || entry->planDigest != plan.digest || entry->at < plan.frozenAt ||
            !entry->counts.contains(QStringLiteral("approver")))
            continue;
        const auto count = [&entry](const char *name) {
            return entry->counts.value(QLatin1StringView(name)).toInteger();
        };
        if (entry->phase == audit::Phase::Intent)
            uses.insert(entry->operation, entry->at);
        else if (count("revoked") == 0 && count("unknown") == 0)
            uses.remove(entry->operation);
    }
    return {};
}

} // namespace

base::Status checkUnused(const RevocationPlan &plan, const std::optional<Approval> &approval,
                         const audit::AuditLog &log, const QString &operation, const base::Call &call)
{
    if (!approval)
        return {};
    Uses uses;
    QStringList paths = audit::logsAside(log);
    paths << log.path();
    for (const QString &path : std::as_const(paths)) {
        if (auto status = readUses(path, plan, call, uses); !status)
            return status;
    }
    uses.remove(operation);
    if (uses.isEmpty())
        return {};
    return base::fail(
        Error(ErrorCode::WriteRefused)
            .with(ErrorParam::Part, QStringLiteral("used approval"))
            .with(ErrorParam::Name, uses.firstKey())
            .with(ErrorParam::Detail, QStringLiteral("an approval counts once, and this plan was carried out with one "
                                                     "at %1 already (%2)")
                                          .arg(base::toIso(uses.first()), uses.firstKey())));
}

} // namespace rollcall::revoke
