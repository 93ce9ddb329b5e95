#include "ui/latency/RunsSheet.h"

#include <QFileDialog>
#include <QLocale>
#include <QVBoxLayout>

#include "ui/charts/ChartTableView.h"
#include "ui/common/Button.h"
#include "ui/common/EmptyState.h"
#include "ui/common/RelativeTime.h"
#include "ui/latency/VerdictText.h"

namespace rollcall::latency {

using common::Button;
using common::ButtonKind;
using common::Icon;

namespace {
constexpr int tableHeight = 320;
} // namespace

RunsSheet::RunsSheet(const common::Theme &theme, QWidget &origin, RunLibrary &library)
    : common::Sheet(theme, origin),
      m_library(library),
      m_table(new charts::ChartTableView(theme)),
      m_empty(new common::EmptyState(theme, Icon::Latency, tr("No run is saved yet"),
                                     tr("Every run that ends is kept here, with everything that is known of how it "
                                        "was measured."))),
      m_remove(new Button(theme, tr("Move to trash"), ButtonKind::Quiet)),
      m_compare(new Button(theme, tr("Compare two"))),
      m_open(new Button(theme, tr("Open"), ButtonKind::Primary))
{
    setObjectName(QStringLiteral("runsSheet"));
    setHeading(Icon::Latency, common::ColorToken::Accent, tr("Saved runs"),
               tr("The newest first. Select two to compare them."));
    m_table->setObjectName(QStringLiteral("runsTable"));
    m_table->setAccessibleName(tr("Saved runs"));
    m_table->setFixedHeight(tableHeight);
    m_empty->setFixedHeight(tableHeight);
    m_open->setObjectName(QStringLiteral("runsOpen"));
    m_compare->setObjectName(QStringLiteral("runsCompare"));
    m_remove->setObjectName(QStringLiteral("runsRemove"));
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(common::space::l + common::space::xs, common::space::m,
                               common::space::l + common::space::xs, common::space::m);
    column->addWidget(m_table);
    column->addWidget(m_empty);
    setBody(body);
    auto *file = new Button(theme, tr("Open a file…"), ButtonKind::Quiet);
    file->setGlyph(Icon::File);
    m_remove->setGlyph(Icon::Prune);
    for (Button *button : {file, m_remove, m_compare, m_open})
        button->setLarge(true);
    addFootStart(file);
    addFootStart(m_remove);
    addFootEnd(m_compare);
    addFootEnd(m_open);
    setExecute(m_open);

    connect(file, &Button::clicked, this, [this] {
        auto *dialog = new QFileDialog(this, tr("Open a run"));
        dialog->setFileMode(QFileDialog::ExistingFile);
        dialog->setNameFilter(tr("Runs (*.json);;All files (*)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QFileDialog::fileSelected, this, &RunsSheet::openWanted);
        dialog->open();
    });
    connect(m_open, &Button::clicked, this, [this] { Q_EMIT openWanted(selected().value(0)); });
    connect(m_table, &QTableView::activated, this, [this] { Q_EMIT openWanted(selected().value(0)); });
    connect(m_compare, &Button::clicked, this,
            [this] { Q_EMIT compareWanted(selected().value(1), selected().value(0)); });
    connect(m_remove, &Button::clicked, this, [this] {
        for (const QString &path : selected())
            m_library.remove(path);
    });
    connect(&library, &RunLibrary::changed, this, &RunsSheet::fill);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &RunsSheet::updateButtons);
    fill();
}

void RunsSheet::fill()
{
    charts::ChartTable table;
    table.head = {tr("Run"), tr("Started"), tr("Routes"), tr("Modes"), tr("Samples"), tr("Ended"), tr("By")};
    for (const probe::SavedRun &run : m_library.runs()) {
        table.rows.push_back({{RunLibrary::nameOf(run), {}},
                              {common::exactText(run.startedAt, base::SystemClock().now()), {}},
                              {QString::number(run.routes), run.routes},
                              {QString::number(run.modes), run.modes},
                              {QLocale().toString(run.samples), static_cast<double>(run.samples)},
                              {stopReasonText(run.stopReason), {}},
                              {run.tool, {}}});
    }
    m_table->setTable(std::move(table));
    const bool some = !m_library.runs().empty();
    m_table->setVisible(some);
    m_empty->setVisible(!some);
    if (some)
        m_table->selectRow(0);
    updateButtons();
}

QStringList RunsSheet::selected() const
{
    QStringList paths;
    for (const int row : m_table->selectedTableRows())
        paths << m_library.runs()[static_cast<std::size_t>(row)].path;
    return paths;
}

void RunsSheet::updateButtons()
{
    const auto count = m_table->selectedTableRows().size();
    m_open->setEnabled(count == 1);
    m_open->setToolTip(count == 1 ? QString() : tr("Select one run"));
    m_compare->setEnabled(count == 2);
    m_compare->setToolTip(count == 2 ? QString() : tr("Select two runs"));
    m_remove->setEnabled(count > 0);
}

} // namespace rollcall::latency
