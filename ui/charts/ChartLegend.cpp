#include "ui/charts/ChartLegend.h"

#include <QPainter>

#include <algorithm>

#include "ui/charts/ChartPalette.h"

namespace rollcall::charts {

using common::ColorToken;
using common::FontToken;

ChartLegend::ChartLegend(const common::Theme &theme, QWidget *parent) : QWidget(parent), m_theme(theme)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&theme, &common::Theme::changed, this, [this] { update(); });
}

void ChartLegend::setModes(const std::vector<probe::CellId> &modes, const QString &remark)
{
    m_modes = modes;
    m_remark = remark;
    QStringList words;
    for (const probe::CellId &mode : modes)
        words << lookOf(mode).word;
    setAccessibleName(tr("Legend: %1").arg(words.join(QStringLiteral(", "))));
    setToolTip(words.join(QStringLiteral(", "))); // where there is no room for all of them
    update();
}

void ChartLegend::paintEvent(QPaintEvent *event)
{
    Q_UNUSED(event)
    QPainter painter(this);
    painter.setFont(m_theme.font(FontToken::Small));
    const QFontMetrics metrics = painter.fontMetrics();
    const int remarkWidth = metrics.horizontalAdvance(m_remark);
    painter.setPen(m_theme.color(ColorToken::Muted));
    painter.drawText(rect().adjusted(0, 0, -common::space::m, 0), Qt::AlignRight | Qt::AlignVCenter, m_remark);
    int x = common::space::m;
    const int end = width() - remarkWidth - 2 * common::space::m;
    for (std::size_t i = 0; i < m_modes.size(); ++i) {
        const probe::CellId &mode = m_modes[i];
        const ModeLook look = lookOf(mode);
        const int wordWidth = metrics.horizontalAdvance(look.word);
        const QString others = i + 1 < m_modes.size() ? QStringLiteral("+%1").arg(m_modes.size() - i - 1) : QString();
        const int rest = others.isEmpty() ? 0 : common::space::m + metrics.horizontalAdvance(others);
        if (x + sampleWidth + common::space::xs + 2 + wordWidth + rest > end) { // half a name would help nobody
            painter.setPen(m_theme.color(ColorToken::Muted));
            painter.drawText(QRect(x, 0, std::max(0, end - x), height()), Qt::AlignVCenter,
                             QStringLiteral("+%1").arg(m_modes.size() - i));
            return;
        }
        drawSample(painter, m_theme, look, QRectF(x, 0, sampleWidth, height()), mode.cache == probe::CachePath::Miss);
        x += sampleWidth + common::space::xs + 2;
        painter.setPen(m_theme.color(ColorToken::Text));
        painter.drawText(QRect(x, 0, wordWidth + 2, height()), Qt::AlignVCenter, look.word);
        x += wordWidth + common::space::m;
    }
}

} // namespace rollcall::charts
