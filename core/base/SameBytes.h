#pragma once

#include <QByteArrayView>

#include <cstring>

namespace rollcall::base {

/// Whether @p a and @p b are the same bytes, for names and other short texts: the library's comparison, which is made
/// for long ones, takes longer to begin than this takes to end. Not for secrets: the time says where they differ.
/// **Thread-safety:** a pure function.
[[nodiscard]] inline bool isSameBytes(QByteArrayView a, QByteArrayView b)
{
    constexpr qsizetype step = sizeof(quint64);
    const qsizetype size = a.size();
    if (size != b.size())
        return false;
    // One text is often a copy of the other, which shares its memory.
    if (a.data() == b.data())
        return true;
    const auto differ = [&](qsizetype at) {
        quint64 x = 0;
        quint64 y = 0;
        std::memcpy(&x, a.data() + at, sizeof x);
        std::memcpy(&y, b.data() + at, sizeof y);
        return x != y;
    };
    if (size < step) {
        for (qsizetype at = 0; at < size; ++at) {
            if (a.data()[at] != b.data()[at])
                return false;
        }
        return true;
    }
    for (qsizetype at = 0; at < size - step; at += step) {
        if (differ(at))
            return false;
    }
    // What is left, together with what came before.
    return !differ(size - step);
}

/// Whether @p text begins with @p start; as isSameBytes().
[[nodiscard]] inline bool beginsWith(QByteArrayView text, QByteArrayView start)
{
    return text.size() >= start.size() && isSameBytes(text.first(start.size()), start);
}

} // namespace rollcall::base
