#include "ui/latency/LatencyPage.h"

#include <QAction>
#include <QFileDialog>
#include <QHeaderView>
#include <QMenu>
#include <QScrollArea>
#include <QSortFilterProxyModel>
#include <QVBoxLayout>

#include <array>

#include "core/base/ErrorText.h"
#include "core/probe/ReportText.h"
#include "core/probe/Verdicts.h"
#include "ui/charts/ChartTableView.h"
#include "ui/common/Activities.h"
#include "ui/common/Button.h"
#include "ui/common/EmptyState.h"
#include "ui/common/ErrorBanner.h"
#include "ui/common/Label.h"
#include "ui/common/PageHead.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/Surface.h"
#include "ui/latency/ChartBoard.h"
#include "ui/latency/CompareSheet.h"
#include "ui/latency/ModeDelegate.h"
#include "ui/latency/RunBar.h"
#include "ui/latency/RunExport.h"
#include "ui/latency/RunPlanEditor.h"
#include "ui/latency/RunRecordSheet.h"
#include "ui/latency/RunsSheet.h"
#include "ui/latency/TradeoffSheet.h"
#include "ui/latency/VerdictBox.h"
#include "ui/latency/VerdictText.h"

namespace rollcall::latency {

namespace {
constexpr int leastTableRows = 5; ///< with the head
} // namespace

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;

LatencyPage::LatencyPage(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent)
    : common::Page(parent),
      m_theme(theme),
      m_connection(connection),
      m_controller(connection),
      m_timing(connection),
      m_timingActivity(m_timing, connection.activities()),
      m_sorted(new QSortFilterProxyModel(this))
{
    setObjectName(QStringLiteral("latencyPage"));
    common::setSurface(*this, common::Surface::Window);
    m_editor = new RunPlanEditor(theme, connection);
    m_error = new common::ErrorBanner(theme);
    m_bar = new RunBar(theme);
    m_empty =
        new common::EmptyState(theme, Icon::Latency, tr("Nothing is measured yet"),
                               tr("Choose routes and modes above. Each cell is visited in random order, with its own "
                                  "timed HTTP client; the verdict comes with a 95 % interval."));
    m_results = new QWidget;
    auto *results = new QVBoxLayout(m_results);
    results->setContentsMargins({});
    results->setSpacing(common::space::s);
    results->addWidget(m_bar);
    m_verdict = new VerdictBox(theme);
    m_board = new ChartBoard(theme);
    results->addWidget(m_verdict);
    results->addWidget(m_board, 1);
    results->addWidget(makeTable(), 1);
    // A low window scrolls rather than squeezes the table to a line.
    m_scroll = new QScrollArea;
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setWidget(m_results);
    common::setSurface(*m_results, common::Surface::Window);
    m_scroll->hide();

    auto *body = new QVBoxLayout;
    body->setContentsMargins(common::space::l, 0, common::space::l, common::space::m);
    body->setSpacing(common::space::s);
    body->addWidget(m_error);
    body->addWidget(m_editor);
    body->addWidget(m_empty, 1);
    body->addWidget(m_scroll, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(makeHead());
    column->addLayout(body, 1);
    makeActions();

    connect(m_editor, &RunPlanEditor::changed, this, &LatencyPage::updateButtons);
    connect(&m_controller, &RunController::progressed, this, &LatencyPage::onProgress);
    connect(&m_controller, &RunController::finished, this, &LatencyPage::onFinished);
    connect(&m_controller, &RunController::failed, this, &LatencyPage::onFailed);
    connect(&m_controller, &RunController::saveFailed, this,
            [this](const base::Error &error) { m_error->showError(error, tr("The run could not be exported")); });
    connect(this, &LatencyPage::runEnded, this, &LatencyPage::measuringEnded);
    connect(&m_timing, &RevocationTiming::finished, this, &LatencyPage::measuringEnded);
    connect(&m_timing, &RevocationTiming::failed, this, &LatencyPage::measuringEnded);
    connect(&theme, &common::Theme::changed, this, &LatencyPage::showVerdict);
    connect(m_board, &ChartBoard::routeSelected, this, &LatencyPage::showVerdict);
    connect(m_board, &ChartBoard::pictureReady, this, &LatencyPage::savePicture);
    connect(m_bar, &RunBar::recordWanted, this, &LatencyPage::showRecord);
    connect(m_bar, &RunBar::pauseToggled, this, &LatencyPage::togglePause);
    connect(m_editor, &RunPlanEditor::budgetsChanged, this, &LatencyPage::judgeAgain);
    connect(&m_library, &RunLibrary::changed, this, &LatencyPage::updateButtons);
    connect(&m_library, &RunLibrary::loaded, this, &LatencyPage::showLoaded);
    connect(&m_library, &RunLibrary::kept, this, [this](const probe::SavedRun &run) {
        m_name = RunLibrary::nameOf(run);
        m_path = run.path;
        updateButtons();
    });
    connect(&m_library, &RunLibrary::failed, this,
            [this](const base::Error &error, const QString &what) { m_error->showError(error, what); });
    connect(&m_timing, &RevocationTiming::started, this, &LatencyPage::updateButtons);
    connect(&m_timing, &RevocationTiming::finished, this, &LatencyPage::updateButtons);
    connect(&m_timing, &RevocationTiming::failed, this, &LatencyPage::updateButtons);
    updateButtons();
}

LatencyPage::~LatencyPage() = default;

QWidget *LatencyPage::makeHead()
{
    auto *head = new common::PageHead(m_theme, title());
    QHBoxLayout *const row = &head->row();
    m_runs = new Button(m_theme, tr("Saved runs"));
    m_runs->setObjectName(QStringLiteral("savedRuns"));
    connect(m_runs, &Button::clicked, this, &LatencyPage::showRuns);
    row->addWidget(m_runs);
    m_summary = new Label(m_theme, {}, FontToken::Body, ColorToken::Muted);
    row->addWidget(m_summary);
    m_edit = new Button(m_theme, tr("Edit plan"), ButtonKind::Link);
    m_edit->setObjectName(QStringLiteral("editPlan"));
    connect(m_edit, &Button::clicked, this, &LatencyPage::toggleEditor);
    row->addWidget(m_edit);
    m_tradeoff = new Button(m_theme, tr("Trade-off"), ButtonKind::Link);
    m_tradeoff->setObjectName(QStringLiteral("tradeoff"));
    m_tradeoff->setToolTip(tr("What a session cache would save, and what it would cost in revocation"));
    connect(m_tradeoff, &Button::clicked, this, &LatencyPage::showTradeoff);
    row->addWidget(m_tradeoff);
    row->addStretch();
    m_compare = new Button(m_theme, tr("Compare…"));
    m_compare->setObjectName(QStringLiteral("compareRuns"));
    connect(m_compare, &Button::clicked, this, [this] { compare({}, m_path); });
    row->addWidget(m_compare);
    m_export = new Button(m_theme, tr("Export"));
    m_export->setObjectName(QStringLiteral("exportRun"));
    auto *menu = new QMenu(m_export);
    for (const RunExport &format : runExports())
        connect(menu->addAction(wordOf(format)), &QAction::triggered, this, [this, &format] { exportAs(format); });
    m_export->setMenu(menu);
    row->addWidget(m_export);
    m_stop = new Button(m_theme, tr("Stop"), ButtonKind::DangerOutline);
    m_stop->setObjectName(QStringLiteral("stopRun"));
    m_stop->setGlyph(Icon::Stop);
    m_stop->setKeyHint(tr("Esc"));
    connect(m_stop, &Button::clicked, this, &LatencyPage::stop);
    row->addWidget(m_stop);
    m_run = new Button(m_theme, tr("Run"), ButtonKind::Primary);
    m_run->setObjectName(QStringLiteral("startRun"));
    m_run->setGlyph(Icon::Play);
    connect(m_run, &Button::clicked, this, &LatencyPage::run);
    row->addWidget(m_run);
    return head;
}

QWidget *LatencyPage::makeTable()
{
    auto *card = new QFrame;
    common::setSurface(*card, common::Surface::Card);
    auto *column = new QVBoxLayout(card);
    column->setContentsMargins(1, 1, 1, 1);
    m_table = new common::TableView(m_theme);
    m_table->setObjectName(QStringLiteral("cellTable"));
    m_table->setMinimumHeight(leastTableRows * common::measure::row);
    m_table->setAccessibleName(tr("Figures of each cell"));
    m_sorted->setSourceModel(&m_model);
    m_sorted->setSortRole(CellResultsModel::SortRole);
    m_table->setModel(m_sorted);
    charts::addCopyAction(*m_table);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(-1, Qt::AscendingOrder); // as measured, until a head is clicked
    m_table->setItemDelegateForColumn(CellResultsModel::Mode, new ModeDelegate(m_theme, m_table));
    QHeaderView *header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    constexpr std::array<int, CellResultsModel::ColumnCount> widths{136, 168, 64, 64, 84, 116, 76, 76, 84, 80, 64, 160};
    for (int i = 0; i < CellResultsModel::ColumnCount; ++i)
        m_table->setColumnWidth(i, widths[static_cast<std::size_t>(i)]);
    header->setStretchLastSection(true);
    column->addWidget(m_table);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &current) {
                if (current.isValid())
                    m_board->selectRoute(m_model.cell(current.data(CellResultsModel::CellRole).toInt()).id.route);
            });
    return card;
}

