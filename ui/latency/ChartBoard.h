#pragma once

#include <QWidget>

#include <memory>

#include "core/probe/RunDocument.h"
#include "ui/common/Theme.h"
#include "ui/latency/ShiftSource.h"

class QComboBox;

namespace rollcall::charts {
class ChartCard;
class DumbbellChart;
class HeatmapChart;
class PercentileChart;
class PhaseChart;
class ShiftChart;
} // namespace rollcall::charts

namespace rollcall::common {
class Label;
class SegmentedControl;
} // namespace rollcall::common

namespace rollcall::latency {

/// The charts of a run side by side: all routes at the left, at the right one route as percentiles, shift function,
/// course of time and phases. Only what is in sight is computed. **Thread-safety:** GUI thread only; never blocks.
class ChartBoard final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the board.
    explicit ChartBoard(const common::Theme &theme, QWidget *parent = nullptr);

    enum Tab { Percentiles, Shift, OverTime, Phases };

    /// Shows @p document (null: nothing); @p running: it is a part of a run that goes on.
    void show(std::shared_ptr<const probe::RunDocument> document, bool running);
    void selectRoute(const QString &route);
    [[nodiscard]] QString selectedRoute() const;
    void setTab(Tab tab);
    /// Gives the keyboard to the charts.
    void focusMain();

Q_SIGNALS:
    /// Another route is selected, by the user or because the data has changed.
    void routeSelected(const QString &route);
    /// A chart is to be saved; @p fileName is a suggestion.
    void pictureReady(const QByteArray &content, const QString &fileName);

private:
    void showQuantile();
    void showRoute();
    void showTab();
    void showShift();
    void listPairs();
    void listModes();

    const common::Theme &m_theme;
    std::shared_ptr<const probe::RunDocument> m_document;
    bool m_running = false;
    ShiftSource m_shiftSource;
    std::vector<ModePair> m_pairs;
    charts::DumbbellChart *m_dumbbell;
    charts::PercentileChart *m_percentiles;
    charts::ShiftChart *m_shift;
    charts::HeatmapChart *m_heatmap;
    charts::PhaseChart *m_phases;
    charts::ChartCard *m_left;
    charts::ChartCard *m_right;
    common::SegmentedControl *m_quantile;
    QComboBox *m_pair;
    QComboBox *m_mode;
    common::Label *m_routeName;
};

} // namespace rollcall::latency
