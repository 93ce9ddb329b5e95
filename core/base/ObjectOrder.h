#pragma once

#include <QStringView>

#include <optional>

namespace rollcall::base {

/// The array index that @p name spells: canonical decimal digits of a value up to 2^32 - 2; nullopt for any other name.
/// JavaScript objects list such members first, in ascending order, whatever order they were added in.
/// **Source:** ECMA-262, OrdinaryOwnPropertyKeys and "array index". **Thread-safety:** a pure function.
[[nodiscard]] std::optional<quint32> arrayIndex(QStringView name);

} // namespace rollcall::base
