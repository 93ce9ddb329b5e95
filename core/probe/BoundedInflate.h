#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace rollcall::probe {

/// Inflates a zlib stream (RFC 1950) that gives at most @p most bytes; nullopt where it is broken, cut off or gives
/// more: no more than that is ever held, whatever a file from elsewhere says. **Thread-safety:** thread-safe.
[[nodiscard]] std::optional<QByteArray> inflateZlib(QByteArrayView compressed, qsizetype most);

} // namespace rollcall::probe
