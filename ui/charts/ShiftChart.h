#pragma once

#include "core/probe/ShiftFunction.h"
#include "ui/charts/PaintedChart.h"

namespace rollcall::charts {

/// Two modes of one route over their quantiles.
struct ShiftCurve
{
    probe::CellId a; ///< the one that is divided
    probe::CellId b;
    std::vector<probe::ShiftPoint> points; ///< ascending by quantile
};

/// Chart 3 of the Latency page: how many times as long A takes as B at each quantile, on a log₂ axis with a line at 1×,
/// with the band that holds for all quantiles at once. **Source:** facts/latency-method.md §2.
/// **Thread-safety:** GUI thread only.
class ShiftChart final : public PaintedChart
{
    Q_OBJECT

public:
    /// @p theme outlives the chart.
    explicit ShiftChart(const common::Theme &theme, QWidget *parent = nullptr);

    void show(ShiftCurve curve);
    /// Shows @p why in place of a curve: it is being computed, or cannot be.
    void showNothing(const QString &why);
    /// Quantiles drawn.
    [[nodiscard]] qsizetype points() const { return std::ssize(m_curve.points); }

    [[nodiscard]] ChartTable table() const override;
    [[nodiscard]] QString sentence() const override;
    [[nodiscard]] QString remark() const override;

protected:
    [[nodiscard]] int stops() const override { return static_cast<int>(m_curve.points.size()); }
    [[nodiscard]] double shareOf(int stop) const override;
    void paintAxes(QPainter &painter) const override;
    void paintMarks(QPainter &painter) const override;
    void paintReadOut(QPainter &painter) const override;
    [[nodiscard]] QString nothing() const override { return m_curve.points.empty() ? m_why : QString(); }

private:
    [[nodiscard]] qreal yAt(double ratio) const;
    [[nodiscard]] const probe::ShiftPoint &point(int stop) const;

    ShiftCurve m_curve;
    QString m_why;
    int m_lowest = 0; ///< powers of two that the axis ends at
    int m_highest = 1;
};

/// "43× (38–49×)"; without a band only the ratio.
[[nodiscard]] QString shiftText(const probe::ShiftPoint &point);

} // namespace rollcall::charts
