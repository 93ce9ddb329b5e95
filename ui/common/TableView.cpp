#include "ui/common/TableView.h"

#include <QHeaderView>
#include <QMouseEvent>
#include <QPainter>

#include <array>

#include "ui/common/Icons.h"

namespace rollcall::common {

namespace {

constexpr int outerPadding = 16;
constexpr int innerPadding = 8;
constexpr int iconGap = 6;

ColorToken tokenOr(const QVariant &value, ColorToken otherwise)
{
    return value.isValid() ? static_cast<ColorToken>(value.toInt()) : otherwise;
}

} // namespace

TableDelegate::TableDelegate(const Theme &theme, QObject *parent) : QStyledItemDelegate(parent), m_theme(theme) {}

void TableDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    painter->save();
    paintGround(*painter, option, index);
    const QRect rect = contentRect(option, index);
    const auto *table = qobject_cast<const TableView *>(option.widget);
    if (index.data(cell::LoadingRole).toBool()) {
        paintSkeleton(*painter, rect, index);
    } else {
        paintContent(*painter, rect, index, table != nullptr && table->isStale());
    }
    painter->restore();
}

QSize TableDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto font = m_theme.font(static_cast<FontToken>(
        index.data(cell::FontRole).isValid() ? index.data(cell::FontRole).toInt() : static_cast<int>(FontToken::Body)));
    const QFontMetrics metrics(font);
    int width = metrics.horizontalAdvance(index.data(Qt::DisplayRole).toString());
    if (index.data(cell::IconRole).isValid()) {
        width += measure::icon + iconGap;
    }
    const QString secondary = index.data(cell::SecondaryRole).toString();
    if (!secondary.isEmpty()) {
        width += innerPadding + metrics.horizontalAdvance(secondary);
    }
    const int padding = option.rect.width() - contentRect(option, index).width();
    return {width + padding + 2, measure::row};
}

void TableDelegate::paintGround(QPainter &painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto *view = qobject_cast<const QTableView *>(option.widget);
    const auto *table = qobject_cast<const TableView *>(option.widget);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const QRect &r = option.rect;
    if (selected) {
        painter.fillRect(r, m_theme.color(ColorToken::AccentSoft));
    } else if (table != nullptr && table->hoveredRow() == index.row()) {
        painter.fillRect(r, m_theme.color(ColorToken::Hover));
    }
    painter.fillRect(r.left(), r.bottom(), r.width(), 1, m_theme.color(ColorToken::Line));
    if (view == nullptr || view->currentIndex().row() != index.row() || !(selected || view->hasFocus())) {
        return;
    }
    const QColor accent = m_theme.color(ColorToken::Accent);
    painter.fillRect(r.left(), r.top(), r.width(), 1, accent);
    painter.fillRect(r.left(), r.bottom(), r.width(), 1, accent);
    if (view->horizontalHeader()->visualIndex(index.column()) == 0) {
        painter.fillRect(r.left(), r.top(), 2, r.height(), accent);
    }
}

QRect TableDelegate::contentRect(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto *view = qobject_cast<const QTableView *>(option.widget);
    int visual = index.column();
    bool last = false;
    if (view != nullptr) {
        visual = view->horizontalHeader()->visualIndex(index.column());
        last = view->horizontalHeader()->logicalIndexAt(view->horizontalHeader()->length() - 1) == index.column();
    }
    return option.rect.adjusted(visual == 0 ? outerPadding : innerPadding, 0, last ? -outerPadding : -innerPadding, -1);
}

