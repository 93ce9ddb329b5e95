#include "core/probe/Revocations.h"

#include <algorithm>

#include "core/probe/PropagationRun.h"

namespace rollcall::probe {

namespace {

constexpr double second = 1'000; ///< ms
constexpr double longestMs = 24 * 3'600 * second;
constexpr std::size_t mostWatched = PropagationPlan::mostTrials;

RevocationCell cellFrom(const JsonFields &fields)
{
    RevocationCell cell;
    cell.by = fields.word<RevokedBy>(QStringLiteral("strategy"), revokedByOf);
    cell.mode = fields.word<ProbeMode>(QStringLiteral("mode"), probeModeOf);
    const QString watched = QStringLiteral("watched");
    fields.each(watched, [&](const JsonFields &each) {
        if (cell.watched.size() >= mostWatched) {
            fields.reject(watched);
            return;
        }
        const Watched one{each.number(QStringLiteral("ms")), each.flag(QStringLiteral("ended"))};
        if (one.ms < 0 || one.ms > longestMs)
            each.reject(QStringLiteral("ms"));
        cell.watched.push_back(one);
    });
    const QString trials = QStringLiteral("trials");
    const qint64 ended = fields.integer(trials);
    if (ended < 0 || ended > static_cast<qint64>(cell.watched.size()))
        fields.reject(trials);
    else
        cell.ended = static_cast<int>(ended);
    return cell;
}

} // namespace

QJsonArray watchedToJson(const std::vector<Watched> &watched)
{
    QJsonArray array;
    for (const Watched &one : watched)
        array.append(QJsonObject{{QStringLiteral("ms"), one.ms}, {QStringLiteral("ended"), one.ended}});
    return array;
}

std::optional<double> ModelDeparture::percentOff(double ms) const
{
    if (modelMs <= 0)
        return std::nullopt;
    return 100 * (ms / modelMs - 1);
}

Revocations Revocations::of(const std::vector<PropagationCell> &cells, std::chrono::nanoseconds ttl,
                            std::chrono::nanoseconds interval)
{
    using Milliseconds = std::chrono::duration<double, std::milli>;
    Revocations revocations{Milliseconds(ttl).count(), Milliseconds(interval).count(), {}};
    for (const PropagationCell &cell : cells) {
        if (!cell.figures.watched.empty())
            revocations.cells.push_back({cell.arm.by, cell.arm.mode, cell.figures.trials, cell.figures.watched});
    }
    return revocations;
}

QJsonObject Revocations::toJson() const
{
    QJsonArray array;
    for (const RevocationCell &cell : cells) {
        array.append(QJsonObject{{QStringLiteral("strategy"), revokedByName(cell.by)},
                                 {QStringLiteral("mode"), probeModeName(cell.mode)},
                                 {QStringLiteral("trials"), cell.ended},
                                 {QStringLiteral("watched"), watchedToJson(cell.watched)}});
    }
    return {{QStringLiteral("cacheTtlMs"), ttlMs},
            {QStringLiteral("intervalMs"), intervalMs},
            {QStringLiteral("cells"), array}};
}

Revocations Revocations::fromJson(const JsonFields &fields)
{
    Revocations revocations{
        fields.number(QStringLiteral("cacheTtlMs")), fields.number(QStringLiteral("intervalMs")), {}};
    if (revocations.ttlMs < 0 || revocations.ttlMs > longestMs)
        fields.reject(QStringLiteral("cacheTtlMs"));
    if (revocations.intervalMs <= 0 || revocations.intervalMs > longestMs)
        fields.reject(QStringLiteral("intervalMs"));
    fields.each(QStringLiteral("cells"), [&](const JsonFields &each) {
        RevocationCell cell = cellFrom(each);
        // One for each way of revoking and asking, so there are few, however long the file.
        if (std::ranges::any_of(revocations.cells, [&cell](const RevocationCell &before) {
                return before.by == cell.by && before.mode == cell.mode;
            })) {
            each.reject(QStringLiteral("mode"));
            return;
        }
        revocations.cells.push_back(std::move(cell));
    });
    return revocations;
}

TradeoffModel Revocations::model() const
{
    // Before the revocation trials ask at random moments, as the model's users do.
    return TradeoffModel::poisson(second / intervalMs, ttlMs / second);
}

bool Revocations::hasModel(const RevocationCell &cell) const
{
    return isCached(cell.mode) && cell.by == RevokedBy::Row && ttlMs > 0 && intervalMs > 0;
}

std::optional<ModelDeparture> Revocations::departureOf(const RevocationCell &cell, double p) const
{
    const SurvivalCurve curve(cell.watched);
    const std::optional<Watched> measured = curve.quantile(p);
    if (!hasModel(cell) || !measured || intervalMs > rarestIntervalMs())
        return std::nullopt;
    const SurvivalCurve::Bounds bounds = curve.quantileBounds(p);
    return ModelDeparture{*measured, bounds.loMs, bounds.hiMs, model().windowQuantile(p) * second};
}

std::set<double> Revocations::reportedTimes(const RevocationCell &cell) const
{
    std::set<double> times{0, second, 5 * second};
    if (ttlMs > 0)
        times.insert({ttlMs, 2 * ttlMs});
    const SurvivalCurve curve(cell.watched);
    for (const double ms : curve.stepsMs())
        times.insert(ms);
    if (const std::optional<double> endMs = curve.endMs())
        times.insert(*endMs);
    return times;
}

} // namespace rollcall::probe
