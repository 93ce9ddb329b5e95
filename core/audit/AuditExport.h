#pragma once

#include <QJsonArray>

#include "core/audit/AuditLog.h"
#include "core/base/DurableFile.h"

namespace rollcall::audit {

enum class ExportForm { Json, Csv };

/// The members of an entry that an export has, in their order: all there are, so that its chain can be followed.
[[nodiscard]] const QStringList &exportedMembers();

/// What @p entry has of exportedMembers(), in their order; null where it has none.
[[nodiscard]] QJsonArray exportedValues(const AuditEntry &entry);

/// Writes all entries of @p log, one at a time, to the file @p path, with mode 0600, for other programs: JSON as one
/// document `{"entries":[…]}`, CSV with a line of names first, objects as JSON in their cells. How many there were.
/// Where it fails or is cancelled, what was at @p path stays. Errors: those of AuditLog::forEach() and
/// AuditLog::checkTarget(), FileUnwritable, DiskFull. **Thread-safety:** reentrant; blocks on the disk.
[[nodiscard]] base::Result<qint64> exportLog(const AuditLog &log, ExportForm form, const QString &path,
                                             const base::Call &call, base::Onto onto = base::Onto::Anything);

/// Whether a file that begins with @p begin is such an export, of either form.
[[nodiscard]] bool isExport(QByteArrayView begin);

} // namespace rollcall::audit
