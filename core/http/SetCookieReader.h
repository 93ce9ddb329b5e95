#pragma once

#include <QByteArrayView>

#include <optional>

#include "core/session/Resolution.h"

namespace rollcall::http {

/// What a Set-Cookie line of an answer does, without keeping its value: name, fingerprint of the percent-decoded value,
/// attributes as sent (absent ones: no path, not HttpOnly, no SameSite). Cleared means Max-Age of 0 or less, or an
/// Expires before @p now. nullopt where the line has no name. **Thread-safety:** thread-safe.
/// **Source:** RFC 6265 §5.2 (the last of a repeated attribute wins).
[[nodiscard]] std::optional<session::CookieEffect> readSetCookie(QByteArrayView line, base::Instant now);

} // namespace rollcall::http
