#pragma once

#include <QByteArrayView>
#include <QString>

#include <optional>

namespace rollcall::jose {

/// Decodes UTF-8 as a WHATWG `TextDecoder` does: one leading byte order mark is dropped, each maximal part of a broken
/// sequence becomes one U+FFFD. (QString::fromUtf8 puts more of them.) **Source:** encoding.spec.whatwg.org, "UTF-8
/// decoder".
[[nodiscard]] QString utf8Replacing(QByteArrayView bytes);

/// The same, but nullopt where anything would have to be replaced (`fatal: true`).
[[nodiscard]] std::optional<QString> utf8Strict(QByteArrayView bytes);

} // namespace rollcall::jose
