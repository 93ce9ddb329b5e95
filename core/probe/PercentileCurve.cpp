#include "core/probe/PercentileCurve.h"

#include <algorithm>
#include <cmath>

#include "core/probe/Histogram.h"

namespace rollcall::probe {

namespace {

constexpr double mostNines = 3;

/// The value of rank @p rank among ascending (upper bound, cumulative count) pairs.
qint64 atRank(const std::vector<std::pair<qint64, quint64>> &cumulative, quint64 rank)
{
    const auto at = std::lower_bound(cumulative.begin(), cumulative.end(), rank,
                                     [](const auto &bucket, quint64 wanted) { return bucket.second < wanted; });
    return at == cumulative.end() ? cumulative.back().first : at->first;
}

} // namespace

double ninesOfSamples(qint64 n)
{
    if (n < 1)
        return 0;
    const double last = std::exp(std::log(0.025) / static_cast<double>(n)); // n = ln 0.025 / ln p, turned round
    return std::min(mostNines, -std::log10(1 - last));
}

std::vector<CurvePoint> percentileCurve(const CellResult &cell, int steps)
{
    const auto histogram = Histogram::decode(cell.histogram);
    if (!histogram || histogram->total() == 0)
        return {};
    const auto cumulative = histogram->cumulative();
    const auto n = static_cast<double>(histogram->total());
    const double end = ninesOfSamples(static_cast<qint64>(histogram->total()));
    std::vector<CurvePoint> points;
    for (int i = 0; i <= steps; ++i) {
        CurvePoint point;
        point.nines = end * i / steps;
        const double p = 1 - std::pow(10, -point.nines);
        point.value = atRank(cumulative, std::max<quint64>(1, static_cast<quint64>(std::ceil(p * n))));
        if (p > 0) {
            if (const auto ranks = binomialRanks(static_cast<qsizetype>(histogram->total()), p)) {
                point.interval = Interval{atRank(cumulative, static_cast<quint64>(ranks->lo)),
                                          atRank(cumulative, static_cast<quint64>(ranks->hi))};
            }
        }
        points.push_back(point);
    }
    return points;
}

} // namespace rollcall::probe
