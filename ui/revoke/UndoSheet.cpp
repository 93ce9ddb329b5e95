#include "ui/revoke/UndoSheet.h"

#include <QLocale>
#include <QTimer>
#include <QVBoxLayout>

#include "core/base/ErrorText.h"
#include "ui/common/Button.h"
#include "ui/common/Figure.h"
#include "ui/common/Label.h"
#include "ui/common/Note.h"
#include "ui/common/RelativeTime.h"
#include "ui/revoke/ConsentFields.h"
#include "ui/revoke/ProgressView.h"
#include "ui/revoke/StepList.h"
#include "ui/revoke/UnfinishedView.h"

namespace rollcall::revoke {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;

namespace {

QString number(qint64 count)
{
    return QLocale().toString(count);
}

QString sessionsText(qint64 count)
{
    return count == 1 ? UndoSheet::tr("1 session") : UndoSheet::tr("%1 sessions").arg(number(count));
}

/// What was just added to the sheet takes the keyboard once its layout has shown it.
void focusSoon(QWidget *widget)
{
    QTimer::singleShot(0, widget, [widget] { widget->setFocus(Qt::OtherFocusReason); });
}

} // namespace

UndoSheet::UndoSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection, QString auditId)
    : common::Sheet(theme, origin),
      m_theme(theme),
      m_connection(connection),
      m_auditId(std::move(auditId)),
      m_controller(connection)
{
    listen();
    read();
}

UndoSheet::UndoSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
                     const Operation &unfinished)
    : common::Sheet(theme, origin), m_theme(theme), m_connection(connection), m_controller(connection)
{
    listen();
    showUnfinished(unfinished);
}

void UndoSheet::listen()
{
    setObjectName(QStringLiteral("undoSheet"));
    connect(&m_controller, &RestoreController::planned, this, &UndoSheet::showPlan);
    connect(&m_controller, &RestoreController::progressed, this, [this](const RevocationProgress &progress) {
        if (m_progress)
            m_progress->display(progress);
    });
    connect(&m_controller, &RestoreController::finished, this, &UndoSheet::showResult);
    connect(&m_controller, &RestoreController::failed, this, &UndoSheet::showFailure);
    connect(&m_connection, &common::OpenConnection::writeModeChanged, this, &UndoSheet::updateConsent);
}

Button *UndoSheet::addButton(const QString &text)
{
    auto *button = new Button(m_theme, text);
    button->setLarge(true);
    addFootEnd(button);
    return button;
}

void UndoSheet::read()
{
    setHeading(Icon::Undo, ColorToken::Accent, tr("Put back…"), tr("Reading what was kept of the deleted rows"));
    setBody(new QWidget);
    clearFoot();
    Button *cancel = addButton(tr("Cancel"));
    cancel->setKeyHint(tr("Esc"));
    connect(cancel, &Button::clicked, this, &UndoSheet::dismiss);
    m_controller.read(m_auditId);
}

void UndoSheet::showUnfinished(const Operation &operation)
{
    setHeading(Icon::Warn, ColorToken::Warn, UnfinishedView::title(operation), UnfinishedView::subtitle(operation));
    setAside(tr("Plan %1").arg(operation.head.planDigest.first(8)));
    setBody(new UnfinishedView(m_theme, operation));
    askConsent(tr("Later"), tr("Go on"), [this, id = operation.head.id, rows = operation.head.planned] {
        showProgress(rows);
        m_controller.resume(id);
    });
    focusSoon(m_execute);
}

void UndoSheet::askConsent(const QString &leave, const QString &execute, std::function<void()> act)
{
    clearFoot();
    m_obstacle = new Label(m_theme, {}, FontToken::Status, ColorToken::Muted);
    addFootStart(m_obstacle);
    Button *cancel = addButton(leave);
    cancel->setKeyHint(tr("Esc"));
    connect(cancel, &Button::clicked, this, &UndoSheet::dismiss);
    m_execute = addButton(execute);
    m_execute->setObjectName(QStringLiteral("undoExecute"));
    m_execute->setKind(ButtonKind::Primary);
    m_execute->setKeyHint(tr("Ctrl+Enter"));
    connect(m_execute, &Button::clicked, this, std::move(act));
    setExecute(m_execute);
    updateConsent();
}

QWidget *UndoSheet::planBody()
{
    const RestorePlan &plan = *m_controller.plan();
    const auto rows = static_cast<qint64>(plan.rows.size());
    const auto figure = [this](const QString &caption, const QString &value) {
        auto *widget = new common::Figure(m_theme, caption);
        widget->setValue(value);
        return widget;
    };
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins({});
    column->setSpacing(0);
    const base::Instant now = m_connection.deployment().clock().now();
    column->addWidget(
        new common::FigureStrip(m_theme, {figure(tr("Sessions"), number(rows)), figure(tr("Users"), number(plan.users)),
                                          figure(tr("Kept until"), common::exactText(plan.of.keptUntil, now))}));
    auto *middle = new QVBoxLayout;
    middle->setContentsMargins(20, common::space::m, 20, common::space::m);
    middle->setSpacing(common::space::m);
    middle->addWidget(new Label(m_theme, tr("What happens, in this order"), FontToken::Caption, ColorToken::Muted));
    auto *steps = new StepList(m_theme);
    steps->addStep(tr("Write the intent to the audit log"), tr("flushed to disk before anything else happens"));
    steps->addStep(rows == 1 ? tr("Insert 1 row as it was") : tr("Insert %1 rows as they were").arg(number(rows)),
                   tr("in short transactions; one that exists again, or whose user is gone, is left out"));
    steps->addStep(tr("Write the outcome to the audit log"));
    steps->addStep(tr("Destroy what was kept"), tr("once all of it was carried through"));
    middle->addWidget(steps);
    middle->addWidget(new common::Note(m_theme, common::NoteKind::Warn, tr("These cookies open the deployment again"),
                                       tr("Whoever holds them is signed in as before, until they expire. Sessions "
                                          "whose end has passed meanwhile come back as expired rows.")));
    column->addLayout(middle);
    m_consent = new ConsentFields(m_theme, m_connection.profile(), rows);
    connect(m_consent, &ConsentFields::changed, this, &UndoSheet::updateConsent);
    column->addWidget(m_consent);
    return body;
}

