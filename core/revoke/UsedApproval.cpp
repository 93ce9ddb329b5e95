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

/// An operation that used an approval of a plan.
struct Use
{
    base::Instant at;     ///< when its last run began
    bool hasEnded = true; ///< that run has an outcome on record
};

using Uses = QMap<QString, Use>;

/// Whether the intent @p entry is one of exactly @p plan with an approval. Plans of the same rows have one digest: when
/// they were frozen tells them apart. Entries of older builds do not say that: any since then counts.
bool isUse(const audit::AuditEntry &entry, const RevocationPlan &plan)
{
    if (!entry.counts.contains(QStringLiteral("approver")))
        return false;
    const QString frozenAt = entry.counts.value(frozenAtMember()).toString();
    return frozenAt.isEmpty() ? entry.at >= plan.frozenAt : frozenAt == base::toIso(plan.frozenAt);
}

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
        if (!entry || entry->planDigest != plan.digest)
            continue;
        const auto count = [&entry](const char *name) {
            return entry->counts.value(QLatin1StringView(name)).toInteger();
        };
        if (entry->phase == audit::Phase::Intent) {
            if (isUse(*entry, plan))
                uses.insert(entry->operation, {entry->at, false});
        } else if (count("revoked") == 0 && count("unknown") == 0) {
            uses.remove(entry->operation);
        } else if (const auto use = uses.find(entry->operation); use != uses.end()) {
            use->hasEnded = true;
        }
    }
    return {};
}

} // namespace

QString frozenAtMember()
{
    return QStringLiteral("planFrozenAt");
}

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
    const Use &use = uses.first();
    const QString how = use.hasEnded
                            ? QStringLiteral("this plan was carried out with one at %1 already (%2)")
                            : QStringLiteral("an operation with one of this plan began at %1 (%2), and how that run "
                                             "ended is not on record");
    return base::fail(Error(ErrorCode::WriteRefused)
                          .with(ErrorParam::Part, QStringLiteral("used approval"))
                          .with(ErrorParam::Name, uses.firstKey())
                          .with(ErrorParam::Detail, QStringLiteral("an approval counts once, and ") +
                                                        how.arg(base::toIso(use.at), uses.firstKey())));
}

} // namespace rollcall::revoke
