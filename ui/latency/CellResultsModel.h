#pragma once

#include <QAbstractTableModel>

#include <memory>

#include "core/probe/RunDocument.h"
#include "ui/common/TableView.h"

namespace rollcall::latency {

/// The cells of a run as a table: the charts' twin. Each latency has the unit that fits it, as a hit in memory and a
/// cold start lie seven decades apart; columns sort by the time itself.
/// **Thread-safety:** GUI thread only.
class CellResultsModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Route, Mode, Count, Effective, P50, Interval, P90, P95, P99, Max, Errors, Budget, ColumnCount };
    enum Role {
        SortRole = common::cell::FirstOwnRole, ///< a number or text to sort by
        CellRole,                              ///< row of the cell in the document
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// Shows @p document (null: nothing).
    void setDocument(std::shared_ptr<const probe::RunDocument> document);
    [[nodiscard]] const probe::RunDocument *document() const { return m_document.get(); }
    /// The cell in @p row.
    [[nodiscard]] const probe::CellResult &cell(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QVariant text(const probe::CellResult &cell, int column) const;
    [[nodiscard]] QString latencyWords(const probe::CellResult &cell, int column) const;
    [[nodiscard]] QVariant sortKey(const probe::CellResult &cell, int column) const;
    [[nodiscard]] QVariant budgetData(const probe::CellResult &cell, int role) const;
    [[nodiscard]] const probe::BudgetResult *budgetOf(const probe::CellResult &cell) const;
    [[nodiscard]] std::optional<qint64> latency(const probe::CellResult &cell, int column) const;

    std::shared_ptr<const probe::RunDocument> m_document;
};

} // namespace rollcall::latency
