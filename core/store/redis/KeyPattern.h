#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace rollcall::store {

/// The pattern of all keys that begin with @p prefix, as SCAN takes it: what means something there is escaped.
/// **Source:** redis.io/docs/latest/commands/keys (glob-style patterns). **Thread-safety:** thread-safe.
[[nodiscard]] QByteArray patternOf(const QByteArray &prefix);

/// What stands before the `*` of such a pattern, unescaped; nullopt where the text is no prefix and a `*` behind it.
[[nodiscard]] std::optional<QByteArray> prefixOf(const QString &pattern);

} // namespace rollcall::store
