#include "core/store/schema/ExpiresCodec.h"

#include <QDateTime>

#include <charconv>
#include <limits>

namespace rollcall::store {

namespace {

using std::chrono::microseconds;

constexpr qint64 perSecond = 1'000'000;
constexpr qint64 perMillisecond = 1000;

/// ISO text taken apart. Offsets in minutes; nullopt where there is no suffix.
struct IsoParts
{
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    qint64 fraction = 0; ///< microseconds
    int fractionDigits = 0;
    char separator = 'T';
    QByteArrayView suffix; ///< as written, a blank before it included
    std::optional<int> offset;
};

/// A cursor over text that reads fixed numbers of digits.
struct Reader
{
    QByteArrayView rest;

    bool take(char c)
    {
        if (rest.isEmpty() || rest.front() != c)
            return false;
        rest = rest.sliced(1);
        return true;
    }
    bool number(int digits, int &value)
    {
        if (rest.size() < digits)
            return false;
        value = 0;
        for (const char c : rest.first(digits)) {
            if (c < '0' || c > '9')
                return false;
            value = value * 10 + (c - '0');
        }
        rest = rest.sliced(digits);
        return true;
    }
};

bool readFraction(Reader &reader, IsoParts &parts)
{
    while (!reader.rest.isEmpty() && reader.rest.front() >= '0' && reader.rest.front() <= '9') {
        if (parts.fractionDigits >= 9)
            return false;
        if (parts.fractionDigits < 6)
            parts.fraction = parts.fraction * 10 + (reader.rest.front() - '0');
        ++parts.fractionDigits;
        reader.rest = reader.rest.sliced(1);
    }
    for (int digits = parts.fractionDigits; digits < 6; ++digits)
        parts.fraction *= 10;
    return parts.fractionDigits > 0;
}

bool readSuffix(Reader &reader, IsoParts &parts)
{
    parts.suffix = reader.rest;
    if (reader.rest.isEmpty())
        return true;
    reader.take(' ');
    if (reader.take('Z')) {
        parts.offset = 0;
        return reader.rest.isEmpty();
    }
    const bool negative = reader.take('-');
    if (!negative && !reader.take('+'))
        return false;
    int hours = 0;
    int minutes = 0;
    if (!reader.number(2, hours))
        return false;
    if (!reader.rest.isEmpty()) {
        reader.take(':');
        if (!reader.number(2, minutes))
            return false;
    }
    parts.offset = (negative ? -1 : 1) * (hours * 60 + minutes);
    return hours <= 15 && minutes < 60 && reader.rest.isEmpty();
}

std::optional<IsoParts> readIso(QByteArrayView text)
{
    IsoParts parts;
    Reader reader{text};
    if (!reader.number(4, parts.year) || !reader.take('-') || !reader.number(2, parts.month) || !reader.take('-') ||
        !reader.number(2, parts.day))
        return std::nullopt;
    // Days beyond a month's end run on into the next, as the SQL form of this codec has them.
    if (parts.month < 1 || parts.month > 12 || parts.day < 1 || parts.day > 31)
        return std::nullopt;
    if (reader.rest.isEmpty())
        return parts;
    parts.separator = reader.rest.front();
    if (!reader.take('T') && !reader.take(' '))
        return std::nullopt;
    if (!reader.number(2, parts.hour) || !reader.take(':') || !reader.number(2, parts.minute))
        return std::nullopt;
    if (reader.take(':')) {
        if (!reader.number(2, parts.second))
            return std::nullopt;
        if (reader.take('.') && !readFraction(reader, parts))
            return std::nullopt;
    }
    if (parts.hour > 23 || parts.minute > 59 || parts.second > 59 || !readSuffix(reader, parts))
        return std::nullopt;
    return parts;
}

qint64 wallMicroseconds(const IsoParts &parts)
{
    using namespace std::chrono;
    const sys_days date =
        sys_days(year(parts.year) / month(static_cast<unsigned>(parts.month)) / 1) + days(parts.day - 1);
    const auto time = hours(parts.hour) + minutes(parts.minute) + seconds(parts.second);
    return duration_cast<microseconds>(date.time_since_epoch() + time).count() + parts.fraction;
}

/// The instant of a wall clock in @p zone.
qint64 fromWall(qint64 wall, const QTimeZone &zone)
{
    if (zone == QTimeZone::utc())
        return wall;
    const qint64 seconds = (wall >= 0 ? wall : wall - perSecond + 1) / perSecond;
    const QDateTime asUtc = QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC);
    const QDateTime local(asUtc.date(), asUtc.time(), zone);
    return local.toSecsSinceEpoch() * perSecond + (wall - seconds * perSecond);
}

StoredInstant finite(qint64 value, qint64 unit)
{
    constexpr qint64 limit = std::numeric_limits<qint64>::max();
    if (value > limit / unit || value < -limit / unit)
        return {};
    return {StoredInstant::Kind::Finite, value * unit};
}

std::optional<qint64> readDigits(QByteArrayView text)
{
    qint64 value = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), value);
    if (error != std::errc() || end != text.end())
        return std::nullopt;
    return value;
}

