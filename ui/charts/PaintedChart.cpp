#include "ui/charts/PaintedChart.h"

#include <QKeyEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "ui/charts/ChartPalette.h"

namespace rollcall::charts {

using common::ColorToken;
using common::FontToken;

namespace {

constexpr double zoomStep = 2;
constexpr double narrowestWindow = 1.0 / 64;
constexpr int boxLine = 16;
constexpr int boxPadding = 10;

} // namespace

PaintedChart::PaintedChart(const common::Theme &theme, const QMargins &margins, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_margins(margins)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&theme, &common::Theme::changed, this, qOverload<>(&QWidget::update));
}

QRectF PaintedChart::plot() const
{
    return QRectF(rect()).marginsRemoved(m_margins.toMarginsF());
}

qreal PaintedChart::xAt(double share) const
{
    const QRectF area = plot();
    return area.left() + (share - m_from) / (m_to - m_from) * area.width();
}

void PaintedChart::dataChanged()
{
    m_cursor = stops() == 0 ? -1 : std::clamp(m_cursor, 0, stops() - 1);
    describe();
    update();
}

void PaintedChart::describe()
{
    setAccessibleDescription(sentence());
    Q_EMIT described();
}

void PaintedChart::setCursorStop(int stop)
{
    const int wanted = stops() == 0 ? -1 : std::clamp(stop, 0, stops() - 1);
    if (wanted == m_cursor)
        return;
    m_cursor = wanted;
    if (m_cursor >= 0) { // the window follows
        const double share = shareOf(m_cursor);
        const double width = m_to - m_from;
        if (share < m_from || share > m_to) {
            m_from = std::clamp(share - width / 2, 0.0, 1 - width);
            m_to = m_from + width;
        }
    }
    describe();
    update();
}

void PaintedChart::zoom(double factor)
{
    const double centre = m_cursor >= 0 ? shareOf(m_cursor) : (m_from + m_to) / 2;
    const double width = std::clamp((m_to - m_from) / factor, narrowestWindow, 1.0);
    m_from = std::clamp(centre - width / 2, 0.0, 1 - width);
    m_to = m_from + width;
    update();
}

void PaintedChart::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Left:
        setCursorStop(m_cursor - 1);
        return;
    case Qt::Key_Right:
        setCursorStop(m_cursor + 1);
        return;
    case Qt::Key_Home:
        setCursorStop(0);
        return;
    case Qt::Key_End:
        setCursorStop(stops() - 1);
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal: // the same key without Shift
        zoom(zoomStep);
        return;
    case Qt::Key_Minus:
        zoom(1 / zoomStep);
        return;
    case Qt::Key_0:
        m_from = 0;
        m_to = 1;
        update();
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void PaintedChart::wheelEvent(QWheelEvent *event)
{
    if (!event->modifiers().testFlag(Qt::ControlModifier)) {
        QWidget::wheelEvent(event);
        return;
    }
    zoom(event->angleDelta().y() > 0 ? zoomStep : 1 / zoomStep);
    event->accept();
}

void PaintedChart::mousePressEvent(QMouseEvent *event)
{
    int nearest = -1;
    qreal least = 0;
    for (int stop = 0; stop < stops(); ++stop) {
        const qreal distance = std::abs(xAt(shareOf(stop)) - event->position().x());
        if (nearest < 0 || distance < least) {
            nearest = stop;
            least = distance;
        }
    }
    if (nearest >= 0)
        setCursorStop(nearest);
}

void PaintedChart::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
    update();
}

void PaintedChart::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    update();
}

void PaintedChart::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.color(ColorToken::Raised));
    const QString reason = nothing();
    if (!reason.isEmpty()) {
        painter.setFont(m_theme.font(FontToken::Body));
        painter.setPen(m_theme.color(ColorToken::Muted));
        painter.drawText(rect().adjusted(common::space::xl, 0, -common::space::xl, 0),
                         Qt::AlignCenter | Qt::TextWordWrap, reason);
    } else {
        painter.setFont(m_theme.font(FontToken::Small));
        paintAxes(painter);
        painter.save();
        painter.setClipRect(plot().adjusted(-1, -4, 1, 1));
        paintMarks(painter);
        painter.restore();
        if (hasCursorLine() && m_cursor >= 0) {
            const qreal x = xAt(shareOf(m_cursor));
            painter.setPen(QPen(m_theme.color(ColorToken::Accent), 1.5));
            painter.drawLine(QPointF(x, plot().top()), QPointF(x, plot().bottom()));
        }
        painter.setFont(m_theme.font(FontToken::Small));
        paintReadOut(painter);
    }
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(m_theme.color(ColorToken::Accent), 2));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), common::measure::radius,
                                common::measure::radius);
    }
}