void LatencyPage::makeActions()
{
    const auto add = [this](const QString &text, const QKeySequence &keys, void (LatencyPage::*slot)()) {
        auto *action = new QAction(text, this);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, slot);
        addAction(action);
        common::setMenuOf(*action, common::MenuOf::Measure);
        return action;
    };
    m_runAction = add(tr("Run latency measurement"), QKeySequence(Qt::CTRL | Qt::Key_Return), &LatencyPage::run);
    m_stopAction = add(tr("Stop the measurement"), QKeySequence(Qt::Key_Escape), &LatencyPage::stop);
    m_pauseAction = add(tr("Pause the measurement, or go on"), QKeySequence(Qt::Key_P), &LatencyPage::togglePause);
    addAction(&m_board->linearLatency());
}

void LatencyPage::run()
{
    if (m_controller.isRunning() || m_timing.isRunning())
        return;
    auto plan = m_editor->plan();
    if (!plan) {
        m_error->showError(plan.error(), tr("The run cannot begin"));
        return;
    }
    m_error->clear();
    m_guarded = plan->guards;
    m_complete = false;
    m_measuredHere = true;
    m_name.clear();
    m_path.clear();
    m_opening.clear();
    m_bar->showStarting();
    m_editor->hide();
    m_empty->hide();
    showDocument(nullptr);
    m_scroll->show();
    m_paused = false;
    beginActivity(*plan);
    m_controller.start(std::move(*plan));
    updateButtons();
    showVerdict();
}

