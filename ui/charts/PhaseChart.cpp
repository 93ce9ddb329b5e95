#include "ui/charts/PhaseChart.h"

#include <QKeyEvent>
#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

#include "ui/charts/ChartPalette.h"
#include "ui/charts/LatencyAxis.h"

namespace rollcall::charts {

using common::ColorToken;
using common::FontToken;
using probe::CellResult;
using probe::PhaseMedians;

namespace {

constexpr QMargins margins(200, 28, 84, 26); // at the left, the longest name of a cell
constexpr qreal tallestBar = 22;
constexpr qreal serverBar = 4;
constexpr int labelLeft = 12;
constexpr int labelHeight = 18; ///< more than a bar's where there are many

/// A phase: what it is called, how it is filled. Fill and place tell phases apart without colour.
struct Phase
{
    const char *name;
    std::optional<qint64> PhaseMedians::*value;
    ColorToken color;
    bool hollow;
};
constexpr std::array phases{
    Phase{QT_TRANSLATE_NOOP("PhaseChart", "DNS"), &PhaseMedians::dns, ColorToken::Warn, true},
    Phase{QT_TRANSLATE_NOOP("PhaseChart", "Connect"), &PhaseMedians::tcp, ColorToken::Info, false},
    Phase{QT_TRANSLATE_NOOP("PhaseChart", "TLS"), &PhaseMedians::tls, ColorToken::Info, true},
    Phase{QT_TRANSLATE_NOOP("PhaseChart", "Wait"), &PhaseMedians::wait, ColorToken::Bar, false},
    Phase{QT_TRANSLATE_NOOP("PhaseChart", "Receive"), &PhaseMedians::receive, ColorToken::Accent, false},
    // The stages of a look-up in the database: no cell has both kinds.
    Phase{QT_TRANSLATE_NOOP("PhaseChart", "Execute"), &PhaseMedians::execute, ColorToken::Bar, true},
    Phase{QT_TRANSLATE_NOOP("PhaseChart", "Fetch"), &PhaseMedians::fetch, ColorToken::Accent, true},
    Phase{QT_TRANSLATE_NOOP("PhaseChart", "Decode"), &PhaseMedians::decode, ColorToken::Warn, false},
};

QString nameOf(const Phase &phase)
{
    return PhaseChart::tr(phase.name);
}

/// The next of 1, 2, 5 × 10ⁿ at or above @p value.
double roundUp(double value)
{
    const double decade = std::pow(10, std::floor(std::log10(std::max(1.0, value))));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (value <= decade * factor)
            return decade * factor;
    }
    return decade * 10;
}

void fill(QPainter &painter, const common::Theme &theme, const QRectF &rect, const Phase &phase)
{
    const QColor color = theme.color(phase.color);
    painter.fillRect(rect, color);
    if (phase.hollow && rect.width() > 4)
        painter.fillRect(rect.adjusted(1.5, 1.5, -1.5, -1.5), theme.color(ColorToken::Raised));
}

} // namespace

PhaseChart::PhaseChart(const common::Theme &theme, QWidget *parent)
    : PaintedChart(theme, margins, parent), m_why(tr("Nothing is measured yet."))
{
    setObjectName(QStringLiteral("phaseChart"));
    setAccessibleName(tr("Where the time of a request goes"));
    dataChanged();
}

void PhaseChart::show(const probe::RunDocument &document, const QString &route)
{
    m_bars.clear();
    m_stops.clear();
    double longest = 0;
    for (const CellResult &cell : document.cells) {
        if (cell.id.route != route || (!probe::isNetwork(cell.id.mode) && !cell.phases.execute))
            continue;
        Bar bar{cell.id, cell.connection, cell.phases, 0};
        for (std::size_t phase = 0; phase < phases.size(); ++phase) {
            if (const auto time = cell.phases.*phases[phase].value) {
                bar.sum += static_cast<double>(*time);
                m_stops.push_back({m_bars.size(), phase});
            }
        }
        if (bar.sum <= 0)
            continue; // nothing was answered: it has no stops either
        longest = std::max(longest, bar.sum);
        m_bars.push_back(std::move(bar));
    }
    m_most = roundUp(longest);
    m_why =
        document.cells.empty()
            ? tr("Nothing is measured yet.")
            : tr("No request of this route went over the network, and a resolution without a database has no phases.");
    dataChanged();
}

void PhaseChart::setShares(bool shares)
{
    m_shares = shares;
    dataChanged();
}

void PhaseChart::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_S)
        setShares(!m_shares);
    else
        PaintedChart::keyPressEvent(event);
}

void PhaseChart::mousePressEvent(QMouseEvent *event)
{
    for (std::size_t i = 0; i < m_stops.size(); ++i) {
        if (rectOf(m_stops[i].bar, m_stops[i].phase).adjusted(-1, 0, 1, 0).contains(event->position()))
            setCursorStop(static_cast<int>(i));
    }
}

double PhaseChart::shareOf(int stop) const
{
    const QRectF rect =
        rectOf(m_stops[static_cast<std::size_t>(stop)].bar, m_stops[static_cast<std::size_t>(stop)].phase);
    return windowFrom() + (rect.center().x() - plot().left()) / plot().width() * (windowTo() - windowFrom());
}

QRectF PhaseChart::rectOf(std::size_t bar, std::size_t phase) const
{
    const QRectF area = plot();
    const qreal row = area.height() / static_cast<qreal>(m_bars.size());
    const qreal height = std::min(tallestBar, row * 0.5);
    const qreal top = area.top() + row * (static_cast<qreal>(bar) + 0.5) - height / 2;
    const Bar &shown = m_bars[bar];
    double before = 0;
    for (std::size_t i = 0; i < phase; ++i)
        before += static_cast<double>((shown.phases.*phases[i].value).value_or(0));
    const auto length = static_cast<double>((shown.phases.*phases[phase].value).value_or(0));
    const qreal left = xAt(before / scaleOf(shown));
    return {left, top, std::max(1.0, xAt((before + length) / scaleOf(shown)) - left), height};
}

