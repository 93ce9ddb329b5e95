#include "ui/charts/ChartTableView.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QSortFilterProxyModel>

#include <algorithm>

namespace rollcall::charts {

namespace {

constexpr int leastColumn = 72;

QString textOf(const QTableView &table)
{
    const QAbstractItemModel *model = table.model();
    const auto line = [model](const auto &textAt) {
        QStringList cells;
        for (int column = 0; column < model->columnCount(); ++column)
            cells << textAt(column);
        return QString(cells.join(QLatin1Char('\t')));
    };
    QStringList lines{
        line([model](int column) { return model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString(); })};
    for (int row = 0; row < model->rowCount(); ++row) {
        if (!table.selectionModel()->hasSelection() || table.selectionModel()->isRowSelected(row))
            lines << line([model, row](int column) { return model->index(row, column).data().toString(); });
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace

void addCopyAction(QTableView &table)
{
    auto *copy = new QAction(ChartTableView::tr("Copy figures"), &table);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    QObject::connect(copy, &QAction::triggered, &table,
                     [&table] { QGuiApplication::clipboard()->setText(textOf(table)); });
    table.addAction(copy);
    table.setContextMenuPolicy(Qt::ActionsContextMenu);
}

void ChartTableModel::setTable(ChartTable table)
{
    beginResetModel();
    m_table = std::move(table);
    endResetModel();
}

int ChartTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_table.rows.size());
}

int ChartTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_table.head.size());
}

bool ChartTableModel::isNumber(int column) const
{
    return !m_table.rows.empty() && m_table.rows.front()[static_cast<std::size_t>(column)].number.has_value();
}

QVariant ChartTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ChartValue &value =
        m_table.rows[static_cast<std::size_t>(index.row())][static_cast<std::size_t>(index.column())];
    if (role == Qt::DisplayRole)
        return value.text;
    if (role == SortRole)
        return value.number ? QVariant(*value.number) : QVariant(value.text);
    if (role == Qt::TextAlignmentRole)
        return headerData(index.column(), Qt::Horizontal, role);
    if (role == Qt::ToolTipRole)
        return value.text; // a narrow column shows a part
    if (role == common::cell::IconRole && value.icon)
        return static_cast<int>(*value.icon);
    if (role == common::cell::IconTintRole && value.icon)
        return static_cast<int>(value.tint);
    return {};
}

QVariant ChartTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((isNumber(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    return role == Qt::DisplayRole ? QVariant(m_table.head.at(section)) : QVariant();
}

ChartTableView::ChartTableView(const common::Theme &theme, QWidget *parent)
    : common::TableView(theme, parent), m_sorted(new QSortFilterProxyModel(this))
{
    m_sorted->setSourceModel(&m_model);
    m_sorted->setSortRole(ChartTableModel::SortRole);
    setModel(m_sorted);
    setSortingEnabled(true);
    sortByColumn(-1, Qt::AscendingOrder); // as the chart has them, until a head is clicked
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setMinimumSectionSize(leastColumn);
    addCopyAction(*this);
}

void ChartTableView::setTable(ChartTable table)
{
    m_model.setTable(std::move(table));
    // Words are whole, figures share what is left.
    for (int column = 0; column < m_model.columnCount(); ++column) {
        const bool words = m_model.headerData(column, Qt::Horizontal, Qt::TextAlignmentRole).toInt() & Qt::AlignLeft;
        const bool last = column == m_model.columnCount() - 1;
        horizontalHeader()->setSectionResizeMode(column,
                                                 words && !last ? QHeaderView::ResizeToContents : QHeaderView::Stretch);
    }
}

QList<int> ChartTableView::selectedTableRows() const
{
    QList<int> rows;
    for (const QModelIndex &index : selectionModel()->selectedRows())
        rows << m_sorted->mapToSource(index).row();
    std::sort(rows.begin(), rows.end());
    return rows;
}

} // namespace rollcall::charts
