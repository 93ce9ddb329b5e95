#include "ui/revoke/PlanSheet.h"

#include <QDateTime>
#include <QLocale>
#include <QVBoxLayout>

#include "ui/common/Activities.h"
#include "ui/common/Note.h"
#include "ui/common/PersonalData.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/ReturnWatches.h"
#include "ui/revoke/PlanView.h"
#include "ui/revoke/ResultView.h"
#include "ui/revoke/ReturnNote.h"
#include "ui/revoke/UnfinishedView.h"

namespace rollcall::revoke {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::Icon;

namespace {

QString sessionsText(qint64 number)
{
    return number == 1 ? PlanSheet::tr("1 session") : PlanSheet::tr("%1 sessions").arg(QLocale().toString(number));
}

/// Whom the plan touches: the user's name where it is one user alone. The act is listed by it later too.
QString titleOf(const RevocationPlan &plan, const common::PersonalData &personal)
{
    const QString what = sessionsText(static_cast<qint64>(plan.rows.size()));
    if (plan.users == 1 && !plan.rows.empty()) {
        const session::ListedSession &first = plan.rows.front().shown;
        if (const auto name = first.name ? first.name : first.email)
            return PlanSheet::tr("Revoke %1 of %2").arg(what, personal.lastingName(*name));
    }
    return PlanSheet::tr("Revoke %1").arg(what);
}

} // namespace

PlanSheet::PlanSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
                     Selection selection)
    : ActSheet(theme, origin, connection), m_selection(std::move(selection)), m_controller(connection)
{
    listen();
    if (connection.deployment().hasRows()) {
        begin();
    } else {
        showNotRevocable();
    }
}

PlanSheet::PlanSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
                     const std::shared_ptr<const RevocationPlan> &saved, PlanSummary summary)
    : ActSheet(theme, origin, connection), m_saved(saved), m_summary(std::move(summary)), m_controller(connection)
{
    listen();
    begin();
}

PlanSheet::PlanSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
                     Operation unfinished)
    : ActSheet(theme, origin, connection), m_unfinished(std::move(unfinished)), m_controller(connection)
{
    listen();
    showUnfinished();
}

PlanSheet::PlanSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
                     const RevocationReport &ended)
    : ActSheet(theme, origin, connection), m_controller(connection)
{
    listen();
    showResult(ended);
}

void PlanSheet::listen()
{
    setObjectName(QStringLiteral("planSheet"));
    connect(&m_controller, &RevocationController::planned, this, &PlanSheet::showPlan);
    connect(&m_controller, &RevocationController::finished, this, &PlanSheet::showResult);
    connect(&m_controller, &RevocationController::failed, this, &PlanSheet::showFailure);
    connect(&m_controller, &RevocationController::discarded, this, &PlanSheet::dismiss);
}

void PlanSheet::begin()
{
    if (m_saved) {
        m_controller.take(m_saved);
        showPlan();
        return;
    }
    showPlanning();
    m_controller.freeze(m_selection);
}

void PlanSheet::showUnfinished()
{
    setHeading(Icon::Warn, ColorToken::Warn, UnfinishedView::title(*m_unfinished),
               UnfinishedView::subtitle(*m_unfinished));
    setAside(tr("Plan %1").arg(m_unfinished->head.planDigest.first(8)));
    setBody(new UnfinishedView(theme(), *m_unfinished));
    Button *end = endButton(m_unfinished->head, [this] { m_controller.discard(m_unfinished->head.id); });
    focusSoon(askConsent(tr("Later"),
                         {tr("Go on"), "operationResume", ButtonKind::Danger,
                          [this] {
                              m_controller.resume(*m_unfinished, UnfinishedView::actTitle(*m_unfinished));
                              follow();
                          }},
                         {end}));
}

void PlanSheet::showPlanning()
{
    setHeading(Icon::Revoked, ColorToken::Bad, tr("Revoke…"), tr("Reading exactly what would be touched"));
    clearFoot();
    addLeave(tr("Cancel"));
    QVBoxLayout *column = paddedColumn();
    column->addWidget(busyBar(tr("Freezing the plan")));
    setBody(column->parentWidget());
}

