#include "ui/latency/VerdictText.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

#include "ui/charts/ChartPalette.h"
#include "ui/charts/LatencyAxis.h"

namespace rollcall::latency {

using charts::latencyText;
using charts::ratioText;
using probe::CellResult;
using probe::Comparison;
using probe::ProbeMode;
using probe::RunDocument;
using probe::StopReason;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("VerdictText", text);
}

/// The often-quoted figure: `getSession` against `getServerSession` in one report (nextauthjs/next-auth#1535).
constexpr double quotedRatio = 1000;
constexpr double leastRatioToMention = 1.05;

std::optional<qint64> medianOf(const RunDocument &document, const CellResult *cell)
{
    return cell == nullptr ? std::nullopt : document.judged(*cell).quantiles[0];
}

const Comparison *comparisonOn(const RunDocument &document, const QString &route)
{
    const auto at = std::find_if(document.comparisons.begin(), document.comparisons.end(),
                                 [&](const Comparison &each) { return each.a.route == route; });
    return at == document.comparisons.end() ? nullptr : &*at;
}

QString floorRemark(const RunDocument &document, const QString &route)
{
    const auto floor = medianOf(document, document.cell({route, ProbeMode::Floor, {}}));
    const auto proxy = medianOf(document, document.cell({route, ProbeMode::Proxy, {}}));
    if (!floor || !proxy)
        return {};
    if (*proxy <= *floor) {
        return tr("The network floor to this host is %1: the session endpoint adds nothing that shows.")
            .arg(latencyText(*floor));
    }
    return tr("The network floor to this host is %1, so at most %2 of the proxy time can be the session endpoint.")
        .arg(latencyText(*floor), latencyText(*proxy - *floor));
}

QString quotedRemark(const Comparison &comparison)
{
    const bool isThatPair = comparison.a.mode == ProbeMode::Proxy && comparison.b.mode == ProbeMode::Local;
    if (!isThatPair || !comparison.lo)
        return {};
    return *comparison.hi < quotedRatio
               ? tr("The often-quoted 1000× is not seen here: %1.").arg(ratioText(comparison.ratio))
               : tr("The often-quoted 1000× lies inside or below this interval here.");
}

/// Of the cells of @p route whose times are of two kinds, the first.
QString mixtureRemark(const RunDocument &document, const QString &route)
{
    for (const CellResult &cell : document.cells) {
        const auto &slow = document.judged(cell).slow;
        if (cell.id.route != route || !slow || slow->count >= cell.ok)
            continue; // the last in no document of ours
        // Rounded once, so that the two make a whole.
        const double percent =
            std::clamp(std::round(100 * static_cast<double>(slow->count) / static_cast<double>(cell.ok)), 1.0, 99.0);
        return tr("%1 has two populations: %2 % around %3, %4 % around %5.")
            .arg(charts::wordOf(cell.id), QLocale().toString(100 - percent, 'f', 0), latencyText(slow->fastNs),
                 QLocale().toString(percent, 'f', 0), latencyText(slow->slowNs));
    }
    return {};
}

QString errorsRemark(const RunDocument &document)
{
    qint64 count = 0;
    qint64 errors = 0;
    for (const CellResult &cell : document.cells) {
        count += cell.count;
        errors += cell.count - cell.ok;
    }
    return errors == 0 ? QString()
                       : tr("%1 of %2 samples failed and are not in the medians.")
                             .arg(QLocale().toString(errors), QLocale().toString(count));
}

