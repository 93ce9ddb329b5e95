#include "core/audit/AuditRenewal.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

#include "core/audit/AuditMark.h"
#include "core/audit/AuditSeal.h"
#include "core/audit/AuditVerifier.h"
#include "core/audit/AuditedAct.h"
#include "core/base/DurableFile.h"
#include "core/base/FileLock.h"

namespace rollcall::audit {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr qint64 longestLine = 1 << 20; ///< as the log's own

tl::unexpected<Error> unwritable(const QString &path, const QString &detail)
{
    return base::fail(Error(ErrorCode::AuditUnwritable).with(ErrorParam::Path, path).with(ErrorParam::Detail, detail));
}

/// Where the log at @p path goes at @p now: "audit.ndjson" → "audit-20261122T175613123Z.ndjson".
QString asideOf(const QString &path, base::Instant now)
{
    QString time = base::toIso(now);
    time.remove(QLatin1Char('-')).remove(QLatin1Char(':')).remove(QLatin1Char('.'));
    const QFileInfo info(path);
    return info.path() + QLatin1Char('/') + info.completeBaseName() + QLatin1Char('-') + time + QLatin1Char('.') +
           info.suffix();
}

base::Status move(const QString &from, const QString &to)
{
    QFile file(from);
    if (!file.exists() || file.rename(to)) // never over another
        return {};
    return unwritable(from, file.errorString());
}

/// Log and seal go @p aside and are forgotten, while nobody appends; answers the hash of the last entry by the seal,
/// which the mark keeps until the new log has begun. Killed in between, the log counts as taken away until it is
/// renewed again.
base::Result<QString> putAside(const AuditLog &log, const QString &aside, const Call &call)
{
    const QString folder = QFileInfo(log.path()).path();
    const base::FileLock lock(lockPath(log.path()), call);
    if (!lock.isHeld())
        return unwritable(log.path(), QStringLiteral("another process holds it"));
    const auto seal = AuditSeal::read(sealPath(log.path()));
    if (const auto moved = move(log.path(), aside); !moved)
        return base::fail(moved.error());
    if (const auto moved = move(sealPath(log.path()), sealPath(aside)); !moved)
        return base::fail(moved.error());
    if (const auto synced = base::syncFolder(folder, ErrorCode::AuditUnwritable); !synced)
        return base::fail(synced.error());
    AuditMark mark;
    mark.firstHash = seal ? seal->hash : QString();
    if (const auto written = mark.write(*log.vault(), folder, call); !written)
        return base::fail(written.error());
    return mark.firstHash;
}

} // namespace

QStringList logsAside(const AuditLog &log)
{
    const QFileInfo current(log.path());
    const QString pattern = current.completeBaseName() + QStringLiteral("-*.") + current.suffix();
    QStringList paths;
    for (const QFileInfo &other : current.dir().entryInfoList({pattern}, QDir::Files, QDir::Name))
        paths << other.filePath();
    return paths;
}

QString asideWith(const AuditLog &log, const QString &operation)
{
    const QByteArray wanted = '"' + operation.toUtf8() + '"';
    QStringList others = logsAside(log);
    std::ranges::reverse(others);
    for (const QString &other : std::as_const(others)) {
        QFile file(other);
        if (!file.open(QIODevice::ReadOnly))
            continue;
        while (!file.atEnd()) {
            // Any line, also of what was damaged: it is a hint where to look.
            if (file.readLine(longestLine).contains(wanted))
                return other;
        }
    }
    return {};
}

base::Result<Renewal> renew(AuditLog &log, const QString &reason, const base::Clock &clock, const Call &call)
{
    if (!log.vault())
        return base::fail(Error(ErrorCode::NoKeyStore));
    auto state = log.verify(call);
    if (!state)
        return base::fail(std::move(state.error()));
    if (state->ok && state->entries == 0)
        return base::fail(Error(ErrorCode::NotFound)
                              .with(ErrorParam::Name, log.path())
                              .with(ErrorParam::Part, QStringLiteral("log")));
    if (state->ok && state->sealed)
        return base::fail(
            Error(ErrorCode::WriteRefused)
                .with(ErrorParam::Part, QStringLiteral("renewal"))
                .with(ErrorParam::Detail, QStringLiteral("the audit log is whole, so there is nothing to renew")));
    const QString aside = asideOf(log.path(), clock.now());
    AuditEntry entry;
    entry.action = renewedAction();
    entry.reason = reason;
    entry.counts = {{QStringLiteral("aside"), QFileInfo(aside).fileName()},
                    {QStringLiteral("entries"), state->entries}};
    if (state->brokenAt)
        entry.counts.insert(QStringLiteral("brokenAt"), *state->brokenAt);
    const auto done = audited(log, entry, WithoutRecord::Refuse, call, [&](AuditEntry &outcome) -> base::Status {
        const auto lastHash = putAside(log, aside, call);
        if (!lastHash)
            return base::fail(lastHash.error());
        // The new log vouches for the end of the old one.
        if (!lastHash->isEmpty())
            outcome.counts.insert(QStringLiteral("lastHash"), *lastHash);
        return {};
    });
    if (!done)
        return base::fail(done.error());
    return Renewal{aside, *state, entry.operation};
}

} // namespace rollcall::audit
