#include "ui/revoke/UnfinishedView.h"

#include <QDateTime>
#include <QLocale>
#include <QVBoxLayout>

#include "ui/common/Note.h"

namespace rollcall::revoke {

UnfinishedView::UnfinishedView(const common::Theme &theme, const Operation &operation, QWidget *parent)
    : QWidget(parent)
{
    const OperationHead &head = operation.head;
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(20, common::space::m, 20, common::space::l);
    column->setSpacing(common::space::m);
    const QString begun = QLocale().toString(QDateTime::fromMSecsSinceEpoch(head.startedAt.time_since_epoch().count()),
                                             QLocale::ShortFormat);
    const QString ended = tr("The program, or its link to the database, ended before it was done.");
    column->addWidget(
        new common::Note(theme, common::NoteKind::Warn, tr("Begun %1").arg(begun),
                         head.reason.isEmpty() ? ended : tr("%1 Its reason: %2").arg(ended, head.reason)));
    const QString rest =
        head.kind == restoreKind()
            ? tr("A session that exists again, or whose user is gone, is left alone and counted. "
                 "What was kept stays until its time is over. It is written to the audit log.")
            : tr("Sessions that began since are not in it. Rows that changed or went meanwhile are left "
                 "alone and listed. Ending it here leaves the rest signed in; both are written to the "
                 "audit log.");
    column->addWidget(new common::Note(theme, common::NoteKind::Info,
                                       tr("Going on touches the rest of the same plan, and nothing else"), rest));
}

QString UnfinishedView::title(const Operation &operation)
{
    return operation.head.kind == restoreKind() ? tr("Putting sessions back was interrupted")
                                                : tr("A revocation was interrupted");
}

QString UnfinishedView::subtitle(const Operation &operation)
{
    const QLocale locale;
    return tr("%1 of %2 sessions are settled")
        .arg(locale.toString(operation.done), locale.toString(operation.head.planned));
}

} // namespace rollcall::revoke