/// The run as the activity drawer shows it, from whatever page.
void LatencyPage::beginActivity(const probe::RunPlan &plan)
{
    common::ActHead head;
    head.kind = common::measurementKind();
    head.title = tr("Measure latency: %1").arg(m_editor->summary());
    head.planned = plan.samples ? static_cast<qint64>(plan.cells().size()) * (*plan.samples + plan.warmupBlocks()) : 0;
    common::Activity &act = m_connection.activities().begin(std::move(head));
    act.beginRunning();
    connect(&act, &common::Activity::changed, this, [this, &act] {
        if (act.state() == common::ActState::Stopping)
            m_controller.stop();
    });
    m_activity = &act;
    connect(&act, &common::Activity::pauseWanted, &m_controller, &RunController::setPaused);
}

void LatencyPage::endActivity(const QString &words, bool good)
{
    if (common::Activity *act = m_activity.data())
        act->finish({{}, words, good, false, {}});
    m_activity.clear();
}

void LatencyPage::stop()
{
    if (common::Activity *act = m_activity.data())
        act->stop();
    m_controller.stop(); // whoever shows the run or does not: it is the off-switch
}

void LatencyPage::togglePause()
{
    if (m_controller.isRunning())
        m_controller.setPaused(!m_paused);
}

bool LatencyPage::isMeasuring() const
{
    return m_controller.isRunning() || m_timing.isRunning();
}

