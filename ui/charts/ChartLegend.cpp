#include "ui/charts/ChartLegend.h"

#include <QPainter>

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
    for (const probe::CellId &mode : m_modes) {
        const ModeLook look = lookOf(mode);
        const int wordWidth = metrics.horizontalAdvance(look.word);
        if (x + sampleWidth + common::space::xs + wordWidth > end)
            return; // names stand in the table as well; half a name would help nobody
        drawSample(painter, m_theme, look, QRectF(x, 0, sampleWidth, height()), mode.cache == probe::CachePath::Miss);
        x += sampleWidth + common::space::xs + 2;
        painter.setPen(m_theme.color(ColorToken::Text));
        painter.drawText(QRect(x, 0, wordWidth + 2, height()), Qt::AlignVCenter, look.word);
        x += wordWidth + common::space::m;
    }
}

} // namespace rollcall::charts
