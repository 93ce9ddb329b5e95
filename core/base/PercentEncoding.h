#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <string_view>

namespace rollcall::base {

/// The value of a hexadecimal digit; -1 for other characters.
[[nodiscard]] int hexDigit(char c);

/// Bytes with every `%XX` replaced by the byte it stands for; other `%` stay. Never fails.
[[nodiscard]] QByteArray percentDecoded(QByteArrayView text);

/// @p text (UTF-8) with controls, bytes beyond ASCII and the characters of @p also percent-encoded; `%` stays.
/// **Source:** url.spec.whatwg.org, "percent-encode sets".
[[nodiscard]] QByteArray percentEncoded(QByteArrayView text, std::string_view also);

/// How the characters of a text stand in its bytes.
enum class TextForm { Utf8, Latin1 };

/// `decodeURIComponent(text)` as UTF-8; nullopt where it throws: a `%` without two hexadecimal digits, or bytes that
/// are no UTF-8. What is decoded of a text that fails is wiped. **Source:** ECMA-262, Decode.
[[nodiscard]] std::optional<QByteArray> decodeUriComponent(QByteArrayView text, TextForm form);

/// Bytes that decodeUriComponent() writes at most.
[[nodiscard]] inline qsizetype decodedRoom(QByteArrayView text, TextForm form)
{
    return form == TextForm::Latin1 ? text.size() * 2 : text.size();
}

/// The same into @p out, which has decodedRoom(); where the text ends, nullptr where JavaScript throws. What was
/// written, which may be anywhere in that room, is the caller's to wipe, in both cases.
[[nodiscard]] char *decodeUriComponent(QByteArrayView text, TextForm form, char *out);

/// The UTF-8 of Latin-1 characters.
[[nodiscard]] QByteArray fromLatin1(QByteArrayView text);

/// Whether @p text has no byte beyond ASCII.
[[nodiscard]] bool isAscii(QByteArrayView text);

} // namespace rollcall::base
