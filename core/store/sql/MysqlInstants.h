#pragma once

#include <QString>
#include <QTimeZone>

namespace rollcall::store {

/// How far a wall clock in @p zone is ahead of UTC, in seconds, as an SQL expression of @p wall, which compares with
/// texts such as '2026-03-08 02:00:00'. Exact from 2010 to 2040, after and before that as at its ends. Computed here
/// and not by CONVERT_TZ, which is NULL on a server whose zone tables were never loaded. **Thread-safety:**
/// thread-safe.
[[nodiscard]] QString zoneOffsetSql(const QString &wall, const QTimeZone &zone);

/// The text column @p column (ISO 8601 or digits, in @p zone where it names none) as microseconds since 1970, NULL
/// where it is neither. No value can raise an error. **Thread-safety:** thread-safe.
[[nodiscard]] QString parsedMicrosecondsSql(const QString &column, const QTimeZone &zone);

} // namespace rollcall::store
