#pragma once

#include <QStringList>

#include "core/base/Call.h"

namespace rollcall::workspace {

// Who may approve plans for a saved connection: public keys, by the connection's name, in `approvers.json` beside the
// saved connections. **Thread-safety:** thread-safe as far as one process writes at a time; block on files.

/// The approvers of the connection @p name in the folder @p config; none where nobody is listed.
/// Errors: FileUnreadable, FileFormatInvalid.
[[nodiscard]] base::Result<QStringList> readApprovers(const QString &config, const QString &name);

/// Lists @p approvers in the place of those of @p name; none: forgets it. Errors: as readApprovers(), FileUnwritable,
/// DiskFull.
[[nodiscard]] base::Status writeApprovers(const QString &config, const QString &name, const QStringList &approvers,
                                          const base::Call &call);

} // namespace rollcall::workspace
