#pragma once

#include <QAbstractTableModel>

#include "ui/charts/Chart.h"
#include "ui/common/TableView.h"

class QSortFilterProxyModel;

namespace rollcall::charts {

/// A chart's table. **Thread-safety:** GUI thread only.
class ChartTableModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    static constexpr int SortRole = common::cell::FirstOwnRole;

    using QAbstractTableModel::QAbstractTableModel;

    void setTable(ChartTable table);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] bool isNumber(int column) const;

    ChartTable m_table;
};

/// The twin of a chart: its figures, sortable by every column, copied with Ctrl+C. **Thread-safety:** GUI thread only.
class ChartTableView final : public common::TableView
{
    Q_OBJECT

public:
    /// @p theme outlives the view.
    explicit ChartTableView(const common::Theme &theme, QWidget *parent = nullptr);

    /// Shows @p table; the order chosen by a click stays.
    void setTable(ChartTable table);
    /// Rows of the table given that are selected, ascending.
    [[nodiscard]] QList<int> selectedTableRows() const;

private:
    ChartTableModel m_model;
    QSortFilterProxyModel *m_sorted;
};

/// Gives @p table an action and shortcut that copies the selected rows with their heads, tab-separated; all rows where
/// none is selected.
void addCopyAction(QTableView &table);

} // namespace rollcall::charts
