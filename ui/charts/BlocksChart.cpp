#include "ui/charts/BlocksChart.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/probe/CellResult.h"
#include "core/probe/DrawnCells.h"
#include "core/probe/Quantiles.h"
#include "core/probe/RunSlice.h"
#include "core/probe/SampleLog.h"
#include "ui/charts/ChartPalette.h"

namespace rollcall::charts {

using common::ColorToken;
using probe::CellId;
using probe::Sample;

namespace {

constexpr QMargins margins(56, 12, 28, 26);
constexpr double shownAt[] = {0.05, 0.25, 0.5, 0.75, 0.95};
constexpr int mostGroups = 12;
constexpr int leastBlocks = 5; ///< of a group
constexpr int leastGroups = 4; ///< fewer show no course
constexpr qreal widestBox = 14;
constexpr int boxAlpha = 60;

/// Into how many groups @p blocks blocks are parted, where the cells shown have @p counts times: as few as leave each
/// cell enough for whiskers, or for a box at least, as long as there is still a course to see.
int groupsOf(int blocks, const std::vector<qsizetype> &counts)
{
    int groups = std::min(mostGroups, blocks / leastBlocks);
    const qsizetype fewest = counts.empty() ? 0 : *std::ranges::min_element(counts);
    for (const double p : {shownAt[4], shownAt[3]}) {
        const qsizetype enough = fewest / probe::minimumSamples(p);
        if (enough >= leastGroups) {
            groups = static_cast<int>(std::min<qsizetype>(groups, enough));
            break;
        }
    }
    return blocks > 0 ? std::max(1, groups) : 0;
}

} // namespace

BlocksChart::BlocksChart(const common::Theme &theme, QWidget *parent)
    : PaintedChart(theme, margins, parent), m_why(tr("Nothing is measured yet."))
{
    setObjectName(QStringLiteral("blocksChart"));
    setAccessibleName(tr("Latency of each part of the run"));
    dataChanged();
}

void BlocksChart::show(const probe::RunDocument &document, const QString &route)
{
    m_route = route;
    m_modes.clear();
    m_groups.clear();
    m_why = document.cells.empty() ? tr("Nothing is measured yet.")
            : document.samples.empty()
                ? tr("This run keeps figures and histograms, no single samples: there were more than one document "
                     "holds, or the run is not over.")
                : tr("On this route no request was answered as it should be.");
    std::vector<int> boxOf(document.cells.size(), -1); // of each cell that is shown, its place in m_modes
    for (std::size_t i = 0; i < document.cells.size(); ++i) {
        const CellId &id = document.cells[i].id;
        if (id.route != route || id.cache == probe::CachePath::Miss || !isDrawn(document, document.cells[i]))
            continue;
        boxOf[i] = static_cast<int>(m_modes.size());
        m_modes.push_back(id);
    }
    std::vector<const Sample *> measured;
    std::vector<qsizetype> counts(m_modes.size());
    int first = std::numeric_limits<int>::max();
    int last = -1;
    for (const Sample &sample : document.samples) {
        const int box = boxOf[static_cast<std::size_t>(sample.cell)];
        if (box < 0 || !probe::isMeasured(sample))
            continue;
        measured.push_back(&sample);
        ++counts[static_cast<std::size_t>(box)];
        first = std::min(first, sample.block);
        last = std::max(last, sample.block);
    }
    const int blocks = std::max(0, last - first + 1);
    const int groups = groupsOf(blocks, counts);
    // Where group after group begins; even, so that none has too few.
    const auto begin = [&](int group) {
        return first + static_cast<int>(qint64{group} * blocks / std::max(1, groups));
    };
    std::vector<std::vector<std::vector<Sample>>> samples(static_cast<std::size_t>(groups));
    for (int group = 0; group < groups; ++group) {
        m_groups.push_back({begin(group), begin(group + 1) - 1, {}});
        samples[static_cast<std::size_t>(group)].resize(m_modes.size());
    }
    for (const Sample *sample : measured) {
        const auto after = std::ranges::upper_bound(m_groups, sample->block, {}, &Group::first);
        const auto group = static_cast<std::size_t>(after - m_groups.begin() - 1);
        const int box = boxOf[static_cast<std::size_t>(sample->cell)];
        samples[group][static_cast<std::size_t>(box)].push_back(*sample);
    }
    double least = std::numeric_limits<double>::max();
    double most = 0;
    for (std::size_t group = 0; group < m_groups.size(); ++group) {
        for (std::size_t mode = 0; mode < m_modes.size(); ++mode) {
            const bool response = !document.isClosed() && probe::isNetwork(m_modes[mode].mode);
            const Box box = boxOfTimes(samples[group][mode], response, timeoutNsOf(document));
            for (std::size_t i = 0; i < box.ns.size(); ++i) {
                if (!box.shows(i))
                    continue;
                least = std::min(least, box.ns[i]);
                most = std::max(most, box.ns[i]);
            }
            m_groups[group].boxes.push_back(box);
        }
    }
    if (most <= 0)
        m_groups.clear();
    m_axis = m_groups.empty() ? LatencyAxis() : LatencyAxis::around(least, most, m_scale);
    if (!m_groups.empty() && cursor() < 0)
        setCursorStop(static_cast<int>(m_groups.size()) / 2);
    dataChanged();
}

/// Whether the number at shownAt[@p i] is known: as elsewhere, a quantile other than the median takes enough times.
bool BlocksChart::Box::shows(std::size_t i) const
{
    return n > 0 && (shownAt[i] == 0.5 || n >= probe::minimumSamples(shownAt[i]));
}

/// "1.2 ms"; "≥ 5 s" where the number lies among timeouts, which are known to be at least that long, no more.
QString BlocksChart::Box::text(std::size_t i) const
{
    const QString time = latencyText(std::llround(ns[i]));
    return censored[i] ? tr("≥ %1").arg(time) : time;
}

BlocksChart::Box BlocksChart::boxOfTimes(const std::vector<Sample> &samples, bool response, qint64 timeoutNs)
{
    std::vector<qint64> times = probe::distributionTimes(samples, response, timeoutNs);
    std::ranges::sort(times);
    Box box;
    box.n = static_cast<qsizetype>(times.size());
    const auto ok =
        box.n - std::ranges::count_if(samples, [](const Sample &sample) { return isCensored(sample.outcome); });
    for (std::size_t i = 0; i < box.ns.size() && box.n > 0; ++i) {
        box.ns[i] = probe::quantile7(times, shownAt[i]);
        // The greater of the two that it lies between is a timeout.
        box.censored[i] = std::ceil(static_cast<double>(box.n - 1) * shownAt[i]) >= static_cast<double>(ok);
    }
    return box;
}

QString BlocksChart::nothing() const
{
    return m_groups.empty() ? m_why : QString();
}

double BlocksChart::shareOf(int stop) const
{
    return (stop + 0.5) / static_cast<double>(m_groups.size());
}

qreal BlocksChart::yAt(double ns) const
{
    const QRectF area = plot();
    return area.bottom() - m_axis.shareOf(ns) * area.height();
}

QString BlocksChart::groupText(int stop) const
{
    const Group &group = m_groups[static_cast<std::size_t>(std::max(0, stop))];
    return tr("blocks %1–%2").arg(group.first + 1).arg(group.last + 1);
}

void BlocksChart::paintAxes(QPainter &painter) const
{
    const QRectF area = plot();
    const auto width = (xAt(shareOf(1)) - xAt(shareOf(0))) * (m_groups.size() > 1 ? 1 : 0);
    if (cursor() >= 0) {
        const qreal half = width > 0 ? width / 2 : area.width() / 2;
        const QRectF band(xAt(shareOf(cursor())) - half, area.top(), 2 * half, area.height());
        painter.fillRect(band.intersected(area), theme().color(ColorToken::AccentSoft));
    }
    for (const double tick : m_axis.ticks())
        paintGridLine(painter, yAt(tick), tickLabel(tick), tick == m_axis.lo);
    for (int stop = 0; stop < stops(); ++stop)
        paintTick(painter, shareOf(stop), QString::number(m_groups[static_cast<std::size_t>(stop)].first + 1), false);
}

void BlocksChart::paintBoxPlot(QPainter &painter, const Box &box, const CellId &id, qreal x, qreal width) const
{
    const QColor color = theme().color(lookOf(id).color);
    QColor fill = color;
    fill.setAlpha(boxAlpha);
    painter.setPen(QPen(color, 1));
    if (box.shows(4)) {
        painter.drawLine(QPointF(x, yAt(box.ns[0])), QPointF(x, yAt(box.ns[4])));
        for (const std::size_t end : {0U, 4U}) {
            if (!box.censored[end]) // how far it reaches is not known
                painter.drawLine(QPointF(x - width / 4, yAt(box.ns[end])), QPointF(x + width / 4, yAt(box.ns[end])));
        }
    }
    if (box.shows(3)) {
        painter.setBrush(theme().color(ColorToken::Raised));
        const QRectF middle(QPointF(x - width / 2, yAt(box.ns[3])), QPointF(x + width / 2, yAt(box.ns[1])));
        painter.drawRect(middle);
        painter.fillRect(middle, fill);
    }
    painter.setPen(QPen(color, 2));
    painter.drawLine(QPointF(x - width / 2, yAt(box.ns[2])), QPointF(x + width / 2, yAt(box.ns[2])));
    drawMarker(painter, theme(), lookOf(id), {x, yAt(box.ns[2])}, 6);
}

void BlocksChart::paintMarks(QPainter &painter) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal room = plot().width() / static_cast<double>(m_groups.size()) / (windowTo() - windowFrom());
    const qreal step = 0.8 * room / static_cast<double>(m_modes.size());
    for (int stop = 0; stop < stops(); ++stop) {
        const Group &group = m_groups[static_cast<std::size_t>(stop)];
        const qreal left = xAt(shareOf(stop)) - step * static_cast<double>(m_modes.size() - 1) / 2;
        for (std::size_t i = 0; i < m_modes.size(); ++i) {
            if (group.boxes[i].n > 0)
                paintBoxPlot(painter, group.boxes[i], m_modes[i], left + step * static_cast<double>(i),
                             std::min(widestBox, 0.8 * step));
        }
    }
}

