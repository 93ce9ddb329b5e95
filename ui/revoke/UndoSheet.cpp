#include "ui/revoke/UndoSheet.h"

#include <QGridLayout>
#include <QLocale>
#include <QVBoxLayout>

#include "ui/common/Figure.h"
#include "ui/common/Label.h"
#include "ui/common/Note.h"
#include "ui/common/PersonalData.h"
#include "ui/common/RelativeTime.h"
#include "ui/revoke/ActEnds.h"
#include "ui/revoke/ConsentFields.h"
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

/// Which rows of @p report were left out, and why: the first few.
QWidget *leftOutRows(const common::Theme &theme, common::PersonalData &personal, const RestoreReport &report)
{
    constexpr int mostShown = 8;
    auto *box = new QWidget;
    box->setObjectName(QStringLiteral("undoLeftOut"));
    auto *grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(common::space::l);
    grid->setVerticalSpacing(6);
    int column = 0;
    for (const QString &head : {UndoSheet::tr("Fingerprint"), UndoSheet::tr("User"), UndoSheet::tr("Left out")})
        grid->addWidget(new Label(theme, head, FontToken::Caption, ColorToken::Muted), 0, column++);
    int line = 1;
    for (const LeftOut &row : report.leftOut) {
        if (line > mostShown)
            break;
        const QString why = row.why == store::RestoreOutcome::UserGone ? UndoSheet::tr("its user is gone")
                                                                       : UndoSheet::tr("another row is in the way");
        grid->addWidget(new Label(theme, row.fingerprint.grouped(), FontToken::Code), line, 0);
        auto *user = new Label(theme, QStringLiteral("–"));
        if (row.userId)
            personal.follow(user, [user, &personal, id = *row.userId] { user->setText(personal.user(id)); });
        grid->addWidget(user, line, 1);
        grid->addWidget(new Label(theme, why, FontToken::Body, ColorToken::Muted), line, 2);
        ++line;
    }
    grid->setColumnStretch(2, 1);
    if (const qint64 more = report.skipped() - (line - 1); more > 0)
        grid->addWidget(
            new Label(theme, UndoSheet::tr("and %1 more").arg(number(more)), FontToken::Status, ColorToken::Muted),
            line, 0, 1, 3);
    return box;
}

} // namespace

UndoSheet::UndoSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection, QString auditId)
    : ActSheet(theme, origin, connection), m_auditId(std::move(auditId)), m_controller(connection)
{
    listen();
    read();
}

UndoSheet::UndoSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
                     const Operation &unfinished)
    : ActSheet(theme, origin, connection), m_controller(connection)
{
    listen();
    showUnfinished(unfinished);
}

void UndoSheet::listen()
{
    setObjectName(QStringLiteral("undoSheet"));
    connect(&m_controller, &RestoreController::planned, this, &UndoSheet::showPlan);
    connect(&m_controller, &RestoreController::finished, this, &UndoSheet::showResult);
    connect(&m_controller, &RestoreController::failed, this, &UndoSheet::showFailure);
}

void UndoSheet::read()
{
    setHeading(Icon::Undo, ColorToken::Accent, tr("Put back…"), tr("Reading what was kept of the deleted rows"));
    setBody(new QWidget);
    clearFoot();
    addLeave(tr("Cancel"));
    m_controller.read(m_auditId);
}

void UndoSheet::showUnfinished(const Operation &operation)
{
    setHeading(Icon::Warn, ColorToken::Warn, UnfinishedView::title(operation), UnfinishedView::subtitle(operation));
    setAside(tr("Plan %1").arg(operation.head.planDigest.first(8)));
    setBody(new UnfinishedView(theme(), operation));
    focusSoon(askConsent(tr("Later"), {tr("Go on"), "undoExecute", ButtonKind::Primary, [this, operation] {
                                           m_controller.resume(operation, UnfinishedView::actTitle(operation));
                                           follow();
                                       }}));
}