void TableDelegate::paintSkeleton(QPainter &painter, const QRect &rect, const QModelIndex &index) const
{
    // Widths differ from row to row, so that the bars read as words to come; they stand still.
    static constexpr std::array<int, 7> percent = {72, 54, 86, 63, 47, 78, 58};
    const auto step = static_cast<std::size_t>(index.row() * 3 + index.column() * 5) % percent.size();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme.color(ColorToken::Line));
    QRect bar(rect.left(), rect.center().y() - 4, qMin(rect.width() * percent[step] / 100, 180), 10);
    const auto alignment =
        Qt::Alignment(index.model()->headerData(index.column(), Qt::Horizontal, Qt::TextAlignmentRole).toInt());
    if (alignment.testFlag(Qt::AlignRight)) {
        bar.moveRight(rect.right());
    }
    if (index.column() == 0) {
        painter.drawEllipse(QRect(rect.left() + 1, rect.center().y() - 6, 14, 14));
        bar.setLeft(rect.left() + measure::icon + iconGap);
        bar.setWidth(qMax(24, (rect.width() - measure::icon - iconGap) * percent[step] / 100));
    }
    painter.drawRoundedRect(bar, 3, 3);
}

void TableDelegate::paintContent(QPainter &painter, QRect rect, const QModelIndex &index, bool stale) const
{
    const QVariant icon = index.data(cell::IconRole);
    const QString words = index.data(Qt::DisplayRole).toString();
    const QVariant fontRole = index.data(cell::FontRole);
    const auto font = m_theme.font(fontRole.isValid() ? static_cast<FontToken>(fontRole.toInt()) : FontToken::Body);
    const QFontMetrics metrics(font);
    painter.setFont(font);
    if (icon.isValid()) {
        drawIcon(painter, m_theme, static_cast<Icon>(icon.toInt()),
                 QRect(rect.left(), rect.top(), measure::icon, rect.height()),
                 tokenOr(index.data(cell::IconTintRole), ColorToken::Text));
        rect.setLeft(rect.left() + measure::icon + iconGap);
    }
    const ColorToken tint = stale ? ColorToken::Muted : tokenOr(index.data(cell::TextTintRole), ColorToken::Text);
    painter.setPen(m_theme.color(tint));
    const QVariant asked = index.data(Qt::TextAlignmentRole);
    const auto alignment = asked.isValid() ? Qt::Alignment(asked.toInt()) : Qt::Alignment(Qt::AlignLeft);
    painter.drawText(rect, static_cast<int>(Qt::AlignVCenter | (alignment & Qt::AlignHorizontal_Mask)),
                     metrics.elidedText(words, Qt::ElideRight, rect.width()));

    const QString secondary = index.data(cell::SecondaryRole).toString();
    const int used = metrics.horizontalAdvance(words) + innerPadding;
    if (!secondary.isEmpty() && rect.width() - used > 40) {
        rect.setLeft(rect.left() + used);
        painter.setPen(m_theme.color(ColorToken::Muted));
        painter.drawText(rect, Qt::AlignVCenter | Qt::AlignLeft,
                         metrics.elidedText(secondary, Qt::ElideRight, rect.width()));
    }
}

TableView::TableView(const Theme &theme, QWidget *parent) : QTableView(parent)
{
    setItemDelegate(new TableDelegate(theme, this));
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setWordWrap(false);
    setMouseTracking(true);
    setCornerButtonEnabled(false);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(measure::row);
    verticalHeader()->setMinimumSectionSize(24);
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setFixedHeight(measure::row);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setStretchLastSection(true);
    horizontalHeader()->setMinimumSectionSize(48);
    connect(&theme, &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void TableView::setStale(bool stale)
{
    m_stale = stale;
    viewport()->update();
}

void TableView::mouseMoveEvent(QMouseEvent *event)
{
    QTableView::mouseMoveEvent(event);
    setHoveredRow(rowAt(event->pos().y()));
}

void TableView::leaveEvent(QEvent *event)
{
    QTableView::leaveEvent(event);
    setHoveredRow(-1);
}

void TableView::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTableView::currentChanged(current, previous);
    viewport()->update(); // the frame goes round the whole row, Qt repaints the cells only
}

void TableView::setHoveredRow(int row)
{
    if (row != m_hoveredRow) {
        m_hoveredRow = row;
        viewport()->update();
    }
}

} // namespace rollcall::common
