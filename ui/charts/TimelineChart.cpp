#include "ui/charts/TimelineChart.h"

#include <QKeyEvent>
#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rollcall::charts {

using common::ColorToken;

namespace {
constexpr int axisHeight = 20;
constexpr int topMargin = 4;
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

void TimelineChart::display(std::vector<qint64> days, int before)
{
    m_days = std::move(days);
    m_before = before;
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

QString TimelineChart::sentence() const
{
    if (m_days.empty())
        return {};
    const QLocale locale;
    if (m_selected >= 0) {
        const qint64 sessions = m_days[static_cast<std::size_t>(m_selected)];
        return m_selected < m_before ? tr("%1 rows expired %2.").arg(locale.toString(sessions), dayText(m_selected))
                                     : tr("%1 rows expire %2.").arg(locale.toString(sessions), dayText(m_selected));
    }
    const auto now = m_days.begin() + m_before;
    return tr("%1 rows expire within 24 h, %2 in the %3 days after; %4 expired in the %5 days before.")
        .arg(locale.toString(now == m_days.end() ? 0 : *now),
             locale.toString(now == m_days.end() ? 0 : std::accumulate(now + 1, m_days.end(), qint64{0})),
             locale.toString(static_cast<qint64>(m_days.end() - now) - 1),
             locale.toString(std::accumulate(m_days.begin(), now, qint64{0})), locale.toString(m_before));
}

QRectF TimelineChart::barOf(int day) const
{
    const qint64 most = std::max<qint64>(*std::ranges::max_element(m_days), 1);
    const qint64 sessions = m_days[static_cast<std::size_t>(day)];
    const qreal room = height() - axisHeight - topMargin;
    // One session is seen, and nothing is not.
    const qreal part =
        sessions == 0 ? 0 : std::log1p(static_cast<qreal>(sessions)) / std::log1p(static_cast<qreal>(most));
    const qreal step = width() / static_cast<qreal>(m_days.size());
    const qreal tall = part * room;
    return {day * step + 1, topMargin + room - tall, std::max(step - 2, 1.0), tall};
}

void TimelineChart::paintAxis(QPainter &painter) const
{
    const qreal step = width() / static_cast<qreal>(m_days.size());
    const int line = height() - axisHeight;
    painter.fillRect(QRectF(0, line, width(), 1), m_theme.color(ColorToken::LineStrong));
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
        rect.moveCenter(QPointF(day * step, rect.center().y()));
        // The outermost labels keep within the chart.
        Qt::Alignment alignment = Qt::AlignHCenter;
        if (rect.left() < 0) {
            rect.moveLeft(0);
            alignment = Qt::AlignLeft;
        } else if (rect.right() > width()) {
            rect.moveRight(width());
            alignment = Qt::AlignRight;
        }
        painter.drawText(rect, static_cast<int>(alignment | Qt::AlignTop), text);
    }
}

void TimelineChart::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    if (m_days.empty()) {
        painter.fillRect(QRectF(0, height() - axisHeight, width(), 1), m_theme.color(ColorToken::LineStrong));
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
    const qreal now = width() * m_before / static_cast<qreal>(m_days.size());
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
    if (m_days.empty() || width() <= 0)
        return;
    const auto count = static_cast<int>(m_days.size());
    select(std::clamp(static_cast<int>(event->position().x() * count / width()), 0, count - 1));
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
