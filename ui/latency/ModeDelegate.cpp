#include "ui/latency/ModeDelegate.h"

#include <QPainter>
#include <QSortFilterProxyModel>

#include "ui/charts/ChartPalette.h"
#include "ui/latency/CellResultsModel.h"

namespace rollcall::latency {

namespace {

const probe::CellResult *cellOf(const QModelIndex &index)
{
    const auto *proxy = qobject_cast<const QSortFilterProxyModel *>(index.model());
    const auto *model = qobject_cast<const CellResultsModel *>(proxy != nullptr ? proxy->sourceModel() : index.model());
    return model == nullptr ? nullptr : &model->cell(index.data(CellResultsModel::CellRole).toInt());
}

} // namespace

void ModeDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const probe::CellResult *cell = cellOf(index);
    if (cell == nullptr)
        return;
    painter->save();
    paintGround(*painter, option, index);
    QRect rect = contentRect(option, index);
    charts::drawSample(*painter, theme(), charts::lookOf(cell->id), rect, cell->id.cache == probe::CachePath::Miss);
    rect.setLeft(rect.left() + charts::sampleWidth + common::space::s);
    painter->setFont(theme().font(common::FontToken::Body));
    painter->setPen(theme().color(common::ColorToken::Text));
    // What tells one cell of a mode from another stands at its end.
    painter->drawText(rect, Qt::AlignVCenter | Qt::AlignLeft,
                      painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideMiddle, rect.width()));
    painter->restore();
}

QSize ModeDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    return TableDelegate::sizeHint(option, index) + QSize(charts::sampleWidth + common::space::s, 0);
}

} // namespace rollcall::latency