void LatencyPage::stopMeasuring()
{
    stop();
    m_timing.stop();
}

void LatencyPage::onProgress(const probe::RunProgress &progress)
{
    m_bar->showProgress(progress, m_guarded);
    m_paused = progress.paused;
    m_pauseAction->setEnabled(true);
    if (common::Activity *act = m_activity.data()) {
        act->advance({progress.done, progress.total, progress.warmup ? tr("Warming up") : tr("Measuring")});
        act->setPaused(progress.paused);
    }
    if (progress.partial && progress.partial != m_document)
        showDocument(progress.partial);
}

void LatencyPage::onFinished(const std::shared_ptr<const probe::RunOutcome> &outcome)
{
    m_complete = true;
    const probe::StopReason reason = outcome->document.stopReason;
    endActivity(tr("Ended: %1").arg(stopReasonText(reason)),
                reason != probe::StopReason::Guard && reason != probe::StopReason::Saturated && !outcome->cleanup);
    m_bar->showFinished(outcome->document, outcome->document.meta.value(QStringLiteral("samples")).toInteger());
    showDocument(std::shared_ptr<const probe::RunDocument>(outcome, &outcome->document));
    m_library.keep(m_document);
    if (outcome->cleanup)
        m_error->showError(*outcome->cleanup,
                           tr("The canary session could not be removed, or its removal not be recorded"));
    updateButtons();
    Q_EMIT runEnded();
}

void LatencyPage::onFailed(const base::Error &error)
{
    endActivity(base::describe(error).message, false);
    m_scroll->hide();
    m_editor->show();
    m_empty->show();
    if (error.code != base::ErrorCode::Cancelled)
        m_error->showError(error, tr("The run could not be carried out"));
    updateButtons();
    Q_EMIT runEnded();
}

void LatencyPage::showDocument(std::shared_ptr<const probe::RunDocument> document)
{
    m_document = std::move(document);
    m_model.setDocument(m_document);
    m_board->show(m_document, m_controller.isRunning());
    showVerdict();
    Q_EMIT statusChanged();
}

void LatencyPage::showVerdict()
{
    m_verdict->show(m_document.get(), m_board->selectedRoute(), m_controller.isRunning());
}

void LatencyPage::updateButtons()
{
    const bool running = m_controller.isRunning();
    m_timing.setRunGoesOn(running);
    const QString whyNot = whyNotRun();
    const bool ready = whyNot.isEmpty();
    m_run->setVisible(!running);
    m_run->setEnabled(ready);
    m_run->setText(m_complete ? tr("Run again") : tr("Run"));
    m_run->setToolTip(whyNot);
    m_stop->setVisible(running);
    m_runAction->setEnabled(!running && ready);
    m_stopAction->setEnabled(running);
    m_pauseAction->setEnabled(running && m_document != nullptr);
    m_export->setEnabled(m_complete);
    m_export->setToolTip(m_complete ? QString() : tr("There is no finished run to export"));
    m_compare->setVisible(!running);
    m_runs->setEnabled(!running);
    m_runs->setText(running                    ? tr("Now running")
                    : !m_name.isEmpty()        ? tr("%1, %2").arg(m_name, startText())
                    : m_library.runs().empty() ? tr("Saved runs")
                                               : tr("Saved runs: %1").arg(m_library.runs().size()));
    m_edit->setVisible(!running && m_scroll->isVisibleTo(this));
    m_edit->setText(m_editor->isVisibleTo(this) ? tr("Hide plan") : tr("Edit plan"));
    m_summary->setText(m_editor->summary());
    Q_EMIT statusChanged();
}

