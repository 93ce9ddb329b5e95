#pragma once

#include <QFile>

#include <utility>
#include <vector>

namespace rollcall::test {

/// Kilobytes that /proc/self/status tells in @p line ("VmRSS", "VmHWM"); 0 where it does not.
inline qint64 memoryOfThis(const char *line)
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    const QByteArrayList lines = status.readAll().split('\n');
    for (const QByteArray &one : lines) {
        if (one.startsWith(line))
            return one.simplified().split(' ').at(1).toLongLong();
    }
    return 0;
}

/// @p bytes with each bit the other way: so that who looks for them does not find his own.
inline QByteArray inverted(QByteArray bytes)
{
    for (char &byte : bytes)
        byte = static_cast<char>(~byte);
    return bytes;
}

/// In how many places from @p begin to @p end the bytes stand whose inverted() ones are @p wanted. Looks where it is,
/// and copies nothing; past what sanitizers allow, as it looks at memory that was given back too.
[[gnu::noinline]] __attribute__((no_sanitize("address", "thread", "undefined"))) inline int
placesBetween(const char *begin, const char *end, const char *wanted, qsizetype length)
{
    int places = 0;
    for (const char *at = begin; end - at >= length; ++at) {
        qsizetype same = 0;
        while (same < length && at[same] == static_cast<char>(~wanted[same]))
            ++same;
        places += same == length ? 1 : 0;
    }
    return places;
}

/// Memory that this process may write.
using MemoryRegions = std::vector<std::pair<const char *, const char *>>;

/// All there is now, but for what is larger than any heap of a test (a sanitizer's); empty where the system does not
/// tell. To be asked for before what is looked for is made: asking makes memory that was given back hold other things.
inline MemoryRegions writableMemory()
{
    constexpr quint64 largest = 256 << 20;
    MemoryRegions found;
    QFile maps(QStringLiteral("/proc/self/maps"));
    if (!maps.open(QIODevice::ReadOnly))
        return found;
    const QByteArrayList lines = maps.readAll().split('\n');
    for (const QByteArray &line : lines) { // 7f0a00000000-7f0a00021000 rw-p …
        const QByteArrayList words = line.split(' ');
        const QByteArrayList ends = words.front().split('-');
        if (words.size() < 2 || !words.at(1).startsWith("rw"))
            continue;
        const quint64 from = ends.at(0).toULongLong(nullptr, 16);
        const quint64 to = ends.at(1).toULongLong(nullptr, 16);
        if (to - from <= largest)
            found.emplace_back(reinterpret_cast<const char *>(from), reinterpret_cast<const char *>(to));
    }
    return found;
}

/// In how many places of @p regions the bytes stand whose inverted() ones are @p wanted. Only for a process in which no
/// other thread gives memory back meanwhile.
inline int placesIn(const MemoryRegions &regions, const QByteArray &wanted)
{
    int places = 0;
    for (const auto &[begin, end] : regions)
        places += placesBetween(begin, end, wanted.constData(), wanted.size());
    return places;
}

} // namespace rollcall::test
