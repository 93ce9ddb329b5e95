#include "ui/charts/LatencyAxis.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace rollcall::charts {

LatencyAxis LatencyAxis::around(double minNs, double maxNs)
{
    const double lowest = std::max(1.0, minNs);
    const double highest = std::max(lowest, maxNs);
    LatencyAxis axis;
    axis.lo = std::pow(10, std::floor(std::log10(lowest)));
    axis.hi = std::pow(10, std::ceil(std::log10(highest)));
    if (axis.hi <= axis.lo)
        axis.hi = axis.lo * 10;
    return axis;
}

std::vector<double> LatencyAxis::decades() const
{
    std::vector<double> ticks;
    for (double tick = lo; tick < hi * 1.5; tick *= 10)
        ticks.push_back(tick);
    return ticks;
}

std::vector<double> LatencyAxis::minorTicks() const
{
    std::vector<double> ticks;
    for (double tick = lo; tick < hi * 0.5; tick *= 10) {
        for (int k = 2; k < 10; ++k)
            ticks.push_back(tick * k);
    }
    return ticks;
}

QString tickLabel(double ns)
{
    if (ns >= 0.999e9)
        return QStringLiteral("%1 s").arg(std::llround(ns / 1e9));
    if (ns >= 0.999e6)
        return QStringLiteral("%1 ms").arg(std::llround(ns / 1e6));
    if (ns >= 0.999e3)
        return QStringLiteral("%1 µs").arg(std::llround(ns / 1e3));
    return QStringLiteral("%1 ns").arg(std::llround(ns));
}

QString latencyText(qint64 ns)
{
    const auto value = static_cast<double>(ns);
    double unit = 1;
    QString name = QStringLiteral("ns");
    for (const auto &[size, word] : {std::pair(1e9, u" s"), std::pair(1e6, u" ms"), std::pair(1e3, u" µs")}) {
        if (value >= size * 0.9995) {
            unit = size;
            name = QString::fromUtf16(word).trimmed();
            break;
        }
    }
    const double shown = value / unit;
    const int decimals = shown >= 99.95 || unit == 1 ? 0 : shown >= 9.995 ? 1 : 2;
    return QLocale().toString(shown, 'f', decimals) + QChar(0xa0) + name;
}

QString ratioText(double ratio)
{
    return QLocale().toString(ratio, 'f', ratio < 9.95 ? 1 : 0) + QChar(0xd7);
}

} // namespace rollcall::charts
