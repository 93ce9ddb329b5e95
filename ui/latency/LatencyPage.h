#pragma once

#include <memory>

#include "core/probe/LatencyRun.h"
#include "ui/common/OpenConnection.h"
#include "ui/common/Page.h"
#include "ui/latency/CellResultsModel.h"
#include "ui/latency/RunController.h"

class QScrollArea;
class QSortFilterProxyModel;

namespace rollcall::common {
class Button;
class EmptyState;
class ErrorBanner;
class Label;
class TableView;
} // namespace rollcall::common

namespace rollcall::latency {

class ChartBoard;
class RunBar;
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
    /// Begins a run of the plan as it stands; shows why where it cannot.
    void run();
    void stop();
    [[nodiscard]] bool isRunning() const { return m_controller.isRunning(); }
    /// The document shown, or null; of a finished run unless isRunning().
    [[nodiscard]] const probe::RunDocument *document() const { return m_document.get(); }

    /// The exports' content, as the menu writes it to files.
    [[nodiscard]] QByteArray exportedJson() const;
    [[nodiscard]] QByteArray exportedCells() const;
    [[nodiscard]] QByteArray exportedSamples() const;

Q_SIGNALS:
    /// A run ended, with or without a document.
    void runEnded();

private:
    [[nodiscard]] QWidget *makeHead();
    [[nodiscard]] QWidget *makeTable();
    void makeActions();
    void onProgress(const probe::RunProgress &progress);
    void onFinished(const std::shared_ptr<const probe::RunOutcome> &outcome);
    void onFailed(const base::Error &error);
    void showDocument(std::shared_ptr<const probe::RunDocument> document);
    void showVerdict();
    void updateButtons();
    void toggleEditor();
    void saveAs(const QString &suggestion, const QByteArray &content);

    const common::Theme &m_theme;
    common::OpenConnection &m_connection;
    RunController m_controller;
    std::shared_ptr<const probe::RunDocument> m_document;
    std::shared_ptr<const probe::RunOutcome> m_outcome; ///< of the last finished run
    bool m_guarded = true;
    CellResultsModel m_model;
    QSortFilterProxyModel *m_sorted;

    common::Label *m_summary = nullptr;
    common::Button *m_edit = nullptr;
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
};

} // namespace rollcall::latency
