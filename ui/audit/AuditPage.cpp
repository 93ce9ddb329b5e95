#include "ui/audit/AuditPage.h"

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QHeaderView>
#include <QLocale>
#include <QMenu>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <array>

#include "core/base/ErrorText.h"
#include "ui/audit/AuditDetailView.h"
#include "ui/audit/ChainBanner.h"
#include "ui/audit/ChainDelegate.h"
#include "ui/common/Button.h"
#include "ui/common/EmptyState.h"
#include "ui/common/ErrorBanner.h"
#include "ui/common/LoadingState.h"
#include "ui/common/PageHead.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/Surface.h"
#include "ui/common/TableView.h"

namespace rollcall::audit {

using common::Button;
using common::ColorToken;
using common::Icon;

namespace {
constexpr int roomForWhere = 1000; ///< below, the connection stands in the details alone
} // namespace

AuditPage::AuditPage(const common::Theme &theme, const AuditLog &log, const base::Clock &clock, QWidget *parent)
    : common::Page(parent),
      m_theme(theme),
      m_clock(clock),
      m_reader(log),
      m_exporter(log, clock),
      m_banner(new ChainBanner(theme)),
      m_error(new common::ErrorBanner(theme)),
      m_exported(new common::Note(theme, common::NoteKind::Good, {}, {})),
      m_loading(new common::LoadingState(theme)),
      m_table(new common::TableView(theme)),
      m_empty(new common::EmptyState(theme, Icon::Audit, {}, {})),
      m_stack(new QStackedWidget),
      m_details(new AuditDetailView(theme, this))
{
    setObjectName(QStringLiteral("auditPage"));
    common::setSurface(*this, common::Surface::Plain);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHead());
    auto *banners = new QVBoxLayout;
    banners->setContentsMargins(common::space::l, 0, common::space::l, common::space::m);
    banners->setSpacing(common::space::s);
    banners->addWidget(m_error);
    m_exported->setObjectName(QStringLiteral("auditExported"));
    m_exported->hide();
    auto *dismiss = new Button(theme, Icon::Close, tr("Close this note"));
    dismiss->setKind(common::ButtonKind::Quiet);
    connect(dismiss, &Button::clicked, m_exported, &QWidget::hide);
    m_exported->addAction(dismiss);
    banners->addWidget(m_exported);
    banners->addWidget(m_banner);
    column->addLayout(banners);
    column->addWidget(m_loading);
    makeTable();
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    m_stack->setCurrentWidget(m_table);
    column->addWidget(m_stack, 1);
    makeActions();
    makeExports(*m_export);

    m_details->hide();
    connect(m_details, &AuditDetailView::closeRequested, this, [this] { Q_EMIT detailsWanted(false); });
    connect(m_details, &AuditDetailView::undoRequested, this, &AuditPage::undoRequested);
    connect(m_details, &AuditDetailView::entryRequested, this, &AuditPage::selectEntry);
    m_error->setRetry(tr("Try now"));
    connect(m_error, &common::ErrorBanner::retryRequested, this, &AuditPage::refresh);
    connect(m_loading, &common::LoadingState::cancelRequested, this, [this] {
        m_reader.cancel();
        m_loading->stop();
        Q_EMIT statusChanged();
    });
    connect(&m_reader, &AuditReader::ready, this, &AuditPage::onReady);
    connect(&m_reader, &AuditReader::failed, this, &AuditPage::onFailed);
    connect(&m_exporter, &AuditExporter::exported, this, [this](const QString &path, qint64 entries) {
        say(common::NoteKind::Good, tr("%1 entries exported").arg(QLocale().toString(entries)), path);
    });
    connect(&m_exporter, &AuditExporter::packed, this, [this](const QString &path, const Evidence &evidence) {
        const QString packed = tr("Evidence of %1 entries packed").arg(QLocale().toString(evidence.entries));
        const QString title = !evidence.log.ok       ? tr("%1, but the log is broken").arg(packed)
                              : !evidence.log.sealed ? tr("%1, but not all of the log is signed").arg(packed)
                                                     : packed;
        say(evidence.log.ok && evidence.log.sealed ? common::NoteKind::Good : common::NoteKind::Warn, title,
            tr("%1\nTell whoever checks it by another way that the SHA-256 of its key is %2. How to check it stands in "
               "its FORMAT.md. Who acted, why and on whom is left out.")
                .arg(path, evidence.keyDigest));
    });
    connect(&m_exporter, &AuditExporter::failed, this, [this](const base::Error &error) {
        const base::ErrorText text = base::describe(error);
        say(common::NoteKind::Bad, tr("Nothing was written"), text.message + QLatin1Char(' ') + text.remedy);
    });
}

void AuditPage::say(common::NoteKind kind, const QString &title, const QString &body)
{
    m_exported->setContent(kind, title, body);
    m_exported->show();
}

QString AuditPage::selectedOperation() const
{
    const int row = m_table->currentIndex().row();
    return row >= 0 && row < m_model.rowCount() ? m_model.at(row).operation : QString();
}