void addComparison(VerdictText &text, const RunDocument &document, const Comparison &comparison)
{
    const auto a = medianOf(document, document.cell(comparison.a));
    const auto b = medianOf(document, document.cell(comparison.b));
    if (!a || !b)
        return;
    const QString slow = charts::lookOf(comparison.a).word.toLower();
    const QString fast = charts::lookOf(comparison.b).word.toLower();
    const QString medians = tr("median %1 against %2").arg(latencyText(*b), latencyText(*a));
    const bool crossesOne = comparison.lo && !comparison.differs(); // or it is none with all judged together
    if (crossesOne || (!comparison.lo && comparison.ratio < leastRatioToMention)) {
        text.headline = tr("On %1, no difference between %2 and %3 can be told: %4")
                            .arg(comparison.a.route.toHtmlEscaped(), fast, slow, medians);
    } else if (comparison.ratio >= 1) {
        text.headline = tr("On %1, %2 is <b>%3</b> faster than %4: %5")
                            .arg(comparison.a.route.toHtmlEscaped(), fast, ratioText(comparison.ratio), slow, medians);
    } else {
        text.headline =
            tr("On %1, %2 is <b>%3</b> slower than %4: %5")
                .arg(comparison.a.route.toHtmlEscaped(), fast, ratioText(1 / comparison.ratio), slow, medians);
    }
    if (comparison.lo) {
        const bool slower = comparison.ratio < 1 && !crossesOne;
        const double lo = slower ? 1 / *comparison.hi : *comparison.lo;
        const double hi = slower ? 1 / *comparison.lo : *comparison.hi;
        text.tail = (comparison.blocks < probe::leastBlocksForVerdict ? tr("(95 % CI %1–%2, %3 blocks: indicative)")
                                                                      : tr("(95 % CI %1–%2, %3 blocks)"))
                        .arg(ratioText(lo).chopped(1), ratioText(hi))
                        .arg(comparison.blocks);
    }
    text.settled = comparison.lo.has_value();
}

void addMedians(VerdictText &text, const RunDocument &document, const QString &route)
{
    QStringList parts;
    for (const CellResult &cell : document.cells) {
        if (cell.id.route != route)
            continue;
        if (const auto median = medianOf(document, &cell))
            parts << tr("%1 %2").arg(charts::wordOf(cell.id), latencyText(*median));
    }
    text.headline = parts.isEmpty()
                        ? tr("On %1 no request was answered as it should be").arg(route.toHtmlEscaped())
                        : tr("On %1, medians: %2").arg(route.toHtmlEscaped(), parts.join(QStringLiteral(" · ")));
    text.settled = !parts.isEmpty();
}

qint64 fewestSamples(const RunDocument &document)
{
    qint64 fewest = document.cells.empty() ? 0 : document.cells.front().count;
    for (const CellResult &cell : document.cells)
        fewest = std::min(fewest, cell.count);
    return fewest;
}

} // namespace

VerdictText verdictText(const RunDocument &document, const QString &route, bool running)
{
    VerdictText text;
    if (document.cells.empty())
        return text;
    const QString shown = route.isEmpty() ? document.cells.front().id.route : route;
    if (running) {
        text.headline = tr("No verdict yet: a 95 % interval for p99 needs 368 samples a cell, the smallest has %1")
                            .arg(QLocale().toString(fewestSamples(document)));
        text.remark = tr("Figures below move as blocks complete; order and pace are fixed by the seed.");
        return text;
    }
    const Comparison *comparison = comparisonOn(document, shown);
    if (comparison != nullptr)
        addComparison(text, document, *comparison);
    if (text.headline.isEmpty())
        addMedians(text, document, shown);
    QStringList remarks;
    if (const probe::GuardEvent *event = stoppingEvent(document))
        remarks << tr("Stopped for safety: %1.").arg(event->detail);
    if (document.stopReason == StopReason::Saturated)
        remarks << tr("Saturated: answers came slower than the pace asked for; this is a limit, not a latency.");
    remarks << floorRemark(document, shown) << mixtureRemark(document, shown) << errorsRemark(document);
    if (comparison != nullptr)
        remarks << quotedRemark(*comparison);
    remarks.removeAll(QString());
    text.remark = remarks.join(QLatin1Char(' '));
    return text;
}

const probe::GuardEvent *stoppingEvent(const RunDocument &document)
{
    if (document.stopReason != StopReason::Guard)
        return nullptr;
    // What the clean-up has to say comes after it, pauses come before.
    const auto at = std::find_if(document.guards.rbegin(), document.guards.rend(),
                                 [](const probe::GuardEvent &event) { return event.rule != QLatin1String("cleanup"); });
    return at == document.guards.rend() ? nullptr : &*at;
}

QString stopReasonText(StopReason reason)
{
    switch (reason) {
    case StopReason::Samples:
        return tr("samples complete");
    case StopReason::Duration:
        return tr("time is over");
    case StopReason::Interval:
        return tr("intervals narrow");
    case StopReason::Guard:
        return tr("by a guard");
    case StopReason::Saturated:
        return tr("saturated");
    case StopReason::Cancelled:
        return tr("stopped by you");
    }
    return {};
}

} // namespace rollcall::latency
