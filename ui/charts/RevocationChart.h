#pragma once

#include "core/probe/PropagationRun.h"
#include "ui/charts/LatencyAxis.h"
#include "ui/charts/PaintedChart.h"

namespace rollcall::charts {

/// Which share of revoked sessions is still accepted so long after the revocation: a falling step line for each way of
/// asking, with the band of its 95 % interval. **Thread-safety:** GUI thread only.
class RevocationChart final : public PaintedChart
{
    Q_OBJECT

public:
    /// @p theme outlives the chart.
    explicit RevocationChart(const common::Theme &theme, QWidget *parent = nullptr);

    /// Shows the trials of @p cells that were carried through, with a mark at @p ttl, the caches' time to live.
    void show(const std::vector<probe::PropagationCell> &cells, std::chrono::nanoseconds ttl);

    [[nodiscard]] ChartTable table() const override;
    [[nodiscard]] QString sentence() const override;
    [[nodiscard]] std::vector<probe::CellId> modes() const override;
    [[nodiscard]] QString remark() const override;

protected:
    [[nodiscard]] int stops() const override;
    [[nodiscard]] double shareOf(int stop) const override;
    void paintAxes(QPainter &painter) const override;
    void paintMarks(QPainter &painter) const override;
    void paintReadOut(QPainter &painter) const override;
    [[nodiscard]] QString nothing() const override;

private:
    struct Curve
    {
        probe::CellId id;
        std::vector<double> windows; ///< s, ascending, of the trials that were refused
        int trials = 0;              ///< those that never were, too

        /// Trials in which the session was still accepted @p seconds after its revocation.
        [[nodiscard]] int acceptedAfter(double seconds) const;
        [[nodiscard]] QString textAfter(double seconds) const;
    };

    [[nodiscard]] double secondsAt(int stop) const;
    [[nodiscard]] qreal xOf(double seconds) const;
    [[nodiscard]] qreal yAt(double share) const;
    void paintCurve(QPainter &painter, const Curve &curve) const;

    std::vector<Curve> m_curves;
    double m_ttl = 0; ///< s
    LatencyAxis m_axis;
};

} // namespace rollcall::charts
