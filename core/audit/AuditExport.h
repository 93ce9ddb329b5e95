#pragma once

#include "core/audit/AuditLog.h"

namespace rollcall::audit {

enum class ExportForm { Json, Csv };

/// The members of an entry that an export has, in their order.
[[nodiscard]] const QStringList &exportedMembers();

/// Writes all entries of @p log to the file @p path, with mode 0600, for other programs: JSON as one document
/// `{"entries":[…]}`, CSV with a line of names first, objects as JSON in their cells. How many there were. Errors:
/// those of AuditLog::list(), FileUnwritable, DiskFull. **Thread-safety:** reentrant; blocks on the disk.
[[nodiscard]] base::Result<qint64> exportLog(const AuditLog &log, ExportForm form, const QString &path);

} // namespace rollcall::audit
