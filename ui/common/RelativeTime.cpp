#include "ui/common/RelativeTime.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

namespace rollcall::common {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("RelativeTime", text);
}

/// The largest unit that fits and the one below it, where that is not zero.
QString twoUnits(qint64 seconds)
{
    const qint64 minutes = seconds / 60;
    const qint64 hours = minutes / 60;
    const qint64 days = hours / 24;
    const auto both = [](qint64 large, const QString &largeUnit, qint64 small, const QString &smallUnit) {
        const QString first = QStringLiteral("%1 %2").arg(large).arg(largeUnit);
        return small == 0 ? first : QStringLiteral("%1 %2 %3").arg(first).arg(small).arg(smallUnit);
    };
    if (days > 0) {
        return both(days, tr("d"), hours % 24, tr("h"));
    }
    if (hours > 0) {
        return both(hours, tr("h"), minutes % 60, tr("min"));
    }
    if (minutes > 0) {
        return both(minutes, tr("min"), 0, {});
    }
    return both(seconds, tr("s"), 0, {});
}

QDateTime local(base::Instant instant)
{
    return QDateTime::fromMSecsSinceEpoch(instant.time_since_epoch().count());
}

/// Three significant digits, without an exponent.
QString threeDigits(double value)
{
    const int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    QString text = QLocale().toString(value, 'f', decimals);
    if (decimals > 0) {
        while (text.endsWith(QLatin1Char('0'))) {
            text.chop(1);
        }
        if (text.endsWith(QLocale().decimalPoint())) {
            text.chop(1);
        }
    }
    return text;
}

} // namespace

QString relativeText(base::Instant then, base::Instant now)
{
    const auto distance = std::chrono::duration_cast<std::chrono::seconds>(then - now).count();
    if (distance == 0) {
        return tr("now");
    }
    return distance > 0 ? tr("in %1").arg(twoUnits(distance)) : tr("%1 ago").arg(twoUnits(-distance));
}

QString exactText(base::Instant then, base::Instant now)
{
    const QDateTime when = local(then);
    const bool sameYear = when.date().year() == local(now).date().year();
    return QLocale().toString(when, sameYear ? QStringLiteral("dd MMM HH:mm") : QStringLiteral("dd MMM yyyy HH:mm"));
}

QString clockText(base::Instant then)
{
    return local(then).time().toString(QStringLiteral("HH:mm:ss"));
}

QString durationText(std::chrono::nanoseconds duration)
{
    const double milliseconds = static_cast<double>(duration.count()) / 1e6;
    if (milliseconds < 0.01) {
        return tr("%1 µs").arg(threeDigits(milliseconds * 1e3));
    }
    if (milliseconds < 999.5) {
        return tr("%1 ms").arg(threeDigits(milliseconds));
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    if (seconds < 60) {
        return tr("%1 s").arg(threeDigits(milliseconds / 1e3));
    }
    if (seconds % 60 == 0) {
        return tr("%1 min").arg(seconds / 60);
    }
    return tr("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
}

} // namespace rollcall::common
