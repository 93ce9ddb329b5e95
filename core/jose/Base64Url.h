#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace rollcall::jose {

/// base64url without padding.
[[nodiscard]] QByteArray toBase64Url(QByteArrayView bytes);

/// Decodes as Node's `Buffer.from(text, "base64")` does: both alphabets, `=` ends the data, other characters are
/// skipped, an odd last character is dropped. Never fails. **Source:** facts/session-protocol.md §3.4 (jose 4).
[[nodiscard]] QByteArray fromBase64Lenient(QByteArrayView text);

/// Decodes as jose 6 over `atob` does: `+` and `/` refused, ASCII white space removed, padding optional but right,
/// trailing bits ignored; nullopt for anything else. **Source:** facts/session-protocol.md §3.4 (jose 6).
[[nodiscard]] std::optional<QByteArray> fromBase64UrlStrict(QByteArrayView text);

} // namespace rollcall::jose