void UndoSheet::showPlan()
{
    const auto rows = static_cast<qint64>(m_controller.plan()->rows.size());
    setHeading(Icon::Undo, ColorToken::Accent, tr("Put %1 back").arg(sessionsText(rows)));
    setAside(tr("Plan %1").arg(m_controller.plan()->of.planDigest.first(8)));
    setBody(planBody());
    askConsent(tr("Cancel"), tr("Put %1 back").arg(sessionsText(rows)), [this] { carryOut(); });
    focusSoon(m_consent->firstField());
}

void UndoSheet::updateConsent()
{
    if (!m_execute)
        return;
    const QString obstacle = m_connection.writeMode() == common::WriteMode::ReadOnly
                                 ? tr("This connection is read-only: switch to Guarded in the header first.")
                             : m_consent ? m_consent->obstacle()
                                         : QString();
    m_execute->setEnabled(obstacle.isEmpty());
    m_execute->setToolTip(obstacle);
    m_obstacle->setText(obstacle);
}

void UndoSheet::carryOut()
{
    RestoreOptions options;
    options.reason = m_consent->reason();
    showProgress(static_cast<qint64>(m_controller.plan()->rows.size()));
    m_controller.carryOut(options);
}

void UndoSheet::showProgress(qint64 rows)
{
    m_consent = nullptr;
    m_execute = nullptr;
    m_obstacle = nullptr;
    setDismissable(false);
    clearFoot();
    m_progress = new ProgressView(m_theme, rows, tr("Sessions put back"));
    setBody(m_progress);
    Button *stop = addButton(tr("Stop at the next batch"));
    connect(stop, &Button::clicked, this, [this, stop] {
        stop->setEnabled(false);
        m_controller.cancel();
    });
    focusSoon(stop);
}

void UndoSheet::showResult(const RestoreReport &report)
{
    m_progress = nullptr;
    setDismissable(true);
    const bool whole = !report.error && report.skipped() == 0;
    setHeading(whole ? Icon::Undo : Icon::Warn, whole ? ColorToken::Good : ColorToken::Warn,
               tr("%1 of %2 put back").arg(number(report.restored), number(report.matched)));
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(20, common::space::m, 20, common::space::l);
    column->setSpacing(common::space::m);
    if (report.error) {
        const base::ErrorText text = base::describe(*report.error);
        column->addWidget(new common::Note(m_theme, common::NoteKind::Bad, text.message, text.remedy));
    }
    if (report.skipped() > 0) {
        column->addWidget(new common::Note(
            m_theme, common::NoteKind::Warn, tr("%1 left out").arg(number(report.skipped())),
            tr("%1 exist again, of %2 the user is gone.").arg(number(report.thereAgain), number(report.userGone))));
    }
    if (whole)
        column->addWidget(new common::Note(m_theme, common::NoteKind::Good, tr("The rows are as they were"),
                                           tr("Their cookies are accepted again, until they expire.")));
    setBody(body);
    clearFoot();
    Button *audit = addButton(tr("Open in Audit"));
    audit->setGlyph(Icon::Link);
    connect(audit, &Button::clicked, this, [this] {
        Q_EMIT auditRequested();
        dismiss();
    });
    Button *done = addButton(tr("Done"));
    done->setObjectName(QStringLiteral("undoDone"));
    done->setKind(ButtonKind::Primary);
    done->setKeyHint(tr("Esc"));
    connect(done, &Button::clicked, this, &UndoSheet::dismiss);
    setExecute(done);
    focusSoon(done);
    Q_EMIT finished(report.auditId);
}

void UndoSheet::showFailure(const base::Error &error)
{
    m_progress = nullptr;
    m_consent = nullptr;
    m_execute = nullptr;
    setDismissable(true);
    const base::ErrorText text = base::describe(error);
    setHeading(Icon::Warn, ColorToken::Warn, tr("Nothing was put back"));
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(20, common::space::m, 20, common::space::l);
    column->addWidget(new common::Note(m_theme, common::NoteKind::Bad, text.message, text.remedy));
    setBody(body);
    clearFoot();
    if (!m_auditId.isEmpty()) {
        Button *again = addButton(tr("Try again"));
        connect(again, &Button::clicked, this, &UndoSheet::read);
    }
    Button *close = addButton(tr("Close"));
    close->setObjectName(QStringLiteral("undoClose"));
    close->setKeyHint(tr("Esc"));
    connect(close, &Button::clicked, this, &UndoSheet::dismiss);
    focusSoon(close);
}

} // namespace rollcall::revoke
