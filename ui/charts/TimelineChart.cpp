#include "ui/charts/TimelineChart.h"

#include <QKeyEvent>
#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/common/FigureText.h"

namespace rollcall::charts {

using common::ColorToken;

namespace {
constexpr int axisHeight = 20;
constexpr int topMargin = 4;
constexpr int sideMargin = 6; ///< the frame of the focus runs here, not through the outermost labels
constexpr int daysBetweenLabels = 7;
} // namespace

TimelineChart::TimelineChart(const common::Theme &theme, QWidget *parent) : QWidget(parent), m_theme(theme)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("When sessions expire"));
    connect(&theme, &common::Theme::changed, this, qOverload<>(&QWidget::update));
}

void TimelineChart::display(std::vector<qint64> days, int before, bool estimated)
{
    m_days = std::move(days);
    m_before = before;
    m_estimated = estimated;
    m_selected = -1;
    setAccessibleDescription(sentence());
    update();
    Q_EMIT described();
}

QSize TimelineChart::sizeHint() const
{
    return {408, 116};
}

QSize TimelineChart::minimumSizeHint() const
{
    return {240, 116};
}

QString TimelineChart::dayText(int day) const
{
    const int from = day - m_before;
    if (from == 0)
        return tr("within 24 h");
    return from > 0 ? tr("in %1 to %2 days").arg(from).arg(from + 1)
                    : tr("%1 to %2 days ago").arg(-from - 1).arg(-from);
}

QString TimelineChart::rowsText(qint64 rows) const
{
    return rows == 1 ? tr("1 row") : tr("%1 rows").arg(common::figureText(rows, m_estimated));
}

QString TimelineChart::sentence() const
{
    if (m_days.empty())
        return {};
    const auto expire = [this](qint64 rows) -> QString {
        return rows == 1 ? tr("1 row expires") : tr("%1 expire").arg(rowsText(rows));
    };
    if (m_selected >= 0) {
        const qint64 rows = m_days[static_cast<std::size_t>(m_selected)];
        QString day = m_selected < m_before ? tr("%1 expired %2.").arg(rowsText(rows), dayText(m_selected))
                                            : tr("%1 %2.").arg(expire(rows), dayText(m_selected));
        day[0] = day.at(0).toUpper(); // "About …"
        return day;
    }
    const QLocale locale;
    const auto now = m_days.begin() + m_before;
    QString whole =
        tr("%1 within 24 h, %2 in the %3 days after; %4 expired in the %5 days before.")
            .arg(expire(now == m_days.end() ? 0 : *now),
                 common::figureText(now == m_days.end() ? 0 : std::accumulate(now + 1, m_days.end(), qint64{0}),
                                    m_estimated),
                 locale.toString(static_cast<qint64>(m_days.end() - now) - 1),
                 common::figureText(std::accumulate(m_days.begin(), now, qint64{0}), m_estimated),
                 locale.toString(m_before));
    whole[0] = whole.at(0).toUpper();
    return whole;
}

QRectF TimelineChart::plot() const
{
    return {sideMargin, topMargin, std::max(width() - 2.0 * sideMargin, 1.0),
            std::max(height() - axisHeight - topMargin, 1) * 1.0};
}

QRectF TimelineChart::barOf(int day) const
{
    const qint64 most = std::max<qint64>(*std::ranges::max_element(m_days), 1);
    const qint64 sessions = m_days[static_cast<std::size_t>(day)];
    const QRectF area = plot();
    // One session is seen, and nothing is not.
    const qreal part =
        sessions == 0 ? 0 : std::log1p(static_cast<qreal>(sessions)) / std::log1p(static_cast<qreal>(most));
    const qreal step = area.width() / static_cast<qreal>(m_days.size());
    const qreal tall = part * area.height();
    return {area.left() + day * step + 1, area.bottom() - tall, std::max(step - 2, 1.0), tall};
}

