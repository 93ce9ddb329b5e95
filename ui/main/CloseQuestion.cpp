#include "ui/main/CloseQuestion.h"

#include <QCoreApplication>
#include <QMessageBox>
#include <QPushButton>

#include <algorithm>
#include <memory>

#include "ui/common/Activities.h"

namespace rollcall::main {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("CloseQuestion", text);
}

QString runningText(qint64 acts, bool measures)
{
    if (acts == 0)
        return tr("A latency measurement is still running.");
    const QString operations =
        acts == 1 ? tr("An operation is still running.") : tr("%1 operations are still running.").arg(acts);
    return measures ? operations + QLatin1Char(' ') + tr("So is a latency measurement.") : operations;
}

/// Calls @p leave once, when nothing runs any more; never where pausing failed, for then somebody is to ask again.
void leaveLater(common::Activities &activities, const Measurement &measurement, const std::function<void()> &leave)
{
    using common::Activities;
    auto *waiting = new QObject(&activities);
    const auto isOver = std::make_shared<bool>(false);
    const auto look = [waiting, isOver, &activities, measurement, leave] {
        if (*isOver || activities.isActing() || measurement.isRunning())
            return;
        *isOver = true;
        waiting->deleteLater();
        leave();
    };
    // Queued: what has ended is still speaking, and leaving may take it away.
    QObject::connect(&activities, &Activities::idle, waiting, look, Qt::QueuedConnection);
    measurement.whenEnded(*waiting, look);
    QObject::connect(&activities, &Activities::failed, waiting, [waiting, isOver] {
        *isOver = true;
        waiting->deleteLater();
    });
}

} // namespace

void leaveWhenIdle(QWidget &window, common::Activities &activities, const Measurement &measurement,
                   const std::function<void()> &leave)
{
    if (!activities.isActing() && !measurement.isRunning()) {
        leave();
        return;
    }
    const QString name = QStringLiteral("closeQuestion");
    if (window.findChild<QMessageBox *>(name))
        return;
    // A measurement stands among the acts as well; it is stopped, not paused.
    const auto running = std::ranges::count_if(activities.acts(), [](const common::Activity *activity) {
        return !activity->isEnded() && !activity->isMeasurement();
    });
    auto *box = new QMessageBox(QMessageBox::NoIcon, tr("Still running"), runningText(running, measurement.isRunning()),
                                QMessageBox::NoButton, &window);
    box->setObjectName(name);
    QStringList consequences;
    if (running > 0)
        consequences << tr("What is paused stops at the next batch, with what was done on record, and is offered when "
                           "this connection is opened again.");
    if (measurement.isRunning())
        consequences << tr("The measurement is stopped and its canary session is removed first.");
    box->setInformativeText(consequences.join(QLatin1Char(' ')));
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton *pause =
        box->addButton(running > 0 ? tr("Pause and close") : tr("Stop and close"), QMessageBox::AcceptRole);
    pause->setObjectName(QStringLiteral("pauseAndClose"));
    QPushButton *stay = box->addButton(tr("Keep working"), QMessageBox::RejectRole);
    box->setDefaultButton(stay);
    box->setEscapeButton(stay);
    QObject::connect(pause, &QPushButton::clicked, &activities, [&activities, measurement, leave] {
        if (!activities.isActing() && !measurement.isRunning()) { // it ended while the question stood
            leave();
            return;
        }
        leaveLater(activities, measurement, leave);
        if (measurement.isRunning())
            measurement.stop();
        const QList<common::Activity *> acts = activities.acts();
        for (common::Activity *activity : acts) {
            if (activity->isMeasurement())
                continue;
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
