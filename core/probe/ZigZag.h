#pragma once

#include <QByteArray>

#include <optional>

namespace rollcall::probe {

/// Appends @p value as a ZigZag LEB128 number: seven bits a byte, small magnitudes short. Our magnitudes stay below
/// 2^62, where this is the same as HdrHistogram's 64-bit, nine-byte form.
void appendZigZag(QByteArray &bytes, qint64 value);

/// Reads one such number at @p at, which moves behind it; nullopt where @p bytes end within it or it is too long.
[[nodiscard]] std::optional<qint64> takeZigZag(const QByteArray &bytes, qsizetype &at);

} // namespace rollcall::probe
