#pragma once

#include <QByteArrayView>

#include <array>
#include <initializer_list>

namespace rollcall::base {

/// SHA-256 in 64 lower-case hex digits.
using Sha256Hex = std::array<char, 64>;

/// The digest of @p parts, one behind the other, for short texts that are hashed often: it looks nothing up,
/// allocates nothing up to 247 bytes, leaves no copy of them, and uses the processor's own instructions.
/// **Thread-safety:** a pure function.
[[nodiscard]] Sha256Hex sha256Hex(std::initializer_list<QByteArrayView> parts);

} // namespace rollcall::base
