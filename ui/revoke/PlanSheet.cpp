#include "ui/revoke/PlanSheet.h"

#include <QDateTime>
#include <QLocale>
#include <QProgressBar>
#include <QTimer>
#include <QVBoxLayout>

#include "core/base/ErrorText.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/Note.h"
#include "ui/common/RelativeTime.h"
#include "ui/revoke/PlanView.h"
#include "ui/revoke/ProgressView.h"
#include "ui/revoke/ResultView.h"
#include "ui/revoke/UnfinishedView.h"

namespace rollcall::revoke {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;

namespace {

/// A body of one column with the sheet's padding.
QWidget *paddedBody(QVBoxLayout *&column)
{
    auto *body = new QWidget;
    column = new QVBoxLayout(body);
    column->setContentsMargins(20, common::space::m, 20, common::space::l);
    column->setSpacing(common::space::m);
    return body;
}

QString sessionsText(qint64 number)
{
    return number == 1 ? PlanSheet::tr("1 session") : PlanSheet::tr("%1 sessions").arg(QLocale().toString(number));
}

/// Whom the plan touches: the user's name where it is one user alone.
QString titleOf(const RevocationPlan &plan)
{
    const QString what = sessionsText(static_cast<qint64>(plan.rows.size()));
    if (plan.users == 1 && !plan.rows.empty()) {
        const session::ListedSession &first = plan.rows.front().shown;
        if (const auto name = first.name ? first.name : first.email)
            return PlanSheet::tr("Revoke %1 of %2").arg(what, *name);
    }
    return PlanSheet::tr("Revoke %1").arg(what);
}

} // namespace

PlanSheet::PlanSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
                     Selection selection)
    : common::Sheet(theme, origin),
      m_theme(theme),
      m_connection(connection),
      m_selection(std::move(selection)),
      m_controller(connection)
{
    listen();
    if (connection.deployment().hasRows()) {
        freeze();
    } else {
        showNotRevocable();
    }
}

PlanSheet::PlanSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
                     Operation unfinished)
    : common::Sheet(theme, origin),
      m_theme(theme),
      m_connection(connection),
      m_unfinished(std::move(unfinished)),
      m_controller(connection)
{
    listen();
    showUnfinished();
}

void PlanSheet::listen()
{
    setObjectName(QStringLiteral("planSheet"));
    connect(&m_controller, &RevocationController::planned, this, &PlanSheet::showPlan);
    connect(&m_controller, &RevocationController::progressed, this, &PlanSheet::updateProgress);
    connect(&m_controller, &RevocationController::finished, this, &PlanSheet::showResult);
    connect(&m_controller, &RevocationController::failed, this, &PlanSheet::showFailure);
    connect(&m_controller, &RevocationController::discarded, this, &PlanSheet::dismiss);
    connect(&m_connection, &common::OpenConnection::writeModeChanged, this, &PlanSheet::updateConsent);
}

Button *PlanSheet::addButton(const QString &text, bool atEnd)
{
    auto *button = new Button(m_theme, text);
    button->setLarge(true);
    if (atEnd)
        addFootEnd(button);
    else
        addFootStart(button);
    return button;
}

void PlanSheet::freeze()
{
    showPlanning();
    m_controller.freeze(m_selection);
}

void PlanSheet::showUnfinished()
{
    setHeading(Icon::Warn, ColorToken::Warn, UnfinishedView::title(*m_unfinished),
               UnfinishedView::subtitle(*m_unfinished));
    setAside(tr("Plan %1").arg(m_unfinished->head.planDigest.first(8)));
    setBody(new UnfinishedView(m_theme, *m_unfinished));
    clearFoot();
    m_obstacle = new Label(m_theme, {}, FontToken::Status, ColorToken::Muted);
    addFootStart(m_obstacle);
    Button *later = addButton(tr("Later"), true);
    later->setKeyHint(tr("Esc"));
    connect(later, &Button::clicked, this, &PlanSheet::dismiss);
    Button *end = addButton(tr("End it here"), true);
    end->setObjectName(QStringLiteral("operationDiscard"));
    connect(end, &Button::clicked, this, [this, end] {
        end->setEnabled(false);
        m_controller.discard(m_unfinished->head.id);
    });
    m_execute = addButton(tr("Go on"), true);
    m_execute->setObjectName(QStringLiteral("operationResume"));
    m_execute->setKind(ButtonKind::Danger);
    m_execute->setKeyHint(tr("Ctrl+Enter"));
    connect(m_execute, &Button::clicked, this, &PlanSheet::resume);
    setExecute(m_execute);
    updateConsent();
    focusSoon(later);
}

