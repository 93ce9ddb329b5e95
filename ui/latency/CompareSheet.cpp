#include "ui/latency/CompareSheet.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHash>
#include <QSignalBlocker>

#include "core/base/ErrorText.h"
#include "ui/charts/ChartTableView.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/Note.h"
#include "ui/common/RelativeTime.h"
#include "ui/latency/ComparisonTable.h"

namespace rollcall::latency {

using common::Button;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;

namespace {
constexpr int sheetWidth = 1120;
constexpr int tableHeight = 340;
} // namespace

CompareSheet::CompareSheet(const common::Theme &theme, QWidget &origin, RunLibrary &library)
    : common::Sheet(theme, origin),
      m_library(library),
      m_a(new QComboBox),
      m_b(new QComboBox),
      m_sentence(new Label(theme, {}, FontToken::Verdict)),
      m_caveats(new common::Note(theme, common::NoteKind::Info, {}, {})),
      m_table(new charts::ChartTableView(theme))
{
    setObjectName(QStringLiteral("compareSheet"));
    setPanelWidth(sheetWidth);
    setHeading(Icon::Latency, ColorToken::Accent, tr("Compare two runs"),
               tr("B against A, cell by cell: ratios of percentiles with 95 % intervals."));
    m_a->setObjectName(QStringLiteral("compareA"));
    m_b->setObjectName(QStringLiteral("compareB"));
    m_table->setObjectName(QStringLiteral("compareTable"));
    m_table->setAccessibleName(tr("Comparison, cell by cell"));
    m_table->setFixedHeight(tableHeight);
    m_sentence->setObjectName(QStringLiteral("compareSentence"));
    m_sentence->setWordWrap(true);
    m_caveats->hide();
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(common::space::l + common::space::xs, common::space::m,
                               common::space::l + common::space::xs, common::space::m);
    column->setSpacing(common::space::m);
    auto *sides = new QHBoxLayout;
    sides->setSpacing(common::space::s);
    const auto addSide = [&](const QString &caption, QComboBox *box) {
        auto *label = new Label(theme, caption, FontToken::Caption, ColorToken::Muted);
        label->setBuddy(box);
        box->setAccessibleName(caption);
        sides->addWidget(label);
        sides->addWidget(box, 1);
        connect(box, &QComboBox::currentIndexChanged, this, &CompareSheet::want);
    };
    addSide(tr("A, before"), m_a);
    addSide(tr("B, after"), m_b);
    auto *file = new Button(theme, tr("Add a file…"));
    file->setObjectName(QStringLiteral("compareFile"));
    file->setGlyph(Icon::Import);
    file->setToolTip(tr("A saved run, or what wrk, wrk2, k6, vegeta, oha, autocannon or HdrHistogram wrote"));
    connect(file, &Button::clicked, this, &CompareSheet::chooseFile);
    sides->addWidget(file);
    column->addLayout(sides);
    column->addWidget(m_sentence);
    column->addWidget(m_caveats);
    column->addWidget(m_table);
    setBody(body);
    auto *done = new Button(theme, tr("Done"), common::ButtonKind::Primary);
    done->setKeyHint(tr("Esc"));
    done->setLarge(true);
    connect(done, &Button::clicked, this, &CompareSheet::dismiss);
    addFootEnd(done);

    connect(&library, &RunLibrary::changed, this, &CompareSheet::fill);
    connect(&library, &RunLibrary::loaded, this, &CompareSheet::onLoaded);
    connect(&library, &RunLibrary::failed, this, [this](const base::Error &error, const QString &what) {
        m_caveats->setContent(common::NoteKind::Bad, what, base::describe(error).message);
        m_caveats->show();
    });
    fill();
}

void CompareSheet::fill()
{
    const QString a = m_a->currentData().toString();
    const QString b = m_b->currentData().toString();
    for (QComboBox *box : {m_a, m_b}) {
        const QSignalBlocker blocked(box);
        box->clear();
        for (const auto &[path, name] : m_files)
            box->addItem(name, path);
        for (const probe::SavedRun &run : m_library.runs()) {
            box->addItem(tr("%1, %2, %3 routes × %4 modes")
                             .arg(RunLibrary::nameOf(run), common::exactText(run.startedAt, base::SystemClock().now()))
                             .arg(run.routes)
                             .arg(run.modes),
                         run.path);
        }
    }
    choose(a, b);
}

void CompareSheet::choose(const QString &pathA, const QString &pathB)
{
    {
        const QSignalBlocker blockedA(m_a);
        const QSignalBlocker blockedB(m_b);
        const int a = m_a->findData(pathA);
        const int b = m_b->findData(pathB);
        m_b->setCurrentIndex(b >= 0 ? b : 0);
        m_a->setCurrentIndex(a >= 0 ? a : std::min(m_b->currentIndex() + 1, m_a->count() - 1));
    }
    want();
}

void CompareSheet::addFile(const QString &path)
{
    m_library.load(path);
}

void CompareSheet::chooseFile()
{
    auto *dialog = new QFileDialog(this, tr("Add a run"));
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QFileDialog::fileSelected, this, &CompareSheet::addFile);
    dialog->open();
}

void CompareSheet::onLoaded(const LoadedRun &run)
{
    m_loaded.insert(run.path, run);
    if (m_b->findData(run.path) < 0) {
        m_files.prepend({run.path, run.name});
        const QString a = m_a->currentData().toString();
        fill();
        choose(a, run.path);
        return;
    }
    present();
}

const LoadedRun *CompareSheet::loaded(const QComboBox *side) const
{
    const auto at = m_loaded.constFind(side->currentData().toString());
    return at == m_loaded.constEnd() ? nullptr : &*at;
}

void CompareSheet::want()
{
    for (const QComboBox *side : {m_a, m_b}) {
        if (loaded(side) == nullptr && !side->currentData().toString().isEmpty())
            m_library.load(side->currentData().toString());
    }
    present();
}

void CompareSheet::present()
{
    const LoadedRun *a = loaded(m_a);
    const LoadedRun *b = loaded(m_b);
    m_caveats->hide();
    if (m_a->count() == 0) {
        m_sentence->setText(tr("No run is saved yet. Measure one, or add a file."));
        m_table->setTable({});
        return;
    }
    if (a == nullptr || b == nullptr) {
        m_sentence->setText(tr("Reading…"));
        return;
    }
    QString caveats;
    if (a->own && b->own) {
        const probe::RunComparison comparison = probe::compareRuns(*a->own, *b->own);
        m_table->setTable(comparisonTable(*a->own, *b->own, comparison));
        m_sentence->setText(a->path == b->path ? tr("A and B are the same run.") : comparisonSentence(comparison));
        caveats = comparisonCaveats(comparison);
    } else {
        m_table->setTable(besideTable(*a, *b));
        m_sentence->setText(tr("Side by side: another tool's figures are shown, not judged."));
        caveats = foreignCaveats(*a, *b);
    }
    m_caveats->setContent(common::NoteKind::Info, tr("To be kept in mind"), caveats);
    m_caveats->setVisible(!caveats.isEmpty());
}

} // namespace rollcall::latency
