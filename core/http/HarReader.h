#pragma once

#include <QByteArray>
#include <QUrl>

#include <chrono>
#include <vector>

#include "core/base/Clock.h"
#include "core/base/Result.h"

namespace rollcall::http {

/// One request of a HAR file, as far as routes and times are concerned: no header, cookie or body is taken over.
/// **Thread-safety:** a plain value.
struct HarEntry
{
    base::Instant startedAt;
    std::chrono::nanoseconds duration{0}; ///< `time`: from start to end, waiting for a connection included
    QByteArray method;
    QUrl url;             ///< without query, fragment and user information: they may hold secrets
    int status = 0;       ///< 0: no answer
    QString mimeType;     ///< of the answer, without parameters, lower case; empty where not recorded
    QString resourceType; ///< "document", "fetch", … where the browser recorded it; empty otherwise
    QString page;         ///< which page it belongs to; empty where not recorded
};

/// Reads the entries of a HAR 1.2 file in the order of their starts; entries of other schemes than http and https
/// (data:, blob:, ws:) are left out. Never blocks. Errors: FileFormatInvalid (Path = @p origin, Detail).
/// **Source:** HAR 1.2 (W3C draft 2012-08-14), and Chromium's `_resourceType`.
[[nodiscard]] base::Result<std::vector<HarEntry>> readHar(const QByteArray &json, const QString &origin);

} // namespace rollcall::http
