#pragma once

#include <QImage>

#include "core/probe/RunSlice.h"
#include "ui/charts/PaintedChart.h"
#include "ui/charts/TimeGrid.h"

namespace rollcall::charts {

/// Chart 4 of the Latency page: when answers took how long, in a stronger colour where there are more of them, with the
/// median line of each mode and marks where guards acted. ↑ ↓ choose the mode shown, or all; dragging, or Shift ← →,
/// brushes a range of time that other charts may follow, Backspace or Escape takes it back (while a run goes on, Escape
/// stops it). **Thread-safety:** GUI thread only.
class HeatmapChart final : public PaintedChart
{
    Q_OBJECT

public:
    /// @p theme outlives the chart.
    explicit HeatmapChart(const common::Theme &theme, QWidget *parent = nullptr);

    /// Shows the samples of @p document on @p route: hits of cached modes, not misses.
    void show(const probe::RunDocument &document, const QString &route);
    /// Shows the mode at @p index of allModes() alone; -1: all of them.
    void setMode(int index);
    [[nodiscard]] int mode() const { return m_mode; }
    /// The modes that could be drawn.
    [[nodiscard]] const std::vector<probe::CellId> &allModes() const { return m_modes; }

    /// The time that is brushed, of whole columns; nullopt: none.
    [[nodiscard]] const std::optional<probe::TimeRange> &range() const { return m_range; }
    void clearRange() { setRange(std::nullopt); }
    /// "12 s to 30 s"; empty where nothing is brushed.
    [[nodiscard]] QString rangeText() const;

    [[nodiscard]] ChartTable table() const override;
    [[nodiscard]] QString sentence() const override;
    [[nodiscard]] std::vector<probe::CellId> modes() const override;
    [[nodiscard]] QString remark() const override;

Q_SIGNALS:
    void modeChanged(int index);
    /// range() would answer otherwise than before.
    void rangeChanged();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    [[nodiscard]] int stops() const override { return m_grids.empty() ? 0 : TimeGrid::columns; }
    [[nodiscard]] double shareOf(int stop) const override { return (stop + 0.5) / TimeGrid::columns; }
    void paintAxes(QPainter &painter) const override;
    void paintMarks(QPainter &painter) const override;
    void paintReadOut(QPainter &painter) const override;
    [[nodiscard]] QString nothing() const override { return m_grids.empty() ? m_why : QString(); }

private:
    struct Event
    {
        qint64 atNs = 0;
        QString word;
        common::ColorToken tint = common::ColorToken::Bad;
    };

    [[nodiscard]] bool isShown(std::size_t layer) const { return m_mode < 0 || static_cast<int>(layer) == m_mode; }
    [[nodiscard]] qreal yAt(double ns) const;
    /// The cells of all layers shown, one over the other; drawn once for the data, not for each move of the cursor.
    [[nodiscard]] const QImage &image() const;
    void paintLayer(QImage &image, std::size_t layer) const;
    [[nodiscard]] QString columnText(int column) const;
    [[nodiscard]] QString timeText(qint64 ns) const;
    void paintRange(QPainter &painter) const;
    void moveOrBrush(QKeyEvent &event);
    [[nodiscard]] qint64 timeOf(double border) const;
    /// Brushes the columns between the anchor and @p column.
    void brushTo(int column);
    void setRange(std::optional<probe::TimeRange> range);

    std::vector<probe::CellId> m_modes;
    std::vector<TimeGrid> m_grids; ///< one for each mode; empty where there is nothing
    std::vector<Event> m_events;
    QString m_why;
    int m_mode = -1;
    std::optional<probe::TimeRange> m_range;
    std::optional<qint64> m_anchorNs; ///< when in the run brushing began: columns of a live run move
    qreal m_pressedAt = 0;
    mutable QImage m_image; ///< null: to be drawn anew
};

} // namespace rollcall::charts
