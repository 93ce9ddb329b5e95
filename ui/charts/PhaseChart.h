#pragma once

#include "core/probe/RunDocument.h"
#include "ui/charts/PaintedChart.h"

namespace rollcall::charts {

/// Chart 5 of the Latency page: where the time of a request goes, a bar of phase medians for each network cell of a
/// route, below it what Server-Timing says of the wait. ← → go from phase to phase, bar by bar; S shows shares in place
/// of times. **Thread-safety:** GUI thread only.
class PhaseChart final : public PaintedChart
{
    Q_OBJECT

public:
    /// @p theme outlives the chart.
    explicit PhaseChart(const common::Theme &theme, QWidget *parent = nullptr);

    void show(const probe::RunDocument &document, const QString &route);
    /// Bars of equal length in place of a common scale.
    void setShares(bool shares);
    [[nodiscard]] bool showsShares() const { return m_shares; }
    [[nodiscard]] qsizetype bars() const { return std::ssize(m_bars); }

    [[nodiscard]] ChartTable table() const override;
    [[nodiscard]] QString sentence() const override;

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    [[nodiscard]] int stops() const override { return static_cast<int>(m_stops.size()); }
    [[nodiscard]] double shareOf(int stop) const override;
    void paintAxes(QPainter &painter) const override;
    void paintMarks(QPainter &painter) const override;
    [[nodiscard]] QString nothing() const override { return m_bars.empty() ? m_why : QString(); }
    [[nodiscard]] bool hasCursorLine() const override { return false; }

private:
    struct Bar
    {
        probe::CellId id;
        QString connection;
        probe::PhaseMedians phases;
        double sum = 0; ///< ns
    };
    struct Stop
    {
        std::size_t bar = 0;
        std::size_t phase = 0;
    };

    /// The length of the axis for @p bar, ns.
    [[nodiscard]] double scaleOf(const Bar &bar) const { return m_shares ? bar.sum : m_most; }
    [[nodiscard]] QRectF rectOf(std::size_t bar, std::size_t phase) const;
    void paintKey(QPainter &painter) const;

    std::vector<Bar> m_bars;
    std::vector<Stop> m_stops;
    double m_most = 1; ///< ns, the longest sum rounded up
    bool m_shares = false;
    QString m_why;
};

} // namespace rollcall::charts
