#include "ui/revoke/ProofLanes.h"

#include <QPainter>

#include <algorithm>

namespace rollcall::revoke {

using common::ColorToken;
using common::FontToken;
using std::chrono::milliseconds;

namespace {

constexpr int laneHeight = 24;
constexpr int axisHeight = 20;
constexpr int left = 104;
constexpr int right = 88;
constexpr int mark = 4;

QString msText(milliseconds time)
{
    return ProofLanes::tr("%1 ms").arg(time.count());
}

} // namespace

ProofLanes::ProofLanes(const common::Theme &theme, const RevocationReport &report, QWidget *parent)
    : QWidget(parent), m_theme(theme)
{
    for (const RowReport &row : report.rows) {
        if (m_lanes.size() == maxLanes)
            break;
        if (row.proof == ProofOutcome::Refused || row.proof == ProofOutcome::StillAccepted)
            m_lanes << Lane{row.fingerprint.grouped().first(9), row.proof, row.refusedAfter.value_or(milliseconds(0))};
    }
    for (const Lane &lane : m_lanes)
        m_end = std::max(m_end, lane.after);
    m_end = std::max(m_end, milliseconds(10));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Proof, session by session"));
    setAccessibleDescription(report.verification
                                 ? tr("%1 of %2 refused by the deployment.")
                                       .arg(report.verification->refused)
                                       .arg(report.verification->checked + report.verification->unchecked)
                                 : QString());
    connect(&theme, &common::Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize ProofLanes::sizeHint() const
{
    return {480, static_cast<int>(m_lanes.size()) * laneHeight + axisHeight};
}

void ProofLanes::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int foot = static_cast<int>(m_lanes.size()) * laneHeight;
    const milliseconds step = tickStep(m_end);
    const double pixelsPerMs = static_cast<double>(width() - left - right) / static_cast<double>(m_end.count());

    painter.setFont(m_theme.font(FontToken::Small));
    for (milliseconds tick(0); tick <= m_end + step / 4; tick += step) {
        const double x = left + static_cast<double>(tick.count()) * pixelsPerMs;
        painter.setPen(QPen(m_theme.color(tick.count() == 0 ? ColorToken::Text : ColorToken::Line), 1,
                            tick.count() == 0 ? Qt::DashLine : Qt::SolidLine));
        painter.drawLine(QPointF(x, 0), QPointF(x, foot));
        painter.setPen(m_theme.color(ColorToken::Muted));
        painter.drawText(QRectF(x - 50, foot, 100, axisHeight), Qt::AlignCenter,
                         tick.count() == 0 ? tr("row deleted") : QStringLiteral("+") + msText(tick));
    }
    int y = laneHeight / 2;
    for (const Lane &lane : m_lanes) {
        paintLane(painter, lane, y, pixelsPerMs);
        y += laneHeight;
    }
}

void ProofLanes::paintLane(QPainter &painter, const Lane &lane, int y, double pixelsPerMs) const
{
    const bool refused = lane.proof == ProofOutcome::Refused;
    const double x = refused ? left + static_cast<double>(lane.after.count()) * pixelsPerMs : width() - right;
    painter.setFont(m_theme.font(FontToken::Code));
    painter.setPen(m_theme.color(ColorToken::Text));
    painter.drawText(QRectF(0, y - laneHeight / 2.0, left - 12, laneHeight), Qt::AlignVCenter | Qt::AlignLeft,
                     lane.name);
    painter.setPen(QPen(m_theme.color(ColorToken::LineStrong), 2));
    painter.drawLine(QPointF(left, y), QPointF(x, y));
    const QColor color = m_theme.color(refused ? ColorToken::Good : ColorToken::Warn);
    painter.setPen(QPen(color, 2));
    if (refused) {
        painter.drawLine(QPointF(x - mark, y - mark), QPointF(x + mark, y + mark));
        painter.drawLine(QPointF(x - mark, y + mark), QPointF(x + mark, y - mark));
    } else {
        painter.setBrush(m_theme.color(ColorToken::Raised));
        painter.drawEllipse(QPointF(x, y), mark, mark);
    }
    painter.setFont(m_theme.font(FontToken::Status));
    painter.setPen(m_theme.color(ColorToken::Text));
    painter.drawText(QRectF(x + 10, y - laneHeight / 2.0, right - 10, laneHeight), Qt::AlignVCenter | Qt::AlignLeft,
                     refused ? msText(lane.after) : tr("accepted"));
}

milliseconds tickStep(milliseconds span)
{
    milliseconds::rep step = 1;
    for (;;) {
        for (const milliseconds::rep factor : {1, 2, 5}) {
            if (step * factor * 5 >= span.count())
                return milliseconds(step * factor);
        }
        step *= 10;
    }
}

} // namespace rollcall::revoke
