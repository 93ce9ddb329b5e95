#pragma once

#include "core/probe/PercentileCurve.h"
#include "core/probe/RunDocument.h"
#include "ui/charts/LatencyChartView.h"

namespace rollcall::charts {

/// Chart 2 of the Latency page: latency over percentiles by nines (0, 90, 99, 99.9 %), a curve with its 95 % band for
/// each mode of one route. Curves end where the samples do; the plot says how many are missing. ← → move the read-out,
/// Home and End jump, + − zoom around it, 0 shows all, B takes the bands away and back. **Thread-safety:** GUI thread
/// only.
class PercentileChart final : public LatencyChartView
{
    Q_OBJECT

public:
    /// @p theme outlives the chart.
    explicit PercentileChart(const common::Theme &theme, QWidget *parent = nullptr);

    /// Shows the cells of @p route: hits of cached modes, not misses.
    void show(const probe::RunDocument &document, const QString &route);
    /// Puts the read-out to the quantile of @p p.
    void setReadOut(double p);
    [[nodiscard]] ChartTable table() const override;
    [[nodiscard]] QString sentence() const override;
    [[nodiscard]] std::vector<probe::CellId> modes() const override;
    [[nodiscard]] QString remark() const override
    {
        return m_curves.empty() || !m_bands ? QString() : tr("band: 95 % CI");
    }
    /// The part of the axis in sight, in nines.
    [[nodiscard]] std::pair<double, double> window() const { return {m_from, m_to}; }
    void setBands(bool shown);
    [[nodiscard]] bool hasBands() const { return m_bands; }

Q_SIGNALS:
    /// remark() would answer otherwise than before.
    void bandsChanged();

protected:
    void drawBackground(QPainter *painter, const QRectF &rect) override;
    void drawForeground(QPainter *painter, const QRectF &rect) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void restyle() override;

private:
    struct Curve
    {
        probe::CellId id;
        std::vector<probe::CurvePoint> points;
    };
    struct BudgetLine
    {
        QString words;
        double limitNs = 0;
    };

    void rebuildSeries();
    void moveTo(double nines);
    void zoom(double factor);
    void setWindow(double centre, double width);
    [[nodiscard]] bool isInSight(double nines) const;
    void describe();
    [[nodiscard]] const probe::CurvePoint *pointAt(const Curve &curve, double nines) const;
    void paintGrid(QPainter &painter) const;
    void paintMissing(QPainter &painter) const;
    void paintBudgets(QPainter &painter) const;
    [[nodiscard]] QRectF budgetWords(const BudgetLine &budget) const;
    void paintReadOut(QPainter &painter) const;
    /// Where it lies.
    [[nodiscard]] QRectF readOutBox() const;
    [[nodiscard]] int readOutLine() const; ///< the height of a line in it

    std::vector<Curve> m_curves;
    std::vector<BudgetLine> m_budgets;
    qint64 m_fewest = 0; ///< samples of the smallest cell
    double m_end = 0;    ///< nines that every curve reaches
    double m_cursor = 0.30103;
    double m_from;
    double m_to;
    bool m_bands = true;
};

} // namespace rollcall::charts
