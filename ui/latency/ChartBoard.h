#pragma once

#include <QWidget>

#include <memory>

#include "core/probe/RunDocument.h"
#include "ui/common/Theme.h"
#include "ui/latency/ShiftSource.h"
#include "ui/latency/SliceSource.h"

class QAction;
class QComboBox;

namespace rollcall::charts {
class BlocksChart;
class ChartCard;
class DumbbellChart;
class HeatmapChart;
class PercentileChart;
class PhaseChart;
class ShareChart;
class ShiftChart;
} // namespace rollcall::charts

namespace rollcall::common {
class Button;
class Label;
class SegmentedControl;
} // namespace rollcall::common

namespace rollcall::latency {

/// The charts of a run side by side: all routes at the left, at the right one route as percentiles, shift function,
/// course of time, phases and shares. A time brushed in the course of time is what all others show. Only what is in
/// sight is computed. **Thread-safety:** GUI thread only; never blocks.
class ChartBoard final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the board.
    explicit ChartBoard(const common::Theme &theme, QWidget *parent = nullptr);

    enum Tab { Percentiles, Shift, OverTime, Phases, Share };

    /// Shows @p document (null: nothing); @p running: it is a part of a run that goes on.
    void show(std::shared_ptr<const probe::RunDocument> document, bool running);
    void selectRoute(const QString &route);
    [[nodiscard]] QString selectedRoute() const;
    void setTab(Tab tab);
    /// Places latencies evenly instead of by their logarithm. Its key is a letter, and for a chart with the keyboard.
    [[nodiscard]] QAction &linearLatency() { return *m_linear; }
    /// Gives the keyboard to the charts.
    void focusMain();

Q_SIGNALS:
    /// Another route is selected, by the user or because the data has changed.
    void routeSelected(const QString &route);
    /// A chart is to be saved; @p fileName is a suggestion.
    void pictureReady(const QByteArray &content, const QString &fileName);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    /// What all charts but the course of time show: the run, or the part of its time that is brushed.
    [[nodiscard]] const probe::RunDocument &shown() const;
    void onRangeChanged();
    void onSlice(const std::shared_ptr<const probe::RunDocument> &slice);
    void showTimes();
    void showQuantile();
    void showRoute();
    void setLatencyScale(bool linear);
    void showBlocks();
    void showRouteName();
    void showTab();
    void showShift();
    void listPairs();
    void listModes();

    const common::Theme &m_theme;
    std::shared_ptr<const probe::RunDocument> m_document;
    bool m_running = false;
    /// What the course of time shows: to put its grid together takes longer than to look whether it must be.
    std::shared_ptr<const probe::RunDocument> m_timedDocument;
    QString m_timedRoute;
    std::shared_ptr<const probe::RunDocument> m_boxedDocument; ///< what the boxes of blocks show, likewise
    QString m_boxedRoute;
    std::shared_ptr<const probe::RunDocument> m_slice; ///< of m_document; null: nothing is brushed, or not yet made
    ShiftSource m_shiftSource;
    SliceSource m_sliceSource;
    std::vector<ModePair> m_pairs;
    charts::DumbbellChart *m_dumbbell;
    charts::BlocksChart *m_blocks;
    charts::PercentileChart *m_percentiles;
    charts::ShiftChart *m_shift;
    charts::HeatmapChart *m_heatmap;
    charts::PhaseChart *m_phases;
    charts::ShareChart *m_shares;
    charts::ChartCard *m_left;
    charts::ChartCard *m_right;
    common::SegmentedControl *m_quantile;
    common::Button *m_range; ///< says which time is shown and takes it back
    QComboBox *m_order;      ///< of the routes
    QComboBox *m_pair;
    QComboBox *m_mode;
    common::Label *m_routeName;
    common::Label *m_boxedRouteName; ///< in the card at the left, whose boxes name none themselves
    QAction *m_linear;
};

} // namespace rollcall::latency
