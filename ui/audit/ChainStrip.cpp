#include "ui/audit/ChainStrip.h"

#include <QLocale>
#include <QPainter>

#include "ui/common/Icons.h"

namespace rollcall::audit {

using common::ColorToken;

namespace {
constexpr int mostLinks = 9; ///< a longer chain is drawn with as many rings as fit well
constexpr int margin = 8;
constexpr int lineY = 14;
constexpr qreal ring = 4.5;
constexpr qreal diamond = 7;
} // namespace

ChainStrip::ChainStrip(const common::Theme &theme, QWidget *parent) : QWidget(parent), m_theme(theme)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&theme, &common::Theme::changed, this, qOverload<>(&QWidget::update));
}

void ChainStrip::display(const AuditState &state)
{
    m_state = state;
    update();
}

QSize ChainStrip::sizeHint() const
{
    return {232, 44};
}

void ChainStrip::paintEvent(QPaintEvent *)
{
    const qint64 last = m_state.ok ? m_state.entries : m_state.brokenAt.value_or(m_state.entries + 1);
    const int links = static_cast<int>(std::min<qint64>(last, mostLinks));
    if (links < 1)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const ColorToken tint = !m_state.ok ? ColorToken::Bar : m_state.sealed ? ColorToken::Good : ColorToken::Warn;
    const qreal step = links > 1 ? qreal(width() - 2 * margin) / (links - 1) : 0;
    for (int i = 0; i < links; ++i) {
        const bool end = i == links - 1;
        const bool broken = end && !m_state.ok;
        const bool seal = end && m_state.ok && m_state.sealed;
        const QPointF at(links > 1 ? margin + step * i : width() - margin, lineY);
        painter.setPen(QPen(m_theme.color(tint), 1.6));
        painter.setBrush(Qt::NoBrush);
        // The chain does not reach the entry that is wrong.
        if (i > 0 && !broken)
            painter.drawLine(at - QPointF(step - ring, 0), at - QPointF(seal ? diamond : ring, 0));
        if (broken) {
            common::drawIcon(painter, m_theme, common::Icon::Fail,
                             QRect(at.toPoint() - QPoint(margin, margin), QSize(16, 16)), ColorToken::Bad);
        } else if (seal) {
            painter.drawPolygon(QPolygonF({at - QPointF(0, diamond), at + QPointF(diamond, 0), at + QPointF(0, diamond),
                                           at - QPointF(diamond, 0)}));
        } else {
            painter.drawEllipse(at, ring, ring);
        }
    }
    painter.setFont(m_theme.font(common::FontToken::Small));
    painter.setPen(m_theme.color(ColorToken::Muted));
    const QRect captions(0, lineY + 12, width(), height() - lineY - 12);
    if (links > 1)
        painter.drawText(captions.adjusted(margin - 4, 0, 0, 0), Qt::AlignLeft | Qt::AlignTop, QStringLiteral("1"));
    const QString number = QLocale().toString(last);
    painter.drawText(captions, Qt::AlignRight | Qt::AlignTop,
                     m_state.ok && m_state.sealed ? tr("%1, sealed").arg(number) : number);
}

} // namespace rollcall::audit
