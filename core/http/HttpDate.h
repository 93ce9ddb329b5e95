#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

#include "core/base/Clock.h"
#include "core/base/TextWriter.h"

namespace rollcall::http {

/// "Sat, 08 Nov 2025 08:53:20 GMT": milliseconds are dropped; English whatever the machine's language.
/// **Thread-safety:** thread-safe. **Source:** IMF-fixdate, RFC 9110 §5.6.7; JavaScript's toUTCString.
[[nodiscard]] QByteArray httpDate(base::Instant instant);

/// The same, written where it is wanted: at most longestHttpDate characters.
void putHttpDate(base::TextWriter &writer, base::Instant instant);
inline constexpr qsizetype longestHttpDate = 48;

/// Reads that form (Date, Expires, Retry-After); nullopt for anything else, obsolete forms included.
/// **Thread-safety:** thread-safe.
[[nodiscard]] std::optional<base::Instant> parseHttpDate(QByteArrayView text);

} // namespace rollcall::http
