#pragma once

#include "core/probe/BlockBoxes.h"
#include "ui/charts/LatencyAxis.h"
#include "ui/charts/PaintedChart.h"

namespace rollcall::charts {

/// Whether a run kept its level: small box plots of one route's modes over the blocks of the run, a few blocks
/// together. Five numbers each, as far as there are times enough for them, no outliers and no smoothed shape, which
/// would invent times between those of two populations.
/// **Thread-safety:** GUI thread only.
class BlocksChart final : public PaintedChart
{
    Q_OBJECT

public:
    /// @p theme outlives the chart.
    explicit BlocksChart(const common::Theme &theme, QWidget *parent = nullptr);

    /// Shows the cells of @p route: hits of cached modes, not misses. Looks at all samples.
    void show(const probe::RunDocument &document, const QString &route);

    /// How times are placed of what is shown from now on.
    void setLatencyScale(LatencyScale scale) { m_scale = scale; }

    [[nodiscard]] ChartTable table() const override;
    [[nodiscard]] QString sentence() const override;
    [[nodiscard]] std::vector<probe::CellId> modes() const override { return m_boxes.modes; }
    [[nodiscard]] QString remark() const override;

protected:
    [[nodiscard]] int stops() const override { return static_cast<int>(m_boxes.groups.size()); }
    [[nodiscard]] double shareOf(int stop) const override;
    void paintAxes(QPainter &painter) const override;
    void paintMarks(QPainter &painter) const override;
    void paintReadOut(QPainter &painter) const override;
    [[nodiscard]] QString nothing() const override;
    [[nodiscard]] QPolygonF marks() const override;
    [[nodiscard]] bool hasCursorLine() const override { return false; } // it would stand over a box

private:
    [[nodiscard]] qreal yAt(double ns) const;
    [[nodiscard]] QString groupText(int stop) const;
    [[nodiscard]] qreal stepWidth() const;
    [[nodiscard]] qreal xOf(int stop, std::size_t mode) const;
    void paintBoxPlot(QPainter &painter, const probe::BlockBox &box, const probe::CellId &id, qreal x,
                      qreal width) const;

    QString m_route;
    probe::BlockBoxes m_boxes;
    LatencyScale m_scale = LatencyScale::Log;
    LatencyAxis m_axis;
    QString m_why; ///< there is nothing to show
};

} // namespace rollcall::charts
