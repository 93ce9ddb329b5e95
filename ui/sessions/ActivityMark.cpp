#include "ui/sessions/ActivityMark.h"

#include <QPainter>

namespace rollcall::sessions {

using common::ColorToken;
using common::FontToken;

namespace {

constexpr int markWidth = 40;
constexpr int gap = 8;
constexpr int thickness = 7;
constexpr qreal thinnest = 3; ///< an interval of an hour in a lifetime of a month must be seen still

} // namespace

void paintActivity(QPainter &painter, const common::Theme &theme, const QRect &rect, const ScaledInterval &interval)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area(rect);
    const qreal middle = area.center().y();
    painter.setPen(QPen(theme.color(ColorToken::LineStrong), 1));
    painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle));
    const qreal width = qMax(thinnest, (interval.until - interval.from) * area.width());
    const qreal left = qMin(area.left() + interval.from * area.width(), area.right() - width);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(ColorToken::Bar));
    painter.drawRoundedRect(QRectF(left, middle - thickness / 2.0, width, thickness), 1.5, 1.5);
    painter.restore();
}

void ActivityDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QVariant ends = index.data(SessionListModel::ActivityRole);
    if (!ends.isValid()) {
        common::TableDelegate::paint(painter, option, index);
        return;
    }
    painter->save();
    paintGround(*painter, option, index);
    QRect rect = contentRect(option, index);
    const QRect mark(rect.right() - markWidth, rect.top(), markWidth, rect.height());
    rect.setRight(mark.left() - gap);
    const auto *table = qobject_cast<const common::TableView *>(option.widget);
    const bool stale = table != nullptr && table->isStale();
    const auto tint = static_cast<ColorToken>(index.data(common::cell::TextTintRole).toInt());
    painter->setFont(theme().font(FontToken::Body));
    painter->setPen(theme().color(stale ? ColorToken::Muted : tint));
    painter->drawText(rect, Qt::AlignVCenter | Qt::AlignRight,
                      painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, rect.width()));
    const QPointF interval = ends.toPointF();
    paintActivity(*painter, theme(), mark, {interval.x(), interval.y()});
    painter->restore();
}

ActivityBar::ActivityBar(const common::Theme &theme, const ScaledInterval &interval, const QString &words,
                         QWidget *parent)
    : QWidget(parent), m_theme(theme), m_interval(interval)
{
    setToolTip(words);
    setAccessibleName(words);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&theme, &common::Theme::changed, this, qOverload<>(&QWidget::update));
}

void ActivityBar::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    const QRect line(1, 0, width() - 2, height() / 2);
    paintActivity(painter, m_theme, line, m_interval);
    painter.setFont(m_theme.font(FontToken::Small));
    painter.setPen(m_theme.color(ColorToken::Muted));
    const QRect words(0, height() / 2, width(), height() - height() / 2);
    painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, tr("one lifetime ago"));
    painter.drawText(words, Qt::AlignRight | Qt::AlignVCenter, tr("now"));
}

} // namespace rollcall::sessions
