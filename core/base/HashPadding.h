#pragma once

#include <QByteArrayView>
#include <QVarLengthArray>
#include <QtEndian>

#include <cstring>
#include <initializer_list>

#include "core/base/TextWriter.h"

namespace rollcall::base {

/// The message of @p parts with what ends it in SHA-256 and SHA-512, a bit and its length in bits: whole blocks of
/// @p block bytes. Blocks that lie one behind the other are hashed by one call, while hashing the parts and the end
/// makes it several, and copies between. @p before: bytes that were hashed already. Up to @p usual bytes are not
/// allocated; the caller wipes the copy where it is secret. **Thread-safety:** a pure function. **Source:** FIPS
/// 180-4, 5.1.
template <qsizetype usual>
[[nodiscard]] QVarLengthArray<char, usual> padded(std::initializer_list<QByteArrayView> parts, qsizetype block,
                                                  quint64 before = 0)
{
    const qsizetype lengthBytes = block / 8;
    qsizetype size = 0;
    for (const QByteArrayView part : parts)
        size += part.size();
    QVarLengthArray<char, usual> message((size + lengthBytes) / block * block + block);
    TextWriter writer(message.data());
    for (const QByteArrayView part : parts)
        writer.put(part);
    writer.put('\x80');
    std::memset(writer.at(), 0, static_cast<std::size_t>(message.size() - size - 1));
    qToBigEndian(8 * (before + static_cast<quint64>(size)), message.data() + message.size() - sizeof(quint64));
    return message;
}

} // namespace rollcall::base