void TimelineChart::paintAxis(QPainter &painter) const
{
    const QRectF area = plot();
    const qreal step = area.width() / static_cast<qreal>(m_days.size());
    const int line = height() - axisHeight;
    painter.fillRect(QRectF(area.left(), line, area.width(), 1), m_theme.color(ColorToken::LineStrong));
    const auto count = static_cast<int>(m_days.size());
    for (int day = m_before % daysBetweenLabels; day <= count; day += daysBetweenLabels) {
        const int from = day - m_before;
        const bool isNow = from == 0;
        painter.setFont(m_theme.font(isNow ? common::FontToken::Caption : common::FontToken::Small));
        painter.setPen(m_theme.color(isNow ? ColorToken::Text : ColorToken::Muted));
        const QString text =
            isNow ? tr("now")
                  : tr("%1 d").arg(from > 0 ? QString::number(from) : QChar(0x2212) + QString::number(-from));
        QRectF rect(0, line + 3, 60, axisHeight - 3);
        rect.moveCenter(QPointF(area.left() + day * step, rect.center().y()));
        // The outermost labels keep within the chart.
        Qt::Alignment alignment = Qt::AlignHCenter;
        if (rect.left() < area.left()) {
            rect.moveLeft(area.left());
            alignment = Qt::AlignLeft;
        } else if (rect.right() > area.right()) {
            rect.moveRight(area.right());
            alignment = Qt::AlignRight;
        }
        painter.drawText(rect, static_cast<int>(alignment | Qt::AlignTop), text);
    }
}

void TimelineChart::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    if (m_days.empty()) {
        painter.fillRect(QRectF(plot().left(), height() - axisHeight, plot().width(), 1),
                         m_theme.color(ColorToken::LineStrong));
        return;
    }
    for (int day = 0; day < static_cast<int>(m_days.size()); ++day) {
        const ColorToken tint = day == m_selected ? ColorToken::Accent
                                : day < m_before  ? ColorToken::BarOff
                                : day == m_before ? ColorToken::Warn
                                                  : ColorToken::Bar;
        painter.fillRect(barOf(day), m_theme.color(tint));
    }
    paintAxis(painter);
    const qreal now = plot().left() + plot().width() * m_before / static_cast<qreal>(m_days.size());
    painter.setPen(QPen(m_theme.color(ColorToken::Text), 1, Qt::DashLine));
    painter.drawLine(QPointF(now, 0), QPointF(now, height() - axisHeight));
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(m_theme.color(ColorToken::Accent), 2));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), common::measure::radius,
                                common::measure::radius);
    }
}

void TimelineChart::select(int day)
{
    if (day == m_selected)
        return;
    m_selected = day;
    setAccessibleDescription(sentence());
    update();
    Q_EMIT described();
}

void TimelineChart::keyPressEvent(QKeyEvent *event)
{
    const auto last = static_cast<int>(m_days.size()) - 1;
    const int from = m_selected >= 0 ? m_selected : m_before;
    int to = -1;
    switch (event->key()) {
    case Qt::Key_Left:
        to = m_selected >= 0 ? from - 1 : from;
        break;
    case Qt::Key_Right:
        to = m_selected >= 0 ? from + 1 : from;
        break;
    case Qt::Key_Home:
        to = 0;
        break;
    case Qt::Key_End:
        to = last;
        break;
    default:
        QWidget::keyPressEvent(event);
        return;
    }
    if (last >= 0)
        select(std::clamp(to, 0, last));
}

void TimelineChart::mouseMoveEvent(QMouseEvent *event)
{
    if (m_days.empty())
        return;
    const auto count = static_cast<int>(m_days.size());
    const qreal along = (event->position().x() - plot().left()) / plot().width();
    select(std::clamp(static_cast<int>(along * count), 0, count - 1));
}

void TimelineChart::leaveEvent(QEvent *)
{
    select(-1);
}

void TimelineChart::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
    update();
}

void TimelineChart::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    select(-1);
    update();
}

} // namespace rollcall::charts
