#pragma once

#include <set>

#include "core/probe/PropagationRun.h"
#include "core/probe/Revocations.h"
#include "ui/charts/LatencyAxis.h"
#include "ui/charts/PaintedChart.h"

namespace rollcall::charts {

/// Which share of revoked sessions is still accepted so long after the revocation: a falling step line for each way of
/// asking, with the band of its 95 % interval, ended by a bar where nobody was watched any longer. **Thread-safety:**
/// GUI thread only.
class RevocationChart final : public PaintedChart
{
    Q_OBJECT

public:
    /// @p theme outlives the chart.
    explicit RevocationChart(const common::Theme &theme, QWidget *parent = nullptr);

    /// Shows the trials of @p cells, those that still run for as long as they were watched, with a mark at @p ttl, the
    /// caches' time to live.
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
        probe::SurvivalCurve accepted;
        int ended = 0;             ///< trials, of those in `accepted`
        std::set<double> reported; ///< when the table tells of it, ms

        [[nodiscard]] std::optional<probe::SurvivalCurve::Point> after(double ms) const;
        [[nodiscard]] QString textAfter(double ms) const;
        [[nodiscard]] QString trialsText() const;
    };

    [[nodiscard]] double msAt(int stop) const;
    [[nodiscard]] qreal xOf(double ms) const;
    [[nodiscard]] qreal yAt(double share) const;
    void paintCurve(QPainter &painter, const Curve &curve) const;

    std::vector<Curve> m_curves;
    double m_ttl = 0; ///< ms
    LatencyAxis m_axis;
};

} // namespace rollcall::charts