void BlocksChart::paintReadOut(QPainter &painter) const
{
    if (cursor() < 0)
        return;
    std::vector<ReadOutRow> rows;
    const Group &group = m_groups[static_cast<std::size_t>(cursor())];
    for (std::size_t i = 0; i < m_modes.size(); ++i) {
        const Box &box = group.boxes[i];
        const QString n = QLocale().toString(box.n);
        rows.push_back({m_modes[i], lookOf(m_modes[i]).word,
                        box.n == 0     ? tr("no answer as it should be")
                        : box.shows(4) ? tr("%1 (%2–%3), n %4").arg(box.text(2), box.text(0), box.text(4), n)
                                       : tr("%1, n %2").arg(box.text(2), n)});
    }
    paintBox(painter, tr("p50 (p5–p95), %1").arg(groupText(cursor())), rows);
}

QString BlocksChart::remark() const
{
    if (m_groups.empty())
        return {};
    bool complete = true;
    bool open = false;
    for (const Group &group : m_groups) {
        for (const Box &box : group.boxes) {
            complete = complete && (box.n == 0 || box.shows(4));
            open = open || (box.shows(4) && box.censored[4]);
        }
    }
    const QString marks = complete ? tr("line p50, box p25–p75, whiskers p5–p95")
                                   : tr("line p50, from n %1 box p25–p75, from n %2 whiskers p5–p95")
                                         .arg(probe::minimumSamples(shownAt[3]))
                                         .arg(probe::minimumSamples(shownAt[4]));
    return open ? tr("%1, open at timeouts").arg(marks) : marks;
}

