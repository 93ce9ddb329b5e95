#include "ui/revoke/UnfinishedView.h"

#include <QDateTime>
#include <QLocale>
#include <QVBoxLayout>

#include "ui/common/Note.h"

namespace rollcall::revoke {

namespace {

/// What becomes of the rows that are left.
QString restText(const QString &kind)
{
    if (kind == restoreKind())
        return UnfinishedView::tr("A session that exists again, or whose user is gone, is left alone and counted. "
                                  "What was kept stays until its time is over. It is written to the audit log.");
    if (kind == pruneKind())
        return UnfinishedView::tr("What was refreshed meanwhile stays. Ending it here leaves the rest of the expired "
                                  "rows where they are; both are written to the audit log.");
    return UnfinishedView::tr("Sessions that began since are not in it. Rows that changed or went meanwhile are left "
                              "alone and listed. Ending it here leaves the rest signed in; both are written to the "
                              "audit log.");
}

} // namespace

UnfinishedView::UnfinishedView(const common::Theme &theme, const Operation &operation, QWidget *parent)
    : QWidget(parent)
{
    const OperationHead &head = operation.head;
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(20, common::space::m, 20, common::space::l);
    column->setSpacing(common::space::m);
    const QString begun = QLocale().toString(QDateTime::fromMSecsSinceEpoch(head.startedAt.time_since_epoch().count()),
                                             QLocale::ShortFormat);
    const bool isPaused = operation.state == OperationState::Paused;
    const QString ended = isPaused ? tr("Somebody paused it.")
                                   : tr("The program, or its link to the database, ended before it was done.");
    column->addWidget(
        new common::Note(theme, isPaused ? common::NoteKind::Plain : common::NoteKind::Warn, tr("Begun %1").arg(begun),
                         head.reason.isEmpty() ? ended : tr("%1 Its reason: %2").arg(ended, head.reason)));
    column->addWidget(new common::Note(theme, common::NoteKind::Info,
                                       tr("Going on touches the rest of the same plan, and nothing else"),
                                       restText(head.kind)));
}

QString UnfinishedView::title(const Operation &operation)
{
    const bool isPaused = operation.state == OperationState::Paused;
    if (operation.head.kind == restoreKind())
        return isPaused ? tr("Putting sessions back is paused") : tr("Putting sessions back was interrupted");
    if (operation.head.kind == pruneKind())
        return isPaused ? tr("A prune is paused") : tr("A prune was interrupted");
    return isPaused ? tr("A revocation is paused") : tr("A revocation was interrupted");
}

QString UnfinishedView::actTitle(const Operation &operation)
{
    const QString planned = QLocale().toString(operation.head.planned);
    const bool isOne = operation.head.planned == 1;
    if (operation.head.kind == restoreKind())
        return isOne ? tr("Put 1 session back") : tr("Put %1 sessions back").arg(planned);
    if (operation.head.kind == pruneKind())
        return isOne ? tr("Prune 1 expired session") : tr("Prune %1 expired sessions").arg(planned);
    return isOne ? tr("Revoke 1 session") : tr("Revoke %1 sessions").arg(planned);
}

QString UnfinishedView::subtitle(const Operation &operation)
{
    const QLocale locale;
    return tr("%1 of %2 sessions are settled")
        .arg(locale.toString(operation.done), locale.toString(operation.head.planned));
}

} // namespace rollcall::revoke