qint64 unitOf(ExpiresEncoding encoding)
{
    switch (encoding) {
    case ExpiresEncoding::EpochSeconds:
        return perSecond;
    case ExpiresEncoding::EpochMilliseconds:
    case ExpiresEncoding::TextEpochMilliseconds:
        return perMillisecond;
    case ExpiresEncoding::EpochMicroseconds:
        return 1;
    case ExpiresEncoding::Timestamptz:
    case ExpiresEncoding::TimestampNaive:
    case ExpiresEncoding::TextIso:
    case ExpiresEncoding::Mixed:
        break;
    }
    return 0;
}

std::optional<ExpiresEncoding> byMagnitude(qint64 value)
{
    if (value >= 100'000'000'000'000)
        return ExpiresEncoding::EpochMicroseconds;
    if (value >= 100'000'000'000)
        return ExpiresEncoding::EpochMilliseconds;
    if (value >= 100'000'000)
        return ExpiresEncoding::EpochSeconds;
    return std::nullopt;
}

} // namespace

std::optional<base::Instant> StoredInstant::instant() const
{
    using namespace std::chrono;
    if (kind != Kind::Finite)
        return std::nullopt;
    const base::Instant at(floor<milliseconds>(std::chrono::microseconds(microseconds)));
    if (at < sys_days(year(0) / January / 1) || at >= sys_days(year(10'000) / January / 1))
        return std::nullopt;
    return at;
}

StoredInstant readEpoch(qint64 value, ExpiresEncoding encoding)
{
    if (const qint64 unit = unitOf(encoding); unit > 0)
        return finite(value, unit);
    const auto guessed = byMagnitude(value);
    return guessed ? finite(value, unitOf(*guessed)) : StoredInstant{};
}

StoredInstant readInstant(QByteArrayView text, const QTimeZone &zone)
{
    if (text == "infinity")
        return {StoredInstant::Kind::PlusInfinity, 0};
    if (text == "-infinity")
        return {StoredInstant::Kind::MinusInfinity, 0};
    if (const auto digits = readDigits(text))
        return readEpoch(*digits, ExpiresEncoding::Mixed);
    const auto parts = readIso(text);
    if (!parts)
        return {};
    const qint64 wall = wallMicroseconds(*parts);
    if (parts->offset)
        return {StoredInstant::Kind::Finite, wall - qint64{*parts->offset} * 60 * perSecond};
    return {StoredInstant::Kind::Finite, fromWall(wall, zone)};
}

std::optional<ExpiresEncoding> encodingOf(QByteArrayView text, bool isInteger)
{
    if (const auto digits = readDigits(text)) {
        const auto encoding = byMagnitude(*digits);
        if (isInteger || !encoding)
            return encoding;
        return *encoding == ExpiresEncoding::EpochMilliseconds ? ExpiresEncoding::TextEpochMilliseconds
                                                               : ExpiresEncoding::Mixed;
    }
    if (readIso(text))
        return ExpiresEncoding::TextIso;
    return std::nullopt;
}

bool namesNoZone(QByteArrayView text)
{
    return encodingOf(text, false) == ExpiresEncoding::TextIso &&
           readInstant(text, QTimeZone::utc()) != readInstant(text, QTimeZone(3600));
}

std::optional<std::chrono::hours> zoneOffsetHint(base::Instant newest, base::Instant now,
                                                 std::span<const std::chrono::seconds> lifetimes)
{
    using namespace std::chrono;
    constexpr auto slack = minutes(3); // the newest sign-in lies that little back, where the table is in use
    for (const seconds lifetime : lifetimes) {
        const auto offset = newest - now - lifetime;
        const auto whole = round<hours>(offset);
        if (whole != hours(0) && abs(whole) <= hours(14) && abs(offset - whole) < slack)
            return whole;
    }
    return std::nullopt;
}

qint64 epochRoundedUp(base::Instant instant, ExpiresEncoding encoding)
{
    const qint64 unit = unitOf(encoding);
    const qint64 value = microseconds(instant.time_since_epoch()).count();
    if (unit == 0)
        return value;
    const qint64 quotient = value / unit;
    return value % unit > 0 ? quotient + 1 : quotient;
}

QByteArray writeLike(QByteArrayView sample, base::Instant instant, const QTimeZone &zone)
{
    if (const auto digits = readDigits(sample)) {
        if (const auto encoding = byMagnitude(*digits))
            return QByteArray::number(microseconds(instant.time_since_epoch()).count() / unitOf(*encoding));
    }
    auto parts = readIso(sample);
    if (!parts) {
        parts.emplace();
        parts->fractionDigits = 3;
        parts->suffix = QByteArrayView("Z");
        parts->offset = 0;
    }
    const QDateTime utc = QDateTime::fromMSecsSinceEpoch(instant.time_since_epoch().count(), Qt::UTC);
    const QDateTime wall = parts->offset ? utc.addSecs(qint64{*parts->offset} * 60) : utc.toTimeZone(zone);
    QByteArray text = wall.date().toString(Qt::ISODate).toLatin1() + parts->separator +
                      wall.time().toString(QStringLiteral("HH:mm:ss")).toLatin1();
    if (parts->fractionDigits > 0) {
        const QByteArray fraction = QByteArray::number(wall.time().msec()).rightJustified(3, '0');
        text += '.' + fraction.leftJustified(parts->fractionDigits, '0', true);
    }
    return text += parts->suffix;
}

} // namespace rollcall::store
