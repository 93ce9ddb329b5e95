#pragma once

#include <QByteArrayView>
#include <QString>

#include <optional>

namespace rollcall::jose {

/// Decodes UTF-8 as a WHATWG `TextDecoder` does: one leading byte order mark is dropped, each maximal part of a broken
/// sequence becomes one U+FFFD. (QString::fromUtf8 puts more of them.) **Source:** encoding.spec.whatwg.org, "UTF-8
/// decoder".
[[nodiscard]] QString utf8Replacing(QByteArrayView bytes);

/// Decodes valid UTF-8 as it stands, with a leading byte order mark too (QString::fromUtf8 drops one), as JavaScript's
/// `decodeURIComponent` does; what is broken becomes U+FFFD.
[[nodiscard]] QString utf8Whole(QByteArrayView bytes);

/// utf8Replacing(), but nullopt where anything would have to be replaced (`fatal: true`).
[[nodiscard]] std::optional<QString> utf8Strict(QByteArrayView bytes);

} // namespace rollcall::jose