QString BlocksChart::sentence() const
{
    if (m_groups.empty())
        return m_why;
    QStringList parts;
    const Group &group = m_groups[static_cast<std::size_t>(std::max(0, cursor()))];
    for (std::size_t i = 0; i < m_modes.size(); ++i) {
        const Box &box = group.boxes[i];
        const QString word = lookOf(m_modes[i]).word;
        const QString n = QLocale().toString(box.n);
        parts << (box.n == 0 ? tr("%1 no answer as it should be").arg(word)
                  : box.shows(4)
                      ? tr("%1 p50 %2, p5 %3, p95 %4, n %5").arg(word, box.text(2), box.text(0), box.text(4), n)
                      : tr("%1 p50 %2, n %3").arg(word, box.text(2), n));
    }
    return tr("%1, in %2: %3.").arg(m_route, groupText(cursor()), parts.join(QStringLiteral("; ")));
}

ChartTable BlocksChart::table() const
{
    ChartTable table;
    table.head = {tr("Blocks"), tr("Mode"), tr("n"), tr("p5"), tr("p25"), tr("p50"), tr("p75"), tr("p95")};
    for (const Group &group : m_groups) {
        for (std::size_t i = 0; i < m_modes.size(); ++i) {
            const Box &box = group.boxes[i];
            if (box.n == 0)
                continue;
            std::vector<ChartValue> row{
                {tr("%1–%2").arg(group.first + 1).arg(group.last + 1), static_cast<double>(group.first)},
                {lookOf(m_modes[i]).word, {}},
                {QLocale().toString(box.n), static_cast<double>(box.n)}};
            for (std::size_t at = 0; at < box.ns.size(); ++at) {
                row.push_back(box.shows(at) ? ChartValue{box.text(at), box.ns[at]}
                                            : ChartValue{tr("needs n %1").arg(probe::minimumSamples(shownAt[at])), {}});
            }
            table.rows.push_back(std::move(row));
        }
    }
    return table;
}

} // namespace rollcall::charts