QWidget *UndoSheet::planBody()
{
    const RestorePlan &plan = *m_controller.plan();
    const auto rows = plan.count();
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins({});
    column->setSpacing(0);
    const base::Instant now = connection().deployment().clock().now();
    column->addWidget(
        new common::FigureStrip(theme(), {{tr("Sessions"), number(rows)},
                                          {tr("Users"), number(plan.users)},
                                          {tr("Kept until"), common::exactText(plan.of.keptUntil, now)}}));
    auto *middle = new QVBoxLayout;
    middle->setContentsMargins(20, common::space::m, 20, common::space::m);
    middle->setSpacing(common::space::m);
    middle->addWidget(new Label(theme(), tr("What happens, in this order"), FontToken::Caption, ColorToken::Muted));
    auto *steps = new StepList(theme());
    steps->addStep(tr("Write the intent to the audit log"), tr("flushed to disk before anything else happens"));
    steps->addStep(rows == 1 ? tr("Insert 1 row as it was") : tr("Insert %1 rows as they were").arg(number(rows)),
                   tr("in short transactions; one that exists again, or whose user is gone, is left out"));
    steps->addStep(tr("Write the outcome to the audit log"));
    steps->addStep(tr("Destroy what was kept"), tr("once all of it was carried through"));
    middle->addWidget(steps);
    middle->addWidget(new common::Note(theme(), common::NoteKind::Warn, tr("These cookies open the deployment again"),
                                       tr("Whoever holds them is signed in as before, until they expire. Sessions "
                                          "whose end has passed meanwhile come back as expired rows.")));
    column->addLayout(middle);
    m_consent = new ConsentFields(theme(), connection().profile(), rows);
    m_consent->lendReason(connection());
    connect(m_consent, &ConsentFields::changed, this, &UndoSheet::updateConsent);
    column->addWidget(m_consent);
    return body;
}

void UndoSheet::showPlan()
{
    const auto rows = m_controller.plan()->count();
    setHeading(Icon::Undo, ColorToken::Accent, tr("Put %1 back").arg(sessionsText(rows)));
    setAside(tr("Plan %1").arg(m_controller.plan()->of.planDigest.first(8)));
    setBody(planBody());
    askConsent(tr("Cancel"),
               {tr("Put %1 back").arg(sessionsText(rows)), "undoExecute", ButtonKind::Primary, [this] { carryOut(); }});
    focusConsent(m_consent->firstField());
}

QString UndoSheet::missing() const
{
    return m_consent ? m_consent->obstacle() : QString();
}

void UndoSheet::carryOut()
{
    RestoreOptions options;
    options.reason = m_consent->reason();
    connection().noteReason(options.reason);
    m_controller.carryOut(options, tr("Put %1 back").arg(sessionsText(m_controller.plan()->count())));
    follow();
}

void UndoSheet::follow()
{
    // Where it could not begin, failed() has said so.
    if (common::Activity *activity = m_controller.activity()) {
        m_consent = nullptr;
        showProgress(*activity, tr("Sessions put back"));
    }
}

void UndoSheet::showResult(const RestoreReport &report)
{
    m_consent = nullptr;
    endAct();
    const bool whole = !report.error && report.skipped() == 0;
    setHeading(whole ? Icon::Undo : Icon::Warn, whole ? ColorToken::Good : ColorToken::Warn,
               endOfRestore(report).words);
    QVBoxLayout *column = paddedColumn();
    if (report.error)
        addTrouble(*column, *report.error, report.resumable);
    if (report.skipped() > 0) {
        column->addWidget(new common::Note(theme(), common::NoteKind::Warn,
                                           tr("%1 left out").arg(number(report.skipped())),
                                           tr("Another row is in the way of %1; the user of %2 is gone.")
                                               .arg(report.thereAgain > 0 ? number(report.thereAgain) : tr("none"),
                                                    report.userGone > 0 ? number(report.userGone) : tr("none"))));
        if (!report.leftOut.empty())
            column->addWidget(leftOutRows(theme(), connection().personal(), report));
    }
    if (whole)
        column->addWidget(new common::Note(theme(), common::NoteKind::Good, tr("The rows are as they were"),
                                           tr("Their cookies are accepted again, until they expire.")));
    setBody(column->parentWidget());
    showWaysOut("undoDone");
    Q_EMIT finished(report.auditId);
}

void UndoSheet::showFailure(const base::Error &error)
{
    m_consent = nullptr;
    // One that is gone on with may have put rows back before.
    setHeading(Icon::Warn, ColorToken::Warn,
               m_auditId.isEmpty() ? tr("Nothing more was put back") : tr("Nothing was put back"));
    showError(
        error, m_auditId.isEmpty() ? std::function<void()>() : [this] { read(); });
}

} // namespace rollcall::revoke
