#pragma once

#include "core/probe/RunDocument.h"
#include "ui/charts/LatencyChartView.h"

namespace rollcall::charts {

/// Chart 1 of the Latency page: a row a route, on it a marker for each mode at the chosen quantile with its interval,
/// a tick for the network floor, and how much faster the local way is. Rows are sorted by that gap, the widest first,
/// by their slowest p95, or by name. ↑ ↓ Home End move the selected row. **Thread-safety:** GUI thread only.
class DumbbellChart final : public LatencyChartView
{
    Q_OBJECT

public:
    /// @p theme outlives the chart.
    explicit DumbbellChart(const common::Theme &theme, QWidget *parent = nullptr);

    enum class Order { Gap, SlowestP95, Name };
    /// Sorts the rows; who was selected stays selected.
    void setOrder(Order order);

    /// Shows @p document's cells at the quantile of @p p (one of probe::reportedQuantiles). A route that
    /// somebody selected stays so; else it is the first.
    void show(const probe::RunDocument &document, double p);
    void selectRoute(const QString &route);
    [[nodiscard]] QString selectedRoute() const;
    /// Routes from the top down.
    [[nodiscard]] QStringList routes() const;
    [[nodiscard]] ChartTable table() const override;
    [[nodiscard]] QString sentence() const override;
    [[nodiscard]] std::vector<probe::CellId> modes() const override { return m_modes; }
    /// What the ratio column divides: "proxy ÷ local"; empty where there is none.
    [[nodiscard]] QString remark() const override { return m_ratioWord; }

Q_SIGNALS:
    void routeSelected(const QString &route);

protected:
    void drawBackground(QPainter *painter, const QRectF &rect) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void restyle() override;

private:
    struct Mark
    {
        probe::CellId id;
        qint64 value = 0;
        std::optional<probe::Interval> interval;
    };
    struct Row
    {
        QString route;
        std::vector<Mark> marks;
        std::optional<double> ratio;
        qint64 slowest = 0; ///< the longest p95 of its modes; of those with too few samples the median
    };

    void collect(const probe::RunDocument &document, double p);
    void sort();
    void rebuildSeries();
    void describe();
    void select(int row);
    [[nodiscard]] QRectF rowRect(int row) const;
    void paintGrid(QPainter &painter) const;
    void paintRow(QPainter &painter, int row) const;

    std::vector<Row> m_rows;
    std::vector<probe::CellId> m_modes;
    QString m_ratioWord;
    QString m_quantileWord;
    Order m_order = Order::Gap;
    int m_selected = 0;
    bool m_picked = false; ///< somebody chose the row: it stays when the order changes
};

} // namespace rollcall::charts