void PhaseChart::paintKey(QPainter &painter) const
{
    qreal x = labelLeft;
    const qreal y = 8;
    const auto add = [&](const QRectF &sample, const QString &word) {
        painter.setPen(theme().color(ColorToken::Text));
        const qreal width = painter.fontMetrics().horizontalAdvance(word) + 4;
        painter.drawText(QRectF(sample.right() + 5, y - 2, width, 16), Qt::AlignVCenter | Qt::AlignLeft, word);
        x = sample.right() + 5 + width + common::space::s;
    };
    for (std::size_t i = 0; i < phases.size(); ++i) {
        if (std::none_of(m_stops.begin(), m_stops.end(), [i](const Stop &stop) { return stop.phase == i; }))
            continue;
        const QRectF sample(x, y + 1, 14, 10);
        fill(painter, theme(), sample, phases[i]);
        add(sample, nameOf(phases[i]));
    }
    if (std::none_of(m_bars.begin(), m_bars.end(), [](const Bar &bar) { return bar.phases.server.has_value(); }))
        return;
    const QRectF sample(x, y + 4, 14, serverBar);
    painter.fillRect(sample, theme().color(ColorToken::Text));
    add(sample, tr("Server-Timing"));
}

void PhaseChart::paintAxes(QPainter &painter) const
{
    paintKey(painter);
    constexpr int ticks = 5;
    constexpr qreal widestLabel = 60;
    const bool all = plot().width() > ticks * widestLabel; // else the labels would run together
    for (int i = 0; i <= ticks; i += all ? 1 : ticks) {
        const double share = windowFrom() + (windowTo() - windowFrom()) * i / ticks;
        const QString label = m_shares     ? percentText(100 * share, 0)
                              : share == 0 ? QStringLiteral("0")
                                           : latencyText(static_cast<qint64>(m_most * share));
        paintTick(painter, share, label, true);
    }
    const QRectF area = plot();
    painter.setPen(theme().color(ColorToken::LineStrong));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    for (std::size_t bar = 0; bar < m_bars.size(); ++bar) {
        const QRectF rect = rectOf(bar, 0);
        painter.setFont(theme().font(FontToken::Status));
        painter.setPen(theme().color(ColorToken::Text));
        const qreal top = rect.center().y() - labelHeight / 2.0;
        const QRectF words(labelLeft, top, area.left() - labelLeft - 8, labelHeight);
        painter.drawText(
            words, Qt::AlignVCenter | Qt::AlignLeft,
            painter.fontMetrics().elidedText(wordOf(m_bars[bar].id), Qt::ElideRight, static_cast<int>(words.width())));
        painter.drawText(QRectF(area.right() + 8, top, width() - area.right() - 16, labelHeight),
                         Qt::AlignVCenter | Qt::AlignRight, latencyText(static_cast<qint64>(m_bars[bar].sum)));
    }
    painter.setFont(theme().font(FontToken::Small));
}

void PhaseChart::paintMarks(QPainter &painter) const
{
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (const Stop &stop : m_stops)
        fill(painter, theme(), rectOf(stop.bar, stop.phase), phases[stop.phase]);
    for (std::size_t bar = 0; bar < m_bars.size(); ++bar) {
        if (!m_bars[bar].phases.server)
            continue;
        const auto wait = static_cast<std::size_t>(3);
        const QRectF rect = rectOf(bar, wait);
        const qreal length = xAt(static_cast<double>(*m_bars[bar].phases.server) / scaleOf(m_bars[bar])) - xAt(0);
        painter.fillRect(QRectF(rect.left(), rect.bottom() + 3, length, serverBar), theme().color(ColorToken::Text));
    }
    if (cursor() >= 0 && hasFocus()) {
        const Stop &at = m_stops[static_cast<std::size_t>(cursor())];
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme().color(ColorToken::Text), 2));
        painter.drawRect(rectOf(at.bar, at.phase).adjusted(-2, -2, 2, 2));
    }
}

QString PhaseChart::sentence() const
{
    if (m_bars.empty())
        return m_why;
    const Stop &at = m_stops[static_cast<std::size_t>(std::max(0, cursor()))];
    const Bar &bar = m_bars[at.bar];
    const qint64 time = (bar.phases.*phases[at.phase].value).value_or(0);
    return tr("%1, median of %2: %3, %4 % of %5.")
        .arg(wordOf(bar.id), nameOf(phases[at.phase]), latencyText(time))
        .arg(std::lround(100 * static_cast<double>(time) / bar.sum))
        .arg(latencyText(static_cast<qint64>(bar.sum)));
}

ChartTable PhaseChart::table() const
{
    ChartTable table;
    table.head = {tr("Mode"), tr("Schedule lag")};
    for (const Phase &phase : phases)
        table.head << nameOf(phase);
    table.head << tr("Sum") << tr("Server-Timing");
    const auto value = [](const std::optional<qint64> &ns) {
        return ns ? ChartValue{latencyText(*ns), static_cast<double>(*ns)} : ChartValue{QStringLiteral("–"), -1};
    };
    for (const Bar &bar : m_bars) {
        std::vector<ChartValue> row{{wordOf(bar.id), {}}, value(bar.phases.lag)};
        for (const Phase &phase : phases)
            row.push_back(value(bar.phases.*phase.value));
        row.push_back(value(static_cast<qint64>(bar.sum)));
        row.push_back(value(bar.phases.server));
        table.rows.push_back(std::move(row));
    }
    return table;
}

} // namespace rollcall::charts
