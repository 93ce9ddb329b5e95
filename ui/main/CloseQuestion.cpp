#include "ui/main/CloseQuestion.h"

#include <QCoreApplication>
#include <QMessageBox>
#include <QPushButton>

#include <algorithm>

#include "ui/common/Activities.h"

namespace rollcall::main {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("CloseQuestion", text);
}

} // namespace

void leaveWhenIdle(QWidget &window, common::Activities &activities, const std::function<void()> &leave)
{
    if (!activities.isActing()) {
        leave();
        return;
    }
    const QString name = QStringLiteral("closeQuestion");
    if (window.findChild<QMessageBox *>(name))
        return;
    const auto running =
        std::ranges::count_if(activities.acts(), [](const common::Activity *activity) { return !activity->isEnded(); });
    auto *box = new QMessageBox(QMessageBox::NoIcon, tr("Still running"),
                                running == 1 ? tr("An operation is still running.")
                                             : tr("%1 operations are still running.").arg(running),
                                QMessageBox::NoButton, &window);
    box->setObjectName(name);
    box->setInformativeText(tr("What is paused stops at the next batch, with what was done on record, and is offered "
                               "when this connection is opened again."));
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton *pause = box->addButton(tr("Pause and close"), QMessageBox::AcceptRole);
    pause->setObjectName(QStringLiteral("pauseAndClose"));
    QPushButton *stay = box->addButton(tr("Keep working"), QMessageBox::RejectRole);
    box->setDefaultButton(stay);
    box->setEscapeButton(stay);
    QObject::connect(pause, &QPushButton::clicked, &activities, [&activities, leave] {
        if (!activities.isActing()) { // it ended while the question stood
            leave();
            return;
        }
        QObject::connect(&activities, &common::Activities::idle, &activities, leave,
                         static_cast<Qt::ConnectionType>(Qt::QueuedConnection | Qt::SingleShotConnection));
        const QList<common::Activity *> acts = activities.acts();
        for (common::Activity *activity : acts) {
            if (activity->state() == common::ActState::Waiting)
                activity->stop(); // nothing of it was begun
            else
                activities.pause(*activity);
        }
    });
    box->open();
    stay->setFocus(Qt::OtherFocusReason); // opening gives the keyboard to the first button
}

} // namespace rollcall::main
