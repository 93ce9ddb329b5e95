#include "app/desktop/ActSheets.h"

#include <QAction>
#include <QCursor>
#include <QFileDialog>
#include <QTimer>
#include <QToolTip>

#include "ui/common/Actions.h"
#include "ui/common/Activities.h"
#include "ui/common/Sheet.h"
#include "ui/main/MainWindow.h"
#include "ui/revoke/PlanSheet.h"
#include "ui/revoke/PruneSheet.h"
#include "ui/revoke/PurgeSheet.h"
#include "ui/revoke/ReturnNote.h"
#include "ui/revoke/RuleSheet.h"
#include "ui/revoke/SavedPlanSheet.h"
#include "ui/revoke/SelectionSheet.h"
#include "ui/revoke/UndoSheet.h"

namespace rollcall::app {

ActSheets::ActSheets(common::Theme &theme, main::MainWindow &window, QObject *parent)
    : QObject(parent),
      m_theme(theme),
      m_window(window),
      m_prune(common::makeAction(theme, this, common::Icon::Prune, tr("&Prune expired sessions…"))),
      m_savedPlan(common::makeAction(theme, this, common::Icon::File, tr("&Open a saved plan…")))
{
    connect(m_prune, &QAction::triggered, this, &ActSheets::openPrune);
    connect(&window, &main::MainWindow::currentPageChanged, this, &ActSheets::updateActions);
    window.addApplicationAction(common::MenuOf::Session, m_prune);
    connect(m_savedPlan, &QAction::triggered, this, &ActSheets::chooseSavedPlan);
    window.addApplicationAction(common::MenuOf::Session, m_savedPlan);
    updateActions();
}

void ActSheets::setConnection(common::OpenConnection *connection)
{
    m_connection = connection;
    updateActions();
}

void ActSheets::updateActions()
{
    QString why;
    if (!m_connection)
        why = tr("no connection is open");
    else if (!m_window.isProfileInFront())
        why = tr("another page is in front of the connection");
    else if (!m_connection->deployment().hasRows())
        why = tr("sessions have no rows here");
    common::setUnavailable(*m_prune, why);
    common::setUnavailable(*m_savedPlan, why);
}

bool ActSheets::mayOpen() const
{
    // Over a page that stands alone the header band would not say which connection it is.
    return m_connection && m_window.isProfileInFront() && !common::Sheet::openIn(m_window);
}

void ActSheets::openPlan(const revoke::Selection &selection)
{
    // Over the page's part of the window only: the header band stays lit, so that the environment is in sight.
    if (mayOpen())
        open(new revoke::PlanSheet(m_theme, *m_window.currentPage(), *m_connection, selection));
}

void ActSheets::openChoice(const common::SelectionRequest &request)
{
    if (!mayOpen())
        return;
    auto *sheet = new revoke::SelectionSheet(m_theme, *m_window.currentPage(), *m_connection, request);
    // The sheet that asks is closing: the next opens when it has.
    connect(sheet, &revoke::SelectionSheet::planRequested, this, &ActSheets::openPlan, Qt::QueuedConnection);
    sheet->open();
}

void ActSheets::chooseSavedPlan()
{
    if (!mayOpen())
        return;
    auto *dialog = new QFileDialog(&m_window, tr("Open a saved plan"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &ActSheets::openSavedPlan);
    dialog->open();
}

void ActSheets::openSavedPlan(const QString &path)
{
    if (!mayOpen())
        return;
    auto *sheet = new revoke::SavedPlanSheet(m_theme, *m_window.currentPage(), *m_connection, path);
    connect(
        sheet, &revoke::SavedPlanSheet::planRequested, this,
        [this](const std::shared_ptr<const revoke::RevocationPlan> &plan, const revoke::PlanSummary &summary) {
            if (mayOpen())
                open(new revoke::PlanSheet(m_theme, *m_window.currentPage(), *m_connection, plan, summary));
        },
        Qt::QueuedConnection);
    sheet->open();
}

void ActSheets::openPrune()
{
    if (mayOpen())
        open(new revoke::PruneSheet(m_theme, *m_window.currentPage(), *m_connection));
}

void ActSheets::openPurge(const common::PurgeRequest &request)
{
    if (mayOpen())
        open(new revoke::PurgeSheet(m_theme, *m_window.currentPage(), *m_connection, request));
}

void ActSheets::openRule()
{
    if (mayOpen())
        open(new revoke::RuleSheet(m_theme, *m_window.currentPage(), *m_connection));
}

void ActSheets::openUndo(const QString &auditId)
{
    if (mayOpen())
        open(new revoke::UndoSheet(m_theme, *m_window.currentPage(), *m_connection, auditId));
}

void ActSheets::openUnfinished(const revoke::Operation &operation)
{
    if (!mayOpen())
        return;
    if (operation.head.kind == revoke::pruneKind())
        open(new revoke::PruneSheet(m_theme, *m_window.currentPage(), *m_connection, operation));
    else if (operation.head.kind == revoke::restoreKind())
        open(new revoke::UndoSheet(m_theme, *m_window.currentPage(), *m_connection, operation));
    else
        open(new revoke::PlanSheet(m_theme, *m_window.currentPage(), *m_connection, operation));
}

void ActSheets::openResult(const common::Activity &activity)
{
    if (!mayOpen() || !activity.end() || !activity.end()->report)
        return;
    if (activity.head().kind == revoke::pruneKind())
        open(new revoke::PruneSheet(m_theme, *m_window.currentPage(), *m_connection, *activity.end()->report));
    else
        open(new revoke::PlanSheet(m_theme, *m_window.currentPage(), *m_connection, *activity.end()->report));
}

void ActSheets::openAgain(const std::vector<revoke::Resurrection> &sessions)
{
    common::Sheet *inFront = common::Sheet::openIn(m_window);
    if (inFront && inFront->findChild<revoke::ReturnNote *>()) {
        inFront->dismiss(); // an outcome asks nothing: it makes room
    } else if (inFront) {
        QToolTip::showText(QCursor::pos(), tr("Close what is open first."), &m_window);
        return;
    }
    if (!mayOpen() || sessions.empty())
        return;
    revoke::Selection selection;
    for (const revoke::Resurrection &session : sessions)
        selection.sessions << session.fingerprint.text();
    open(new revoke::PlanSheet(m_theme, *m_window.currentPage(), *m_connection, selection));
}

void ActSheets::open(revoke::ActSheet *sheet)
{
    connect(sheet, &revoke::ActSheet::auditRequested, this, &ActSheets::openAuditSoon);
    connect(sheet, &revoke::ActSheet::dismissed, this, [this] {
        // What was left to the background is in sight there.
        if (m_connection && m_connection->activities().isActing())
            m_window.setDrawerShown(true);
    });
    sheet->open();
}

void ActSheets::open(revoke::PlanSheet *sheet)
{
    // As above: the sheet that asks is closing.
    connect(sheet, &revoke::PlanSheet::undoRequested, this, &ActSheets::openUndo, Qt::QueuedConnection);
    open(static_cast<revoke::ActSheet *>(sheet));
}

void ActSheets::openAuditSoon()
{
    QTimer::singleShot(0, this, [this] { m_window.showPage(QStringLiteral("audit")); });
}

} // namespace rollcall::app
