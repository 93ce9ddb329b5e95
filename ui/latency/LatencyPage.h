#pragma once

#include <QPointer>

#include <memory>

#include "core/probe/LatencyRun.h"
#include "ui/common/OpenConnection.h"
#include "ui/common/Page.h"
#include "ui/latency/CellResultsModel.h"
#include "ui/latency/RevocationTiming.h"
#include "ui/latency/RunController.h"
#include "ui/latency/RunLibrary.h"
#include "ui/latency/TimingActivity.h"

class QScrollArea;
class QSortFilterProxyModel;

namespace rollcall::common {
class Activity;
class Button;
class EmptyState;
class ErrorBanner;
class Label;
class TableView;
} // namespace rollcall::common

namespace rollcall::latency {

class ChartBoard;
class RunBar;
struct RunExport;
class RunPlanEditor;
class VerdictBox;

/// What a session check costs: plan a run, watch it, read the verdict, the charts and their table, export both.
/// **Thread-safety:** GUI thread only; never blocks.
class LatencyPage final : public common::Page
{
    Q_OBJECT

public:
    /// @p theme and @p connection are borrowed and outlive the page.
    LatencyPage(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent = nullptr);
    ~LatencyPage() override;

    [[nodiscard]] QString id() const override { return QStringLiteral("latency"); }
    [[nodiscard]] QString title() const override { return tr("Latency"); }
    [[nodiscard]] common::Icon icon() const override { return common::Icon::Latency; }
    [[nodiscard]] QString help() const override;
    void focusMain() override;
    [[nodiscard]] QList<common::StatusItem> statusItems() const override;

    /// Where a run is planned, for presets.
    [[nodiscard]] RunPlanEditor &planEditor() { return *m_editor; }
    /// Begins a run of the plan as it stands; shows why where it cannot. Nothing while the trade-off is measured.
    void run();
    void stop();
    /// Has the run stand still, or go on where it stands still. Nothing without a run.
    void togglePause();
    [[nodiscard]] bool isRunning() const { return m_controller.isRunning(); }
    /// Whether a run or an experiment of the trade-off goes on: the page should not be deleted meanwhile, for that
    /// waits until it has ended.
    [[nodiscard]] bool isMeasuring() const;
    /// Asks whatever measures to end; measuringEnded() follows.
    void stopMeasuring();
    /// The document shown, or null; of a finished run unless isRunning().
    [[nodiscard]] const probe::RunDocument *document() const { return m_document.get(); }

    /// Keeps runs that end in @p folder, and offers those that are there.
    void setRunsFolder(const QString &folder) { m_library.setFolder(folder); }
    /// Shows the run in the file at @p path in place of the one shown; not while a run goes on.
    void openRun(const QString &path);

Q_SIGNALS:
    /// A run ended, with or without a document.
    void runEnded();
    /// A run or an experiment of the trade-off ended.
    void measuringEnded();

private:
    [[nodiscard]] QWidget *makeHead();
    [[nodiscard]] QWidget *makeTable();
    void makeActions();
    void onProgress(const probe::RunProgress &progress);
    void onFinished(const std::shared_ptr<const probe::RunOutcome> &outcome);
    void onFailed(const base::Error &error);
    void beginActivity(const probe::RunPlan &plan);
    void endActivity(const QString &words, bool good);
    void showDocument(std::shared_ptr<const probe::RunDocument> document);
    void showVerdict();
    void updateButtons();
    [[nodiscard]] QString whyNotRun() const;
    void toggleEditor();
    void showRuns();
    void compare(const QString &pathA, const QString &pathB);
    void showTradeoff();
    void showRecord();
    void showLoaded(const LoadedRun &run);
    void savePicture(const QByteArray &content, const QString &fileName);
    [[nodiscard]] QString startText() const;
    void judgeAgain();
    void exportAs(const RunExport &format);
    void saveAs(const QString &suggestion, std::function<QByteArray()> content);

    const common::Theme &m_theme;
    common::OpenConnection &m_connection;
    RunController m_controller;
    RevocationTiming m_timing;
    TimingActivity m_timingActivity;
    std::shared_ptr<const probe::RunDocument> m_document;
    bool m_complete = false;     ///< the document is that of a run that has ended
    QString m_name;              ///< of the run shown: "Run 14"
    QString m_path;              ///< where it is saved; empty: not yet
    bool m_measuredHere = false; ///< the run shown is of this connection, not opened from a file
    QString m_opening;           ///< the file that is to be shown once it is read
    RunLibrary m_library;
    bool m_guarded = true;
    bool m_paused = false;                 ///< as the run's own progress last said
    QPointer<common::Activity> m_activity; ///< of the run that goes on: it can be stopped and paused there too
    CellResultsModel m_model;
    QSortFilterProxyModel *m_sorted;

    common::Label *m_summary = nullptr;
    common::Button *m_runs = nullptr;
    common::Button *m_edit = nullptr;
    common::Button *m_tradeoff = nullptr;
    common::Button *m_compare = nullptr;
    common::Button *m_export = nullptr;
    common::Button *m_run = nullptr;
    common::Button *m_stop = nullptr;
    RunPlanEditor *m_editor = nullptr;
    common::ErrorBanner *m_error = nullptr;
    RunBar *m_bar = nullptr;
    QScrollArea *m_scroll = nullptr; ///< around what a run shows
    QWidget *m_results = nullptr;
    common::EmptyState *m_empty = nullptr;
    VerdictBox *m_verdict = nullptr;
    ChartBoard *m_board = nullptr;
    common::TableView *m_table = nullptr;
    QAction *m_runAction = nullptr;
    QAction *m_stopAction = nullptr;
    QAction *m_pauseAction = nullptr;
};

} // namespace rollcall::latency
