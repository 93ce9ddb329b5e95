#include "ui/audit/ChainDelegate.h"

#include <QPainter>

#include "ui/audit/AuditListModel.h"
#include "ui/common/Icons.h"

namespace rollcall::audit {

using common::ColorToken;

namespace {
constexpr int chainX = 24; ///< of the line's middle, from the left of the column
constexpr int ring = 4;    ///< radius
} // namespace

void ChainDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    TableDelegate::paint(painter, option, index);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const auto link = static_cast<Link>(index.data(AuditListModel::LinkRole).toInt());
    const QPointF middle(option.rect.left() + chainX, option.rect.center().y());
    if (link == Link::Broken) {
        common::drawIcon(*painter, theme(), common::Icon::Fail,
                         QRect(option.rect.left() + chainX - 8, option.rect.center().y() - 8, 16, 16), ColorToken::Bad);
        painter->restore();
        return;
    }
    const bool whole = link == Link::Whole;
    QPen pen(theme().color(whole ? ColorToken::Bar : ColorToken::BarOff), 1.6);
    if (!whole)
        pen.setDashPattern({2, 2});
    painter->setPen(pen);
    const bool newest = index.row() == 0;
    const bool oldest = index.row() == index.model()->rowCount() - 1;
    const auto linkAbove =
        newest ? Link::Broken
               : static_cast<Link>(index.siblingAtRow(index.row() - 1).data(AuditListModel::LinkRole).toInt());
    if (!newest && linkAbove == link)
        painter->drawLine(QPointF(middle.x(), option.rect.top()), middle - QPointF(0, ring));
    const auto linkBelow =
        oldest ? Link::Broken
               : static_cast<Link>(index.siblingAtRow(index.row() + 1).data(AuditListModel::LinkRole).toInt());
    if (!oldest && linkBelow == link)
        painter->drawLine(middle + QPointF(0, ring), QPointF(middle.x(), option.rect.bottom() + 1));
    pen.setStyle(Qt::SolidLine);
    painter->setPen(pen);
    painter->drawEllipse(middle, ring, ring);
    painter->restore();
}

} // namespace rollcall::audit
