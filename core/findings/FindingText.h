#pragma once

#include <QString>

#include "core/base/Clock.h"
#include "core/base/Error.h"
#include "core/findings/Finding.h"

namespace rollcall::findings {

/// "6,057".
[[nodiscard]] QString countText(qint64 number);
/// The same, rounded to three digits where it is @p estimated: "6,060".
[[nodiscard]] QString countText(qint64 number, bool estimated);
/// "1 row", "6,057 rows".
[[nodiscard]] QString rowsText(qint64 number);
/// "204 MB".
[[nodiscard]] QString bytesText(qint64 bytes);
/// The day, in UTC: "2026-03-03".
[[nodiscard]] QString dayText(base::Instant instant);

/// The finding that says that @p what could not be checked, and why. @p name ends its id: "duplicates".
[[nodiscard]] Finding unchecked(const QString &name, const QString &what, const base::Error &error);

} // namespace rollcall::findings
