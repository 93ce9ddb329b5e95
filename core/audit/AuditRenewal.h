#pragma once

#include <QStringList>

#include "core/audit/AuditLog.h"

namespace rollcall::audit {

/// What became of the log that was put aside.
struct Renewal
{
    QString aside;     ///< path of the old log, its seal beside it
    AuditState state;  ///< in which it was
    QString operation; ///< the act's name: its intent is the old log's last entry, its outcome the new one's first
};

/// Puts @p log aside as it is, under a name with the time, and begins a new one in its place: the way out for a log
/// that was found broken, without which each act would go on to say so. @p reason goes on record in both. Errors:
/// NotFound (there never was a log), WriteRefused (it is whole and signed by the key at hand), AuditUnwritable, and
/// those of AuditLog::verify(), AuditLog::append() and the vault. **Thread-safety:** thread-safe; blocks on the disk.
[[nodiscard]] base::Result<Renewal> renew(AuditLog &log, const QString &reason, const base::Clock &clock,
                                          const base::Call &call);

/// The logs that were put aside from the place of @p log, the oldest first. **Thread-safety:** thread-safe.
[[nodiscard]] QStringList logsAside(const AuditLog &log);

/// The newest of the logs that were put aside from the place of @p log in which @p operation stands; empty: none.
/// **Thread-safety:** thread-safe; reads these logs.
[[nodiscard]] QString asideWith(const AuditLog &log, const QString &operation);

} // namespace rollcall::audit