QString LatencyPage::whyNotRun() const
{
    if (m_timing.isRunning())
        return tr("The trade-off is measured, and each would disturb the other's figures: wait or stop it there.");
    return m_editor->plan() ? QString() : tr("The plan says what is missing");
}

QString LatencyPage::startText() const
{
    return m_document ? common::exactText(probe::startOf(*m_document), m_connection.deployment().clock().now())
                      : QString();
}

void LatencyPage::toggleEditor()
{
    m_editor->setVisible(!m_editor->isVisibleTo(this));
    updateButtons();
}

void LatencyPage::showRuns()
{
    auto *sheet = new RunsSheet(m_theme, *this, m_library);
    connect(sheet, &RunsSheet::openWanted, this, [this, sheet](const QString &path) {
        sheet->dismiss();
        openRun(path);
    });
    connect(sheet, &RunsSheet::compareWanted, this, [this, sheet](const QString &a, const QString &b) {
        sheet->dismiss();
        compare(a, b);
    });
    sheet->open();
}

void LatencyPage::openRun(const QString &path)
{
    if (!m_controller.isRunning()) {
        m_opening = path;
        m_library.load(path);
    }
}

void LatencyPage::showLoaded(const LoadedRun &run)
{
    if (run.path != m_opening || m_controller.isRunning())
        return; // it is for the comparison
    m_opening.clear();
    if (!run.own) {
        compare({}, run.path); // another tool's: it can stand beside ours, not in its place
        return;
    }
    m_error->clear();
    m_editor->hide();
    m_empty->hide();
    m_scroll->show();
    m_complete = true;
    m_measuredHere = false;
    m_name = run.name;
    m_path = run.path;
    m_bar->showFinished(*run.own, run.own->meta.value(QStringLiteral("samples")).toInteger());
    showDocument(run.own);
    updateButtons();
}

void LatencyPage::compare(const QString &pathA, const QString &pathB)
{
    auto *sheet = new CompareSheet(m_theme, *this, m_library);
    const auto &runs = m_library.runs();
    const bool known = std::any_of(runs.begin(), runs.end(), [&](const auto &run) { return run.path == pathB; });
    sheet->choose(pathA, pathB);
    if (!pathB.isEmpty() && !known)
        sheet->addFile(pathB);
    sheet->open();
}

void LatencyPage::showTradeoff()
{
    const auto &auth = m_connection.deployment().auth();
    auto *sheet = new TradeoffSheet(m_theme, *this, m_timing, auth && auth->strategy == session::Strategy::Jwt);
    connect(sheet, &TradeoffSheet::pictureReady, this, &LatencyPage::savePicture);
    sheet->open();
}

void LatencyPage::showRecord()
{
    if (m_document)
        (new RunRecordSheet(m_theme, *this, *m_document))->open();
}

/// Other budgets judge a run that has ended anew; what was measured stays.
void LatencyPage::judgeAgain()
{
    if (!m_complete || !m_document)
        return;
    auto judged = std::make_shared<probe::RunDocument>(*m_document);
    judged->budgets = probe::judgeBudgets(m_editor->budgets(), *judged);
    showDocument(std::move(judged));
}

void LatencyPage::exportAs(const RunExport &format)
{
    // What was found of revocations goes with a run that was measured on the same connection.
    saveAs(QLatin1String(format.fileName),
           [document = m_document, revocations = m_measuredHere ? m_timing.found() : std::nullopt,
            write = format.write] { return exported(*document, revocations, write); });
}

void LatencyPage::savePicture(const QByteArray &content, const QString &fileName)
{
    saveAs(fileName, [content] { return content; });
}