void AuditPage::exportLog(ExportForm form, const QString &path)
{
    m_exporter.exportTo(form, path);
}

void AuditPage::packEvidence(const QString &operation, const QString &path)
{
    if (operation.isEmpty())
        return; // to the exporter that would be the whole log
    EvidenceScope scope;
    scope.operation = operation;
    m_exporter.pack(scope, path);
}

void AuditPage::packWholeLog(const QString &path)
{
    m_exporter.pack({}, path);
}

void AuditPage::chooseFile(const QString &title, const QString &name,
                           const std::function<void(const QString &)> &chosen)
{
    auto *dialog = new QFileDialog(this, title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QFileInfo(name).suffix());
    dialog->selectFile(name);
    connect(dialog, &QFileDialog::fileSelected, this, chosen);
    dialog->open();
}

void AuditPage::makeExports(Button &button)
{
    auto *menu = new QMenu(&button);
    using OnFile = std::function<void(const QString &)>;
    // What to do with the file is settled when the action is triggered: what is selected may change while it is chosen.
    const auto add = [&](const QString &word, const QString &name, const std::function<OnFile()> &chosen) {
        auto *action = new QAction(word, this);
        connect(action, &QAction::triggered, this, [this, word, name, chosen] { chooseFile(word, name, chosen()); });
        menu->addAction(action);
        addAction(action);
        common::setMenuOf(*action, common::MenuOf::File);
        return action;
    };
    add(tr("Export the log as JSON…"), QStringLiteral("audit.json"),
        [this] { return [this](const QString &path) { exportLog(ExportForm::Json, path); }; });
    add(tr("Export the log as CSV…"), QStringLiteral("audit.csv"),
        [this] { return [this](const QString &path) { exportLog(ExportForm::Csv, path); }; });
    menu->addSeparator();
    auto *ofOne = add(tr("Evidence of the selected operation…"), QStringLiteral("evidence.tar"), [this] {
        return [this, operation = selectedOperation()](const QString &path) { packEvidence(operation, path); };
    });
    add(tr("Evidence of the whole log…"), QStringLiteral("evidence.tar"),
        [this] { return [this](const QString &path) { packWholeLog(path); }; });
    ofOne->setEnabled(false);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, ofOne,
            [this, ofOne] { ofOne->setEnabled(!selectedOperation().isEmpty()); });
    connect(&m_model, &QAbstractItemModel::modelReset, ofOne, [ofOne] { ofOne->setEnabled(false); });
    button.setMenu(menu);
}

QWidget *AuditPage::makeHead()
{
    auto *head = new common::PageHead(m_theme, title());
    QHBoxLayout *const row = &head->row();
    row->addStretch();
    auto *again = new Button(m_theme, Icon::Refresh, tr("Refresh (F5)"));
    connect(again, &Button::clicked, this, &AuditPage::refresh);
    row->addWidget(again);
    m_export = new Button(m_theme, tr("Export"));
    m_export->setObjectName(QStringLiteral("exportAudit"));
    m_export->setToolTip(tr("The log for other programs, or an archive that proves what was done"));
    row->addWidget(m_export);
    auto *verify = new Button(m_theme, tr("Verify"), common::ButtonKind::Primary);
    verify->setObjectName(QStringLiteral("verifyAudit"));
    verify->setGlyph(Icon::Seal);
    verify->setToolTip(tr("Reads the whole log and checks every hash and signature"));
    connect(verify, &Button::clicked, this, &AuditPage::refresh);
    row->addWidget(verify);
    return head;
}

void AuditPage::makeTable()
{
    m_table->setObjectName(QStringLiteral("auditTable"));
    m_table->setAccessibleName(tr("Entries of the audit log"));
    m_table->setModel(&m_model);
    m_table->setItemDelegateForColumn(AuditListModel::Entry, new ChainDelegate(m_theme, m_table));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    QHeaderView *header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    constexpr std::array<int, AuditListModel::ColumnCount> widths{96, 108, 168, 168, 136, 200, 184};
    for (int column = 0; column < AuditListModel::ColumnCount; ++column)
        m_table->setColumnWidth(column, widths[static_cast<std::size_t>(column)]);
    header->setStretchLastSection(false); // the reason alone takes what room is left
    header->setSectionResizeMode(AuditListModel::Why, QHeaderView::Stretch);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &AuditPage::onSelectionChanged);
    connect(m_table, &common::TableView::activated, this, [this] { Q_EMIT detailsWanted(true); });
}

void AuditPage::makeActions()
{
    auto *verify = new QAction(tr("Verify the audit log"), this);
    connect(verify, &QAction::triggered, this, &AuditPage::refresh);
    auto *details = new QAction(tr("Show details"), this);
    details->setShortcut(Qt::Key_Return);
    details->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(details, &QAction::triggered, this, [this] { Q_EMIT detailsWanted(true); });
    for (QAction *action : {verify, details}) {
        addAction(action);
        common::setMenuOf(*action, common::MenuOf::View);
    }
}