void PaintedChart::paintGridLine(QPainter &painter, qreal y, const QString &label, bool strong) const
{
    const QRectF area = plot();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(m_theme.color(strong ? ColorToken::LineStrong : ColorToken::Line));
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    painter.setPen(m_theme.color(ColorToken::Muted));
    painter.drawText(QRectF(0, y - 9, area.left() - 8, 18), Qt::AlignRight | Qt::AlignVCenter, label);
}

void PaintedChart::paintTick(QPainter &painter, double share, const QString &label, bool grid) const
{
    if (share < m_from - 1e-9 || share > m_to + 1e-9)
        return;
    const QRectF area = plot();
    const qreal x = xAt(share);
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (grid) {
        painter.setPen(m_theme.color(ColorToken::Line));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    }
    painter.setPen(m_theme.color(ColorToken::Muted));
    const qreal width = painter.fontMetrics().horizontalAdvance(label) + 2;
    const qreal left = std::clamp(x - width / 2, 0.0, std::max(0.0, QWidget::width() - width));
    painter.drawText(QRectF(left, area.bottom() + 4, width, 18), Qt::AlignHCenter | Qt::AlignTop, label);
}

QRectF PaintedChart::readOutPlace(const QSizeF &size) const
{
    const QRectF area = plot().adjusted(6, 6, -6, -6);
    const qreal cursorX = m_cursor >= 0 ? xAt(shareOf(m_cursor)) : area.left();
    const qreal left = area.left();
    const qreal right = area.right() - size.width();
    const bool atRight = cursorX < area.center().x();
    const QPolygonF hidden = marks();
    QRectF best(QPointF(atRight ? right : left, area.top()), size);
    if (hidden.isEmpty())
        return best;
    const auto count = [&hidden](const QRectF &place) {
        return std::ranges::count_if(hidden, [&place](const QPointF &mark) { return place.contains(mark); });
    };
    auto fewest = count(best);
    for (const qreal x : {best.left(), atRight ? left : right}) {
        for (const qreal y : {area.top(), area.center().y() - size.height() / 2, area.bottom() - size.height()}) {
            const QRectF place(QPointF(x, y), size);
            if (const auto here = count(place); here < fewest) {
                fewest = here;
                best = place;
            }
        }
    }
    return best;
}

void PaintedChart::paintBox(QPainter &painter, const QString &title, const std::vector<ReadOutRow> &rows) const
{
    QFont bold = m_theme.font(FontToken::Caption);
    const QFontMetricsF boldMetrics(bold);
    const QFontMetricsF metrics(m_theme.font(FontToken::Small));
    qreal words = 0;
    qreal figures = 0;
    for (const ReadOutRow &row : rows) {
        words = std::max(words, metrics.horizontalAdvance(row.word) + (row.mode ? 16 : 0));
        figures = std::max(figures, metrics.horizontalAdvance(row.figure));
    }
    const qreal width =
        std::max(words + figures + 3 * boxPadding, boldMetrics.horizontalAdvance(title) + 2 * boxPadding);
    const qreal height = 26 + boxLine * static_cast<qreal>(rows.size()) + (rows.empty() ? 0 : 4);
    const QRectF box = readOutPlace({width, height});
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_theme.color(ColorToken::LineStrong), 1));
    painter.setBrush(m_theme.color(ColorToken::Raised));
    painter.drawRoundedRect(box, 5, 5);
    painter.setFont(bold);
    painter.setPen(m_theme.color(ColorToken::Text));
    painter.drawText(box.adjusted(boxPadding, 5, 0, 0), Qt::AlignTop | Qt::AlignLeft, title);
    painter.setFont(m_theme.font(FontToken::Small));
    qreal y = box.top() + 23;
    for (const ReadOutRow &row : rows) {
        const QRectF line(box.left() + boxPadding, y, width - 2 * boxPadding, boxLine);
        if (row.mode)
            drawMarker(painter, m_theme, lookOf(*row.mode), {line.left() + 4, line.center().y()}, 7);
        painter.setPen(m_theme.color(ColorToken::Text));
        painter.drawText(line.adjusted(row.mode ? 16 : 0, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, row.word);
        painter.drawText(line, Qt::AlignVCenter | Qt::AlignRight, row.figure);
        y += boxLine;
    }
}

} // namespace rollcall::charts
