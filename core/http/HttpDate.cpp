#include "core/http/HttpDate.h"

#include <QDateTime>
#include <QLocale>

#include <chrono>
#include <cstdlib>

#include "core/base/JsDate.h"

namespace rollcall::http {

namespace {

const QString &imfFixdate()
{
    static const QString format = QStringLiteral("ddd, dd MMM yyyy HH:mm:ss 'GMT'");
    return format;
}

} // namespace

QByteArray httpDate(base::Instant instant)
{
    QByteArray text(longestHttpDate, Qt::Uninitialized);
    base::TextWriter writer(text.data());
    putHttpDate(writer, instant);
    text.truncate(writer.at() - text.constData());
    return text;
}

void putHttpDate(base::TextWriter &writer, base::Instant instant)
{
    // By hand: a locale's formatting takes longer than opening a token.
    using namespace std::chrono;
    static constexpr char dayNames[] = "SunMonTueWedThuFriSat";
    static constexpr char monthNames[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto day = floor<days>(instant);
    const base::CivilDay date = base::civilDay(day);
    const hh_mm_ss time(floor<seconds>(instant) - day);
    writer.put(QByteArrayView(dayNames + 3 * weekday(day).c_encoding(), 3));
    writer.put(", ");
    writer.putPair(date.day);
    writer.put(' ');
    writer.put(QByteArrayView(monthNames + qsizetype{3} * (date.month - 1), 3));
    writer.put(' ');
    if (date.year < 0)
        writer.put('-');
    const qint64 year = std::abs(date.year);
    if (year > 9999)
        writer.putNumber(year);
    else
        writer.putFour(static_cast<unsigned>(year));
    writer.put(' ');
    writer.putPair(static_cast<unsigned>(time.hours().count()));
    writer.put(':');
    writer.putPair(static_cast<unsigned>(time.minutes().count()));
    writer.put(':');
    writer.putPair(static_cast<unsigned>(time.seconds().count()));
    writer.put(" GMT");
}

std::optional<base::Instant> parseHttpDate(QByteArrayView text)
{
    QDateTime time = QLocale::c().toDateTime(QString::fromLatin1(text), imfFixdate());
    if (!time.isValid())
        return std::nullopt;
    time.setTimeSpec(Qt::UTC);
    return base::Instant(std::chrono::milliseconds(time.toMSecsSinceEpoch()));
}

} // namespace rollcall::http
