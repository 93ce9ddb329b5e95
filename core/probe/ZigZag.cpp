#include "core/probe/ZigZag.h"

#include <array>

namespace rollcall::probe {

void appendZigZag(QByteArray &bytes, qint64 value)
{
    quint64 zigzag = (static_cast<quint64>(value) << 1) ^ static_cast<quint64>(value >> 63);
    std::array<char, 10> number; // NOLINT: as much of it as is appended is written
    std::size_t length = 0;
    while (zigzag >= 0x80) {
        number[length++] = static_cast<char>((zigzag & 0x7f) | 0x80);
        zigzag >>= 7;
    }
    number[length++] = static_cast<char>(zigzag);
    bytes.append(number.data(), static_cast<qsizetype>(length)); // once: by the byte it takes thrice as long
}

std::optional<qint64> takeZigZag(const QByteArray &bytes, qsizetype &at)
{
    quint64 zigzag = 0;
    for (unsigned shift = 0; at < bytes.size() && shift < 63; shift += 7) {
        const quint64 byte = static_cast<quint8>(bytes.at(at++));
        zigzag |= (byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return static_cast<qint64>(zigzag >> 1) ^ -static_cast<qint64>(zigzag & 1);
    }
    return std::nullopt;
}

} // namespace rollcall::probe
