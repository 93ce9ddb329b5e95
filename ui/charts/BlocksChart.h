#pragma once

#include <array>

#include "core/probe/RunDocument.h"
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
    [[nodiscard]] std::vector<probe::CellId> modes() const override { return m_modes; }
    [[nodiscard]] QString remark() const override;

protected:
    [[nodiscard]] int stops() const override { return static_cast<int>(m_groups.size()); }
    [[nodiscard]] double shareOf(int stop) const override;
    void paintAxes(QPainter &painter) const override;
    void paintMarks(QPainter &painter) const override;
    void paintReadOut(QPainter &painter) const override;
    [[nodiscard]] QString nothing() const override;
    [[nodiscard]] bool hasCursorLine() const override { return false; } // it would stand over a box

private:
    struct Box
    {
        qsizetype n = 0;
        std::array<double, 5> ns{};     ///< at shownAt of BlocksChart.cpp
        std::array<bool, 5> censored{}; ///< it lies among timeouts: it is at least so long

        [[nodiscard]] bool shows(std::size_t i) const;
        [[nodiscard]] QString text(std::size_t i) const;
    };
    [[nodiscard]] static Box boxOfTimes(const std::vector<probe::Sample> &samples, bool response, qint64 timeoutNs);
    /// Blocks that follow each other.
    struct Group
    {
        int first = 0;
        int last = 0;
        std::vector<Box> boxes; ///< as m_modes; n = 0: nothing was answered
    };

    [[nodiscard]] qreal yAt(double ns) const;
    [[nodiscard]] QString groupText(int stop) const;
    void paintBoxPlot(QPainter &painter, const Box &box, const probe::CellId &id, qreal x, qreal width) const;

    QString m_route;
    std::vector<probe::CellId> m_modes;
    std::vector<Group> m_groups;
    LatencyScale m_scale = LatencyScale::Log;
    LatencyAxis m_axis;
    QString m_why; ///< there is nothing to show
};

} // namespace rollcall::charts
