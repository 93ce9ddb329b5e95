#pragma once

#include <QtCharts/QChartView>

#include "ui/charts/Chart.h"
#include "ui/charts/LatencyAxis.h"
#include "ui/common/Theme.h"

QT_BEGIN_NAMESPACE
class QAbstractAxis;
class QLogValueAxis;
class QValueAxis;
QT_END_NAMESPACE

namespace rollcall::charts {

/// What the latency charts share: a QChart without decoration whose series lie on one latency axis and one linear axis;
/// grid, labels and everything beneath the markers is painted by the subclass in drawBackground().
/// **Thread-safety:** GUI thread only.
class LatencyChartView : public QChartView, public Chart
{
    Q_OBJECT

public:
    /// @p latencyAt tells which side the latency axis stands on: Qt::Horizontal or Qt::Vertical. @p theme outlives it.
    LatencyChartView(const common::Theme &theme, Qt::Orientation latencyAt, QWidget *parent = nullptr);

    /// How the latency axis places what is shown from now on.
    void setLatencyScale(LatencyScale scale) { m_scale = scale; }

    [[nodiscard]] QWidget &widget() override { return *this; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {280, 160}; }
    [[nodiscard]] QSize sizeHint() const override { return {600, 270}; }

protected:
    /// Distances of the plot from the edges: left, top, right, bottom.
    void setPlotMargins(const QMargins &margins);
    void setLatencyAxis(const LatencyAxis &axis);
    [[nodiscard]] LatencyScale latencyScale() const { return m_scale; }
    void setLinearRange(double from, double to);
    /// Adds @p series (taken over) on both axes.
    void addSeries(QAbstractSeries *series);
    void removeAllSeries();
    [[nodiscard]] const LatencyAxis &latencyAxis() const { return m_latency; }
    [[nodiscard]] QRectF plot() const;
    /// Position of a latency (ns, at least 1) along its axis; of a linear value along the other.
    [[nodiscard]] qreal latencyPosition(double ns) const;
    [[nodiscard]] qreal linearPosition(double value) const;
    [[nodiscard]] const common::Theme &theme() const { return m_theme; }
    void resizeEvent(QResizeEvent *event) override;

    /// The theme has changed: series pens and brushes are to be set anew.
    virtual void restyle() = 0;

private:
    void placePlot();

    const common::Theme &m_theme;
    Qt::Orientation m_orientation;
    QMargins m_margins;
    LatencyAxis m_latency;
    LatencyScale m_scale = LatencyScale::Log;
    QLogValueAxis *m_logAxis;     ///< of latencies, where they are placed by their logarithm
    QValueAxis *m_evenAxis;       ///< of latencies, where they are placed evenly
    QAbstractAxis *m_latencyAxis; ///< which of these two
    QValueAxis *m_linearAxis;
};

} // namespace rollcall::charts
