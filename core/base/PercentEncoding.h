#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <string_view>

namespace rollcall::base {

/// The value of a hexadecimal digit; -1 for other characters.
[[nodiscard]] int hexDigit(char c);

/// Bytes with every `%XX` replaced by the byte it stands for; other `%` stay. Never fails.
[[nodiscard]] QByteArray percentDecoded(QByteArrayView text);

/// @p text (UTF-8) with controls, bytes beyond ASCII and the characters of @p also percent-encoded; `%` stays.
/// **Source:** url.spec.whatwg.org, "percent-encode sets".
[[nodiscard]] QByteArray percentEncoded(QByteArrayView text, std::string_view also);

} // namespace rollcall::base
