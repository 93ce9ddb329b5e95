#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace rollcall::jose {

/// The most that both libraries' `zip: "DEF"` may inflate to. **Source:** facts/session-protocol.md §3.3.
inline constexpr qsizetype maxInflated = 250'000;

/// Inflates a raw deflate stream (RFC 1951). Bytes after its end are ignored; nullopt where the stream is broken or cut
/// off, or gives more than maxInflated bytes.
[[nodiscard]] std::optional<QByteArray> inflateRaw(QByteArrayView compressed);

} // namespace rollcall::jose