void PlanSheet::resume()
{
    if (!m_execute || !m_execute->isEnabled())
        return;
    showProgress(m_unfinished->head.planned);
    m_controller.resume(m_unfinished->head.id);
}

void PlanSheet::showPlanning()
{
    setHeading(Icon::Revoked, ColorToken::Bad, tr("Revoke…"), tr("Reading exactly what would be touched"));
    clearFoot();
    Button *cancel = addButton(tr("Cancel"), true);
    cancel->setKeyHint(tr("Esc"));
    connect(cancel, &Button::clicked, this, &PlanSheet::dismiss);
    QVBoxLayout *column = nullptr;
    QWidget *body = paddedBody(column);
    auto *bar = new QProgressBar;
    bar->setRange(0, 0);
    bar->setTextVisible(false);
    bar->setAccessibleName(tr("Freezing the plan"));
    column->addWidget(bar);
    setBody(body);
}

void PlanSheet::showPlan()
{
    const RevocationPlan &plan = *m_controller.plan();
    const auto rows = static_cast<qint64>(plan.rows.size());
    m_frozen = true;
    setHeading(Icon::Revoked, ColorToken::Bad, rows == 0 ? tr("Nothing to revoke") : titleOf(plan));
    setAside(tr("Plan %1, frozen %2")
                 .arg(plan.digest.first(8), QDateTime::fromMSecsSinceEpoch(plan.frozenAt.time_since_epoch().count())
                                                .toString(QStringLiteral("HH:mm:ss"))));
    clearFoot();
    if (rows == 0) {
        QVBoxLayout *column = nullptr;
        QWidget *body = paddedBody(column);
        column->addWidget(new common::Note(m_theme, common::NoteKind::Info, tr("No session matches any more"),
                                           tr("What was selected is gone already. Nothing was changed.")));
        setBody(body);
        Button *done = addButton(tr("Close"), true);
        connect(done, &Button::clicked, this, &PlanSheet::dismiss);
        focusSoon(done);
        return;
    }
    m_view = new PlanView(m_theme, m_connection, plan);
    connect(m_view, &PlanView::changed, this, &PlanSheet::updateConsent);
    setBody(m_view);

    m_obstacle = new Label(m_theme, {}, FontToken::Status, ColorToken::Muted);
    addFootStart(m_obstacle);
    Button *cancel = addButton(tr("Cancel"), true);
    cancel->setKeyHint(tr("Esc"));
    connect(cancel, &Button::clicked, this, &PlanSheet::dismiss);
    m_execute = addButton(tr("Revoke %1").arg(sessionsText(rows)), true);
    m_execute->setObjectName(QStringLiteral("planExecute"));
    m_execute->setKind(ButtonKind::Danger);
    m_execute->setKeyHint(tr("Ctrl+Enter"));
    connect(m_execute, &Button::clicked, this, &PlanSheet::carryOut);
    setExecute(m_execute);
    updateConsent();
    focusSoon(m_view->firstField());
}

/// What was just added to the sheet is shown by its layout at the next turn of the loop, and only then takes the
/// keyboard.
void PlanSheet::focusSoon(QWidget *widget)
{
    QTimer::singleShot(0, widget, [widget] { widget->setFocus(Qt::OtherFocusReason); });
}

void PlanSheet::updateConsent()
{
    if (!m_execute || !(m_view || m_unfinished))
        return;
    const QString obstacle = m_connection.writeMode() == common::WriteMode::ReadOnly
                                 ? tr("This connection is read-only: switch to Guarded in the header first.")
                             : m_view ? m_view->obstacle()
                                      : QString();
    m_execute->setEnabled(obstacle.isEmpty());
    m_execute->setToolTip(obstacle);
    m_obstacle->setText(obstacle);
}

void PlanSheet::showNotRevocable()
{
    const NotRevocable reason = explainNotRevocable(m_connection.deployment());
    setHeading(Icon::Accepted, ColorToken::Warn, tr("There is no row to revoke"),
               tr("This deployment keeps its sessions in encrypted cookies (JWT strategy)."));
    QVBoxLayout *column = nullptr;
    QWidget *body = paddedBody(column);
    column->addWidget(new common::Note(
        m_theme, common::NoteKind::Warn,
        reason.acceptedUntil ? tr("Accepted until %1")
                                   .arg(QDateTime::fromMSecsSinceEpoch(reason.acceptedUntil->time_since_epoch().count())
                                            .toString(QStringLiteral("d MMM yyyy HH:mm")))
                             : tr("Accepted without a known end"),
        reason.explanation));
    column->addWidget(new common::Note(m_theme, common::NoteKind::Info, tr("What does work"), reason.remedy));
    setBody(body);
    clearFoot();
    Button *close = addButton(tr("Close"), true);
    close->setKeyHint(tr("Esc"));
    connect(close, &Button::clicked, this, &PlanSheet::dismiss);
}

