#pragma once

#include "core/probe/RunDocument.h"
#include "core/probe/ShareCurve.h"
#include "ui/charts/LatencyAxis.h"
#include "ui/charts/PaintedChart.h"

namespace rollcall::charts {

/// The percentile chart turned round, for "what share is under X": over a limit of latency the share of answers that
/// kept it, a rising line for each mode of one route, with the limits of budgets. **Thread-safety:** GUI thread only.
class ShareChart final : public PaintedChart
{
    Q_OBJECT

public:
    /// @p theme outlives the chart.
    explicit ShareChart(const common::Theme &theme, QWidget *parent = nullptr);

    /// Shows the cells of @p route: hits of cached modes, not misses.
    void show(const probe::RunDocument &document, const QString &route);

    /// How limits are placed of what is shown from now on.
    void setLatencyScale(LatencyScale scale) { m_scale = scale; }

    [[nodiscard]] ChartTable table() const override;
    [[nodiscard]] QString sentence() const override;
    [[nodiscard]] std::vector<probe::CellId> modes() const override;
    [[nodiscard]] QString remark() const override;

protected:
    [[nodiscard]] int stops() const override { return m_curves.empty() ? 0 : static_cast<int>(m_limits.size()); }
    [[nodiscard]] double shareOf(int stop) const override;
    void paintAxes(QPainter &painter) const override;
    void paintMarks(QPainter &painter) const override;
    void paintReadOut(QPainter &painter) const override;
    [[nodiscard]] QString nothing() const override;

private:
    struct Curve
    {
        probe::CellId id;
        probe::ShareCurve shares; ///< at m_limits
        probe::ShareCurve rows;   ///< at m_tableLimits
    };
    struct BudgetLine
    {
        QString words;
        double limitNs = 0;
    };

    [[nodiscard]] qreal yAt(double share) const;
    [[nodiscard]] double placeOf(double ns) const;
    [[nodiscard]] QString limitText(int stop) const;

    std::vector<Curve> m_curves;
    qint64 m_leftOut = 0; ///< errors of their cells that have no time
    std::vector<BudgetLine> m_budgets;
    LatencyScale m_scale = LatencyScale::Log;
    LatencyAxis m_axis;
    std::vector<double> m_limits;      ///< ns, where the lines have their points and the cursor its stops
    std::vector<double> m_tableLimits; ///< 1, 2, 5 of each decade, or even steps, and the budgets' own
};

} // namespace rollcall::charts
