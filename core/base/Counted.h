#pragma once

#include <QString>

namespace rollcall::base {

/// "1 row", "2 rows": @p one with an s behind it where @p count is not 1. For texts that are not translated.
[[nodiscard]] inline QString counted(qint64 count, const char *one)
{
    return QStringLiteral("%1 %2%3").arg(count).arg(QLatin1StringView(one),
                                                    count == 1 ? QString() : QStringLiteral("s"));
}

} // namespace rollcall::base