void PlanSheet::showPlan()
{
    const RevocationPlan &plan = *m_controller.plan();
    const auto rows = static_cast<qint64>(plan.rows.size());
    m_frozen = true;
    setHeading(Icon::Revoked, ColorToken::Bad,
               rows == 0 ? tr("Nothing to revoke") : titleOf(plan, connection().personal()));
    // Of a saved plan the day counts as well: what it selects may have changed since.
    const QString frozen = m_saved ? common::exactText(plan.frozenAt, connection().deployment().clock().now())
                                   : QDateTime::fromMSecsSinceEpoch(plan.frozenAt.time_since_epoch().count())
                                         .toString(QStringLiteral("HH:mm:ss"));
    setAside(tr("Plan %1, frozen %2").arg(plan.digest.first(8), frozen));
    clearFoot();
    if (rows == 0) {
        QVBoxLayout *column = paddedColumn();
        column->addWidget(new common::Note(theme(), common::NoteKind::Info, tr("No session matches any more"),
                                           tr("What was selected is gone already. Nothing was changed.")));
        setBody(column->parentWidget());
        Button *done = addButton(tr("Close"));
        connect(done, &Button::clicked, this, &PlanSheet::dismiss);
        focusSoon(done);
        return;
    }
    m_view = new PlanView(theme(), connection(), m_controller.plan());
    if (m_summary)
        m_view->setSaved(*m_summary);
    connect(m_view, &PlanView::changed, this, &PlanSheet::updateConsent);
    setBody(m_view);

    askConsent(tr("Cancel"),
               {tr("Revoke %1").arg(sessionsText(rows)), "planExecute", ButtonKind::Danger, [this] { carryOut(); }});
    focusConsent(m_view->firstField());
}

QString PlanSheet::missing() const
{
    return m_view ? m_view->obstacle() : QString();
}

void PlanSheet::showNotRevocable()
{
    const NotRevocable reason = explainNotRevocable(connection().deployment());
    setHeading(Icon::Accepted, ColorToken::Warn, tr("There is no row to revoke"),
               tr("This deployment keeps its sessions in encrypted cookies (JWT strategy)."));
    QVBoxLayout *column = paddedColumn();
    column->addWidget(new common::Note(
        theme(), common::NoteKind::Warn,
        reason.acceptedUntil ? tr("Accepted until %1")
                                   .arg(QDateTime::fromMSecsSinceEpoch(reason.acceptedUntil->time_since_epoch().count())
                                            .toString(QStringLiteral("d MMM yyyy HH:mm")))
                             : tr("Accepted without a known end"),
        reason.explanation));
    column->addWidget(new common::Note(theme(), common::NoteKind::Info, tr("What does work"), reason.remedy));
    setBody(column->parentWidget());
    clearFoot();
    addLeave(tr("Close"));
}

void PlanSheet::carryOut()
{
    RevocationOptions options;
    options.reason = m_view->reason();
    connection().noteReason(options.reason);
    options.verify = m_view->verify();
    options.canary = m_view->canary();
    options.verifyFor = connection().timeout();
    options.approval = m_view->approval();
    m_controller.carryOut(options, titleOf(*m_controller.plan(), connection().personal()), m_view->watchFor());
    follow();
}

void PlanSheet::follow()
{
    // Where it could not begin, failed() has said so.
    if (common::Activity *activity = m_controller.activity()) {
        m_view = nullptr;
        showProgress(*activity, tr("Sessions revoked"));
    }
}

void PlanSheet::showResult(const RevocationReport &report)
{
    m_view = nullptr;
    endAct();
    const ResultHeadline head = headlineOf(report);
    const Icon icon = head.proven ? Icon::Refused : head.good ? Icon::Revoked : Icon::Accepted;
    setHeading(head.proven || head.good ? icon : Icon::Warn,
               head.proven ? ColorToken::Good
               : head.good ? ColorToken::Muted
                           : ColorToken::Warn,
               head.title, head.subtitle);
    common::ReturnWatch *watch = connection().activities().returns().find(report.auditId);
    setBody(new ResultView(theme(), report, watch ? new ReturnNote(theme(), *watch) : nullptr));
    QList<Button *> others;
    if (report.undoUntil && report.revoked > 0) {
        auto *undo = new Button(theme(), tr("Undo…"));
        undo->setLarge(true);
        undo->setObjectName(QStringLiteral("planUndo"));
        undo->setGlyph(Icon::Undo);
        undo->setToolTip(tr("The deleted rows are kept, sealed, until %1")
                             .arg(common::exactText(*report.undoUntil, connection().deployment().clock().now())));
        connect(undo, &Button::clicked, this, [this, auditId = report.auditId] {
            dismiss();
            Q_EMIT undoRequested(auditId);
        });
        others << undo;
    }
    showWaysOut("planDone", others);
    Q_EMIT finished(report.auditId);
}

void PlanSheet::showFailure(const base::Error &error)
{
    m_view = nullptr;
    setHeading(Icon::Fail, ColorToken::Bad,
               m_unfinished ? tr("Nothing more was done")
               : m_frozen   ? tr("Nothing was revoked")
                            : tr("The plan could not be made"));
    showError(error, [this] { m_unfinished ? showUnfinished() : begin(); });
}

} // namespace rollcall::revoke
