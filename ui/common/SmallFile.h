#pragma once

#include <QByteArray>

#include "core/base/Result.h"

namespace rollcall::common {

/// The whole file at @p path, where it has at most @p most bytes. Errors: FileUnreadable. **Thread-safety:**
/// thread-safe; blocks on the file: not for the GUI thread.
[[nodiscard]] base::Result<QByteArray> readSmallFile(const QString &path, qint64 most);

} // namespace rollcall::common
