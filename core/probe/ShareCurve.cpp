#include "core/probe/ShareCurve.h"

#include "core/probe/Histogram.h"

namespace rollcall::probe {

double ShareCurve::share(std::size_t index) const
{
    return total == 0 ? 0 : static_cast<double>(within[index]) / static_cast<double>(total);
}

ShareCurve shareCurve(const CellResult &cell, std::span<const double> limitsNs)
{
    ShareCurve curve;
    curve.within.assign(limitsNs.size(), 0);
    const auto histogram = Histogram::decode(cell.histogram);
    if (!histogram)
        return curve;
    curve.total = static_cast<qint64>(histogram->total());
    const auto cumulative = histogram->cumulative();
    auto next = cumulative.begin();
    qint64 count = 0;
    for (std::size_t i = 0; i < limitsNs.size(); ++i) {
        for (; next != cumulative.end() && static_cast<double>(next->first) <= limitsNs[i]; ++next)
            count = static_cast<qint64>(next->second);
        curve.within[i] = count;
    }
    return curve;
}

} // namespace rollcall::probe