void LatencyPage::saveAs(const QString &suggestion, std::function<QByteArray()> content)
{
    auto *dialog = new QFileDialog(this, tr("Export"), suggestion);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->selectFile(suggestion);
    connect(dialog, &QFileDialog::fileSelected, &m_controller,
            [this, content = std::move(content)](const QString &path) { m_controller.save(path, content); });
    dialog->open();
}

void LatencyPage::focusMain()
{
    if (m_scroll->isVisible())
        m_board->focusMain();
    else
        m_run->setFocus(Qt::OtherFocusReason);
}

QList<common::StatusItem> LatencyPage::statusItems() const
{
    if (!m_document)
        return {{tr("Own HTTP client, own thread"), {}, ColorToken::Muted, false}};
    const QJsonObject &plan = m_document->plan;
    QList<common::StatusItem> items;
    items << common::StatusItem{tr("%1 cells, seed %2")
                                    .arg(m_document->cells.size())
                                    .arg(plan.value(QStringLiteral("seed")).toInteger(), 0, 16),
                                {},
                                ColorToken::Muted,
                                false};
    if (plan.value(QStringLiteral("cookie")).toString() == QLatin1String("canary")) {
        items << common::StatusItem{m_controller.isRunning() ? tr("Canary session in use, removed afterwards")
                                                             : tr("Canary session used"),
                                    Icon::Canary, ColorToken::Info, false};
    }
    items << common::StatusItem{tr("User-Agent rollcall/%1 (latency probe)").arg(QStringLiteral(ROLLCALL_VERSION)),
                                {},
                                ColorToken::Muted,
                                false};
    items << common::StatusItem{tr("Interval 95 %, block score and binomial, hull"), {}, ColorToken::Muted, true};
    return items;
}

QString LatencyPage::help() const
{
    return tr(
        "# Latency\n\nWhat a session check costs, by route and mode.\n\n"
        "- **Local**: the session resolved in this process: a token decoded, or a row looked up.\n"
        "- **Proxy**: `GET …/session` of the deployment.\n"
        "- **Cached**: local behind a cache in memory. Hits and misses are two rows, never mixed.\n"
        "- **Whole route**: the route itself. **Network floor**: a static path, so network and server alone.\n\n"
        "Each block visits every cell once in random order. In a guarded run requests start when a schedule says, "
        "whatever the answers do: a stall counts for all who had to wait. Guards stop a run that errs or harms; "
        "**Esc** stops it at once, **P** has it stand still and go on.\n\n"
        "A **canary** session is made for the run and removed after it. With database sessions it is a row, so "
        "the connection must be Guarded.\n\n"
        "Percentiles that the samples do not bear are left out. Every chart has a table (**T**) and is saved as a "
        "picture "
        "from its own menu.\n\n"
        "- **Routes** ↑ ↓ choose a route; the charts at the right follow. Sorted by gap, slowest p95 or name.\n"
        "- **Percentiles** by nines: is the tail the problem? ← → move the read-out, + − zoom, B takes the bands "
        "away.\n"
        "- **Shift**: how many times as long one mode takes as another at each percentile, with a band that holds "
        "for all of them at once.\n"
        "- **Over time**: is it steady? ↑ ↓ choose a mode, + − zoom, 0 shows all. Drag over a part of the time, or "
        "hold "
        "Shift with ← →, and the other charts show that part alone; Backspace takes it back.\n"
        "- **Phases**: network, waiting or receiving? S shows shares.\n"
        "- **Share**: which part of the answers came within a time?\n\n"
        "Runs that end are kept. **Compare** sets B against A: *faster* or *slower* where the interval of the ratio of "
        "medians excludes 1, *no relevant difference* within ±10 %. What wrk, k6 and others wrote stands beside ours, "
        "unjudged. **Trade-off** is a model of what a cache saves and of how long a revoked session lives on in it.");
}

} // namespace rollcall::latency
