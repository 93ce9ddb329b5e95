#include "ui/charts/LatencyAxis.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

#include "core/probe/ReportText.h"

namespace rollcall::charts {

namespace {

constexpr double mostSteps = 6; ///< of a linear axis

/// 1, 2 or 5 times a power of ten: the least such step that divides @p length into mostSteps at most.
double stepOf(double length)
{
    const double least = length / mostSteps;
    const double decade = std::pow(10, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * decade >= least)
            return factor * decade;
    }
    return 10 * decade;
}

/// @p ns in units of @p unit, with decimals where it is no whole number of them.
QString inUnits(double ns, double unit, const char *name)
{
    return QLocale().toString(std::round(100 * ns / unit) / 100, 'g', QLocale::FloatingPointShortest) +
           QLatin1Char(' ') + QString::fromUtf8(name);
}

} // namespace

LatencyAxis LatencyAxis::around(double minNs, double maxNs, LatencyScale scale)
{
    const double lowest = std::max(1.0, minNs);
    const double highest = std::max(lowest, maxNs);
    LatencyAxis axis;
    axis.scale = scale;
    if (scale == LatencyScale::Linear) {
        const double step = stepOf(highest);
        axis.lo = 0;
        axis.hi = step * std::ceil(highest / step - 1e-9);
        return axis;
    }
    axis.lo = std::pow(10, std::floor(std::log10(lowest)));
    axis.hi = std::pow(10, std::ceil(std::log10(highest)));
    if (axis.hi <= axis.lo)
        axis.hi = axis.lo * 10;
    return axis;
}

double LatencyAxis::shareOf(double ns) const
{
    return scale == LatencyScale::Linear ? ns / hi : std::log(std::max(1.0, ns) / lo) / std::log(hi / lo);
}

double LatencyAxis::at(double share) const
{
    return scale == LatencyScale::Linear ? share * hi : lo * std::pow(hi / lo, share);
}

std::vector<double> LatencyAxis::ticks() const
{
    std::vector<double> found;
    if (scale == LatencyScale::Linear) {
        const double step = stepOf(hi);
        for (int i = 0; i * step <= hi * (1 + 1e-9); ++i)
            found.push_back(i * step);
        return found;
    }
    for (double tick = lo; tick < hi * 1.5; tick *= 10)
        found.push_back(tick);
    return found;
}

std::vector<double> LatencyAxis::minorTicks() const
{
    std::vector<double> ticks;
    for (double tick = lo; scale == LatencyScale::Log && tick < hi * 0.5; tick *= 10) {
        for (int k = 2; k < 10; ++k)
            ticks.push_back(tick * k);
    }
    return ticks;
}

QString tickLabel(double ns)
{
    if (ns >= 0.999e9)
        return inUnits(ns, 1e9, "s");
    if (ns >= 0.999e6)
        return inUnits(ns, 1e6, "ms");
    if (ns >= 0.999e3)
        return inUnits(ns, 1e3, "µs");
    return ns > 0 ? inUnits(ns, 1, "ns") : QStringLiteral("0");
}

QString latencyText(qint64 ns)
{
    const probe::DurationParts parts = probe::durationParts(static_cast<double>(ns));
    return QLocale().toString(parts.number, 'f', parts.decimals) + QChar(0xa0) + QString::fromUtf8(parts.unit);
}

QString percentText(double percent, int decimals)
{
    return QCoreApplication::translate("charts", "%1 %").arg(QLocale().toString(percent, 'f', decimals));
}

QString ratioText(double ratio)
{
    return QLocale().toString(ratio, 'f', ratio < 9.95 ? 1 : 0) + QChar(0xd7);
}

} // namespace rollcall::charts
