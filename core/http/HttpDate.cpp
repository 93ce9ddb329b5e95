#include "core/http/HttpDate.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <chrono>

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
    // By hand: a locale's formatting takes longer than opening a token.
    using namespace std::chrono;
    static constexpr char dayNames[] = "SunMonTueWedThuFriSat";
    static constexpr char monthNames[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto day = floor<days>(instant);
    const year_month_day date(day);
    const hh_mm_ss time(floor<seconds>(instant) - day);
    QByteArray text;
    text.reserve(29);
    const auto append = [&text](unsigned number, unsigned digits) {
        const QByteArray written = QByteArray::number(number);
        text.append(std::max<qsizetype>(0, static_cast<qsizetype>(digits) - written.size()), '0').append(written);
    };
    text.append(dayNames + 3 * weekday(day).c_encoding(), 3).append(", ");
    append(static_cast<unsigned>(date.day()), 2);
    text.append(' ').append(monthNames + 3 * (static_cast<unsigned>(date.month()) - 1), 3).append(' ');
    append(static_cast<unsigned>(std::max(0, static_cast<int>(date.year()))), 4);
    text.append(' ');
    append(static_cast<unsigned>(time.hours().count()), 2);
    text.append(':');
    append(static_cast<unsigned>(time.minutes().count()), 2);
    text.append(':');
    append(static_cast<unsigned>(time.seconds().count()), 2);
    return text.append(" GMT");
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
