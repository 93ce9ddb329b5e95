#include "core/probe/RunChecks.h"

#include <algorithm>
#include <cmath>

#include "core/probe/Comparison.h"
#include "core/probe/Quantiles.h"
#include "core/probe/RunComparison.h"
#include "core/probe/SteadyState.h"

namespace rollcall::probe {

namespace {

constexpr std::size_t leastForOccupancy = 100;
constexpr double occupancyTolerance = 0.02;

/// The median service time of the ok samples for which @p wanted holds.
template <typename Wanted>
double medianWhere(std::span<const Sample> samples, Wanted wanted)
{
    std::vector<qint64> times;
    for (const Sample &sample : samples) {
        if (sample.outcome == Outcome::Ok && wanted(sample))
            times.push_back(sample.serviceNs());
    }
    return times.empty() ? 0 : takeMedian(times);
}

/// Whether one median being @p ratio times the other, which is @p ns, matters to anybody.
bool matters(double ratio, double ns)
{
    return (ratio > sameRatio || ratio < 1 / sameRatio) && std::abs(ratio - 1) * ns > static_cast<double>(sameNs);
}

/// What of the time between two moments lies in none of @p pauses.
qint64 nsBeside(std::span<const TimeRange> pauses, qint64 fromNs, qint64 toNs)
{
    qint64 length = std::max<qint64>(0, toNs - fromNs);
    for (const TimeRange &pause : pauses)
        length -= std::max<qint64>(0, std::min(toNs, pause.toNs) - std::max(fromNs, pause.fromNs));
    return length;
}

QJsonValue orNull(const std::optional<double> &number)
{
    return number ? QJsonValue(*number) : QJsonValue();
}

} // namespace

QJsonValue controlCheck(std::span<const Sample> a, std::span<const Sample> b, const RunSetup &setup)
{
    const CellId &id = setup.cells[*setup.controlOf].id;
    const auto comparison = compareMedians(id, a, id, b, !setup.closed, setup.seed);
    if (!comparison)
        return {};
    const bool differs = comparison->lo && (*comparison->lo > 1 || *comparison->hi < 1);
    const double usual = medianWhere(b, [](const Sample &) { return true; });
    return QJsonObject{{QStringLiteral("route"), id.route},
                       {QStringLiteral("mode"), probeModeName(id.mode)},
                       {QStringLiteral("ratio"), comparison->ratio},
                       {QStringLiteral("lo"), orNull(comparison->lo)},
                       {QStringLiteral("hi"), orNull(comparison->hi)},
                       {QStringLiteral("blocks"), comparison->blocks},
                       {QStringLiteral("stable"), !(differs && matters(comparison->ratio, usual))}};
}

QJsonValue levelCheck(std::span<const Sample> samples, const RunSetup &setup)
{
    int first = std::numeric_limits<int>::max();
    for (const Sample &sample : samples)
        first = std::min(first, sample.warmup ? first : sample.block);
    const BlockLevels levels = blockLevels(samples, setup.cellIds(true, false), first);
    const auto change = levelChange(levels.levels, setup.seed);
    if (!change)
        return {};
    const int block = levels.blocks[*change];
    const auto measured = [&setup](const Sample &sample) {
        return !sample.warmup && isNetwork(setup.cells[static_cast<std::size_t>(sample.cell)].id.mode);
    };
    const double before = medianWhere(samples, [&](const Sample &s) { return measured(s) && s.block < block; });
    const double after = medianWhere(samples, [&](const Sample &s) { return measured(s) && s.block >= block; });
    qint64 begin = std::numeric_limits<qint64>::max();
    qint64 changed = begin;
    for (const Sample &sample : samples) {
        if (!measured(sample))
            continue;
        begin = std::min(begin, sample.startNs);
        if (sample.block == block)
            changed = std::min(changed, sample.startNs);
    }
    const double ratio = before > 0 ? after / before : 1;
    return QJsonObject{{QStringLiteral("block"), block},
                       {QStringLiteral("atNs"), changed - begin},
                       {QStringLiteral("ratio"), ratio},
                       {QStringLiteral("stable"), !matters(ratio, before)}};
}

QJsonValue occupancyCheck(std::span<const Sample> samples, std::span<const TimeRange> pauses, int concurrency)
{
    qint64 first = std::numeric_limits<qint64>::max();
    qint64 last = 0;
    std::size_t measured = 0;
    for (const Sample &sample : samples) {
        if (sample.warmup)
            continue;
        ++measured;
        first = std::min(first, sample.endNs); // from the first end on all are in flight
        last = std::max(last, sample.startNs);
    }
    if (measured < leastForOccupancy)
        return {};
    double busy = 0;
    for (const Sample &sample : samples) {
        if (!sample.warmup)
            busy +=
                static_cast<double>(nsBeside(pauses, std::max(sample.startNs, first), std::min(sample.endNs, last)));
    }
    const qint64 length = nsBeside(pauses, first, last);
    if (length <= 0)
        return {};
    const double value = busy / static_cast<double>(length) / concurrency;
    return QJsonObject{{QStringLiteral("value"), value},
                       {QStringLiteral("kept"), std::abs(value - 1) <= occupancyTolerance}};
}

} // namespace rollcall::probe