void PlanSheet::carryOut()
{
    if (!m_view || !m_execute || !m_execute->isEnabled())
        return;
    RevocationOptions options;
    options.reason = m_view->reason();
    options.verify = m_view->verify();
    options.canary = m_view->canary();
    options.verifyFor = m_connection.timeout();
    showProgress(static_cast<qint64>(m_controller.plan()->rows.size()));
    m_controller.carryOut(options);
}

void PlanSheet::showProgress(qint64 rows)
{
    setDismissable(false);
    m_view = nullptr;
    m_execute = nullptr;
    m_obstacle = nullptr;
    clearFoot();
    setExecute(nullptr);
    m_progress = new ProgressView(m_theme, rows, tr("Sessions revoked"));
    setBody(m_progress);
    Button *cancel = addButton(tr("Stop at the next batch"), true);
    cancel->setObjectName(QStringLiteral("planStop"));
    connect(cancel, &Button::clicked, this, [this, cancel] {
        cancel->setEnabled(false);
        m_controller.cancel();
    });
    focusSoon(cancel);
}

void PlanSheet::updateProgress(const RevocationProgress &progress)
{
    if (m_progress)
        m_progress->display(progress);
}

void PlanSheet::showResult(const RevocationReport &report)
{
    m_progress = nullptr;
    setDismissable(true);
    const ResultHeadline head = headlineOf(report);
    const Icon icon = head.proven ? Icon::Refused : head.good ? Icon::Revoked : Icon::Accepted;
    setHeading(head.proven || head.good ? icon : Icon::Warn,
               head.proven ? ColorToken::Good
               : head.good ? ColorToken::Muted
                           : ColorToken::Warn,
               head.title, head.subtitle);
    setBody(new ResultView(m_theme, report));
    clearFoot();
    Button *audit = addButton(tr("Open in Audit"), true);
    audit->setGlyph(Icon::Link);
    connect(audit, &Button::clicked, this, [this] {
        Q_EMIT auditRequested();
        dismiss();
    });
    if (report.undoUntil && report.revoked > 0) {
        Button *undo = addButton(tr("Undo…"), true);
        undo->setObjectName(QStringLiteral("planUndo"));
        undo->setGlyph(Icon::Undo);
        undo->setToolTip(tr("The deleted rows are kept, sealed, until %1")
                             .arg(common::exactText(*report.undoUntil, m_connection.deployment().clock().now())));
        connect(undo, &Button::clicked, this, [this, auditId = report.auditId] {
            dismiss();
            Q_EMIT undoRequested(auditId);
        });
    }
    Button *done = addButton(tr("Done"), true);
    done->setObjectName(QStringLiteral("planDone"));
    done->setKind(ButtonKind::Primary);
    done->setKeyHint(tr("Esc"));
    connect(done, &Button::clicked, this, &PlanSheet::dismiss);
    setExecute(done);
    focusSoon(done);
    Q_EMIT finished(report.auditId);
}

void PlanSheet::showFailure(const base::Error &error)
{
    setDismissable(true);
    const base::ErrorText text = base::describe(error);
    setHeading(Icon::Fail, ColorToken::Bad,
               m_unfinished ? tr("Nothing more was done")
               : m_frozen   ? tr("Nothing was revoked")
                            : tr("The plan could not be made"));
    QVBoxLayout *column = nullptr;
    QWidget *body = paddedBody(column);
    column->addWidget(new common::Note(m_theme, common::NoteKind::Bad, text.message, text.remedy));
    setBody(body);
    clearFoot();
    Button *again = addButton(tr("Try again"), true);
    connect(again, &Button::clicked, this, m_unfinished ? &PlanSheet::showUnfinished : &PlanSheet::freeze);
    Button *close = addButton(tr("Close"), true);
    close->setKeyHint(tr("Esc"));
    connect(close, &Button::clicked, this, &PlanSheet::dismiss);
    focusSoon(close);
}

} // namespace rollcall::revoke
