#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <span>

namespace rollcall::jose {

/// Characters that @p bytes bytes become in base64url without padding.
[[nodiscard]] constexpr qsizetype base64UrlSize(qsizetype bytes)
{
    return (bytes * 4 + 2) / 3;
}

/// Bytes that @p characters of base64url without padding hold.
[[nodiscard]] constexpr qsizetype base64UrlBytes(qsizetype characters)
{
    return characters * 3 / 4;
}

/// Decodes base64url without padding or white space into @p out, which holds base64UrlBytes(text.size()) bytes; bits
/// left over at the end are ignored. False for any other character or length (@p out is then undefined).
[[nodiscard]] bool decodeBase64Url(QByteArrayView text, std::span<char> out);

/// Writes @p bytes as base64url without padding to @p out, which has room for base64UrlSize(bytes.size()) characters.
/// Returns the place behind the last one.
char *encodeBase64Url(QByteArrayView bytes, char *out);

/// base64url without padding.
[[nodiscard]] QByteArray toBase64Url(QByteArrayView bytes);

/// Decodes as Node's `Buffer.from(text, "base64")` does: both alphabets, `=` ends the data, other characters are
/// skipped, an odd last character is dropped. Never fails. **Source:** facts/session-protocol.md §3.4 (jose 4).
[[nodiscard]] QByteArray fromBase64Lenient(QByteArrayView text);

/// Decodes as jose 6 over `atob` does: `+` and `/` refused, ASCII white space removed, padding optional but right,
/// trailing bits ignored; nullopt for anything else. **Source:** facts/session-protocol.md §3.4 (jose 6).
[[nodiscard]] std::optional<QByteArray> fromBase64UrlStrict(QByteArrayView text);

} // namespace rollcall::jose
