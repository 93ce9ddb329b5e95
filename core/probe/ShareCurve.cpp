#include "core/probe/ShareCurve.h"

#include <algorithm>

#include "core/probe/Histogram.h"

namespace rollcall::probe {

double ShareCurve::share(std::size_t index) const
{
    return total == 0 ? 0 : static_cast<double>(within[index]) / static_cast<double>(total);
}

ShareCurve shareCurve(const CellResult &cell, qint64 timeoutNs, std::span<const double> limitsNs)
{
    ShareCurve curve;
    curve.within.assign(limitsNs.size(), 0);
    const auto histogram = Histogram::decode(cell.histogram);
    if (!histogram || !cell.response.max)
        return curve;
    curve.total = static_cast<qint64>(histogram->total());
    const auto cumulative = histogram->cumulative();
    auto next = cumulative.begin();
    qint64 count = 0;
    qint64 inTime = 0; // before the timeout: none of these is one
    for (std::size_t i = 0; i < limitsNs.size(); ++i) {
        for (; next != cumulative.end(); ++next) {
            const qint64 end = std::min(next->first, *cell.response.max); // nothing lies beyond it in the last bucket
            if (static_cast<double>(end) > limitsNs[i])
                break;
            count = static_cast<qint64>(next->second);
            if (end < timeoutNs)
                inTime = count;
        }
        // Which of the later ones are timeouts the histogram does not say.
        curve.within[i] = std::max(inTime, count - cell.censored);
    }
    return curve;
}

} // namespace rollcall::probe