QString AuditPage::help() const
{
    return tr(
        "# Audit\n\nEverything that Rollcall did to a deployment: an **intent** before each act, its **outcome** "
        "after. Tokens and secrets are not in it; names and e-mail addresses only where somebody typed them as a "
        "reason, "
        "or asked for them on the command line (`--audit-names`).\n\n"
        "Each entry holds the hash of the one before and a signature by a key of this computer, and a seal beside "
        "the log says how long it is. So a changed, removed or inserted entry shows, and so does a log that was "
        "cut short.\n\n"
        "**Verify** reads the whole log and checks all of that. `rollcallctl audit verify` does the same.\n\n"
        "An intent **without an outcome** means that Rollcall was ended in the middle: look at the deployment "
        "itself to see what was done.");
}

QWidget *AuditPage::details()
{
    return m_details;
}

void AuditPage::activate()
{
    refresh();
}

void AuditPage::refresh()
{
    m_loading->start(tr("Reading and checking the log"));
    m_reader.read();
}

void AuditPage::focusMain()
{
    m_table->setFocus(Qt::OtherFocusReason);
}

QList<common::StatusItem> AuditPage::statusItems() const
{
    if (!m_state || !m_readAt)
        return {};
    const QLocale locale;
    const int shown = m_model.rowCount();
    QList<common::StatusItem> items;
    const bool all = m_state->ok && m_state->entries == shown;
    items << common::StatusItem{all ? tr("%1 entries, exact").arg(locale.toString(shown))
                                    : tr("%1 entries shown").arg(locale.toString(shown)),
                                {},
                                ColorToken::Muted,
                                false};
    if (m_laterLeftOut) {
        items << common::StatusItem{tr("too much follows the break to be shown"), Icon::Warn, ColorToken::Warn, false};
    }
    items << common::StatusItem{tr("No tokens are stored, and names only as typed"), {}, ColorToken::Muted, false};
    items << common::StatusItem{tr("Checked %1").arg(common::clockText(*m_readAt)), {}, ColorToken::Muted, true};
    return items;
}

void AuditPage::selectEntry(qint64 seq)
{
    if (const int row = m_model.rowOf(seq); row >= 0) {
        m_table->selectRow(row);
        m_table->scrollTo(m_model.index(row, 0));
    }
}

void AuditPage::onReady(const AuditReading &reading)
{
    m_loading->stop();
    const int before = m_table->currentIndex().row();
    const qint64 selected = before >= 0 ? m_model.at(before).seq : 0;
    m_state = reading.state;
    m_readAt = m_clock.now();
    m_laterLeftOut = reading.laterLeftOut;
    m_model.reset(reading.entries, reading.state.brokenAt, *m_readAt);
    m_table->setStale(false);
    const bool neverWritten = reading.state.ok && reading.entries.empty();
    if (neverWritten)
        m_banner->hide();
    else
        m_banner->display(reading);
    showListOrReason(neverWritten, reading.entries.empty());
    m_error->clear();
    selectEntry(selected);
    onSelectionChanged();
    Q_EMIT badgeChanged(reading.state.ok ? QString() : QStringLiteral("!"), !reading.state.ok);
    Q_EMIT statusChanged();
    if (reading.isSound)
        Q_EMIT logFoundSound();
}

void AuditPage::showListOrReason(bool neverWritten, bool nothingListed)
{
    if (neverWritten) {
        m_empty->setContent(Icon::Audit, tr("Nothing was done yet"),
                            tr("Every revocation and every canary is written here before it is done and again when it "
                               "is: who, when, where, why and what came of it."));
    } else if (nothingListed) {
        m_empty->setContent(Icon::Orphan, tr("No entry can be read"),
                            tr("Where the first entry should be, the file holds something else."));
    }
    m_stack->setCurrentWidget(nothingListed ? static_cast<QWidget *>(m_empty) : m_table);
}

void AuditPage::onFailed(const base::Error &error)
{
    m_loading->stop();
    m_table->setStale(true);
    m_banner->hide(); // what it said holds no longer
    m_error->showError(error, tr("The audit log could not be checked"),
                       m_readAt ? tr("What is below was read at %1.").arg(common::clockText(*m_readAt)) : QString());
    Q_EMIT statusChanged();
}

void AuditPage::onSelectionChanged()
{
    const int row = m_table->currentIndex().row();
    if (row < 0 || row >= m_model.rowCount()) {
        m_details->clear();
        return;
    }
    m_details->display(m_model.at(row), m_model.partnerOf(row));
}

void AuditPage::updateColumns()
{
    m_table->setColumnHidden(AuditListModel::Where, m_table->width() < roomForWhere);
}

void AuditPage::resizeEvent(QResizeEvent *event)
{
    common::Page::resizeEvent(event);
    updateColumns();
}

} // namespace rollcall::audit
