#include "ui/revoke/PruneSheet.h"

#include <QAbstractButton>
#include <QCheckBox>
#include <QLocale>
#include <QVBoxLayout>

#include <array>
#include <utility>

#include "ui/common/Figure.h"
#include "ui/common/Label.h"
#include "ui/common/Note.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/SegmentedControl.h"
#include "ui/revoke/ActEnds.h"
#include "ui/revoke/ConsentFields.h"
#include "ui/revoke/DoneLog.h"
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

constexpr std::array<std::chrono::hours, 4> ages{usualPruneMargin, std::chrono::hours(24 * 7),
                                                 std::chrono::hours(24 * 30), std::chrono::hours(24 * 90)};

QString number(qint64 count)
{
    return QLocale().toString(count);
}

QString rowsText(qint64 count)
{
    return count == 1 ? PruneSheet::tr("1 expired session") : PruneSheet::tr("%1 expired sessions").arg(number(count));
}

} // namespace

PruneSheet::PruneSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection)
    : ActSheet(theme, origin, connection), m_controller(connection)
{
    listen();
    count();
}

PruneSheet::PruneSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
                       const Operation &unfinished)
    : ActSheet(theme, origin, connection), m_controller(connection), m_unfinished(true)
{
    listen();
    showUnfinished(unfinished);
}

PruneSheet::PruneSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
                       const RevocationReport &ended)
    : ActSheet(theme, origin, connection), m_controller(connection)
{
    listen();
    showResult(ended);
}

void PruneSheet::listen()
{
    setObjectName(QStringLiteral("pruneSheet"));
    connect(&m_controller, &PruneController::planReady, this, &PruneSheet::showPlan);
    connect(&m_controller, &PruneController::finished, this, &PruneSheet::showResult);
    connect(&m_controller, &PruneController::failed, this, &PruneSheet::showFailure);
    connect(&m_controller, &PruneController::discarded, this, &PruneSheet::dismiss);
}

void PruneSheet::count()
{
    if (m_consent)
        m_reason = m_consent->ownReason();
    if (m_paced)
        m_unpaced = !m_paced->isChecked();
    endAct();
    // They go with the body that is replaced below; the next age may be chosen before the plan makes them anew.
    m_consent = nullptr;
    m_paced = nullptr;
    setHeading(Icon::Prune, ColorToken::Bad, tr("Prune expired sessions"));
    setAside({});
    QVBoxLayout *column = paddedColumn();
    column->addWidget(choices());
    column->addWidget(busyBar(tr("Counting what expired")));
    column->addWidget(new Label(theme(), tr("Counting what expired before then; nothing is deleted"), FontToken::Status,
                                ColorToken::Muted));
    setBody(column->parentWidget());
    addLeave(tr("Cancel"));
    m_controller.plan(ages.at(static_cast<std::size_t>(m_ageIndex)));
}

QWidget *PruneSheet::choices()
{
    auto *box = new QWidget;
    auto *row = new QHBoxLayout(box);
    row->setContentsMargins({});
    row->setSpacing(common::space::m);
    row->addWidget(new Label(theme(), tr("Expired more than"), FontToken::Section));
    m_age = new common::SegmentedControl({tr("24 hours"), tr("7 days"), tr("30 days"), tr("90 days")},
                                         tr("Expired more than so long ago"));
    m_age->setObjectName(QStringLiteral("pruneAge"));
    m_age->setCurrent(m_ageIndex);
    row->addWidget(m_age);
    row->addWidget(new Label(theme(), tr("ago"), FontToken::Section));
    row->addStretch();
    // Later: counting anew replaces the body, and this control with it.
    connect(
        m_age, &common::SegmentedControl::changed, this,
        [this](int index) {
            m_ageIndex = index;
            m_ageChosen = true;
            count();
        },
        Qt::QueuedConnection);
    return box;
}

void PruneSheet::addPlan(QVBoxLayout &column, const PrunePlan &plan)
{
    auto *steps = new StepList(theme());
    column.addWidget(new Label(theme(), tr("What happens, in this order"), FontToken::Caption, ColorToken::Muted));
    steps->addStep(tr("Write the intent to the audit log"), tr("flushed to disk before anything else happens"));
    steps->addStep(tr("Walk through the table, deleting in short transactions"),
                   tr("each sized by how long the last ones took; each is noted before its commit"), plan.statement);
    steps->addStep(tr("Write the outcome to the audit log"));
    column.addWidget(steps);
    column.addWidget(new common::Note(
        theme(), common::NoteKind::Info, tr("Nobody is signed out by this, and there is no undo"),
        tr("These sessions have ended already. One that is refreshed meanwhile stays: each statement looks for itself "
           "what has expired.")));
    m_paced = new QCheckBox(tr("Rest between the transactions, so that others notice little"));
    m_paced->setObjectName(QStringLiteral("prunePaced"));
    m_paced->setChecked(!m_unpaced);
    column.addWidget(m_paced);
}

void PruneSheet::showPlan()
{
    const PrunePlan &plan = *m_controller.planned();
    const base::Instant now = connection().deployment().clock().now();
    setHeading(Icon::Prune, ColorToken::Bad,
               plan.matched == 0 ? tr("Nothing to prune") : tr("Prune %1").arg(rowsText(plan.matched)));
    setAside(tr("Plan %1").arg(plan.digest.first(8)));
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(new common::FigureStrip(
        theme(), {{tr("Expired sessions"), number(plan.matched), tr("exact")},
                  {tr("Expired before"), common::exactText(plan.before, now), tr("times read in %1").arg(plan.zone)},
                  {tr("Undo"), tr("none")}}));
    auto *middle = new QVBoxLayout;
    middle->setContentsMargins(20, common::space::m, 20, common::space::m);
    middle->setSpacing(common::space::m);
    middle->addWidget(choices());
    column->addLayout(middle);
    if (plan.matched > 0) {
        addPlan(*middle, plan);
        m_consent = new ConsentFields(theme(), connection().profile(), plan.matched);
        if (m_reason.isEmpty())
            m_consent->lendReason(connection());
        else
            m_consent->setReason(m_reason);
        connect(m_consent, &ConsentFields::changed, this, &PruneSheet::updateConsent);
        column->addWidget(m_consent);
    } else {
        m_consent = nullptr;
        m_paced = nullptr;
        middle->addWidget(new common::Note(theme(), common::NoteKind::Good, tr("No session expired so long ago"),
                                           tr("There is nothing to delete by this age.")));
    }
    setBody(body);
    if (m_consent) {
        askConsent(tr("Cancel"), {tr("Prune %1").arg(rowsText(plan.matched)), "pruneExecute", ButtonKind::Danger,
                                  [this] { carryOut(); }});
        if (std::exchange(m_ageChosen, false))
            focusSoon(m_age->findChildren<QAbstractButton *>().value(m_ageIndex, nullptr));
        else
            focusConsent(m_consent->firstField());
        return;
    }
    endAct();
    Button *close = addLeave(tr("Close"));
    focusSoon(close);
}

void PruneSheet::showUnfinished(const Operation &operation)
{
    setHeading(operation.state == OperationState::Paused ? Icon::Pause : Icon::Warn, ColorToken::Warn,
               UnfinishedView::title(operation), UnfinishedView::subtitle(operation));
    setAside(tr("Plan %1").arg(operation.head.planDigest.first(8)));
    setBody(new UnfinishedView(theme(), operation));
    Button *end = endButton(operation.head, [this, id = operation.head.id] { m_controller.discard(id); });
    focusSoon(askConsent(tr("Later"),
                         {tr("Go on"), "operationResume", ButtonKind::Danger,
                          [this, operation] {
                              m_controller.resume(operation, UnfinishedView::actTitle(operation));
                              follow();
                          }},
                         {end}));
}

QString PruneSheet::missing() const
{
    return m_consent ? m_consent->obstacle() : QString();
}

void PruneSheet::carryOut()
{
    connection().noteReason(m_consent->reason());
    m_controller.carryOut(m_consent->reason(), m_paced->isChecked(),
                          tr("Prune %1").arg(rowsText(m_controller.planned()->matched)));
    follow();
}

void PruneSheet::follow()
{
    // Where it could not begin, failed() has said so.
    if (common::Activity *activity = m_controller.activity()) {
        m_consent = nullptr;
        m_paced = nullptr;
        showProgress(*activity, tr("Sessions pruned"));
    }
}

void PruneSheet::showResult(const RevocationReport &report)
{
    m_consent = nullptr;
    m_paced = nullptr;
    endAct();
    const bool paused = isPaused(report.error, report.resumable);
    setHeading(report.error ? (paused ? Icon::Pause : Icon::Warn) : Icon::Ok,
               report.error ? ColorToken::Warn : ColorToken::Good, pruneHeadline(report));
    setAside({});
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(new common::FigureStrip(
        theme(), {{tr("Pruned"), number(report.revoked), tr("of %1").arg(number(report.matched))},
                  {tr("Left"), number(report.skipped), tr("refreshed or gone meanwhile")},
                  {tr("Transactions"), number(report.batches)},
                  {tr("Took"), common::durationText(report.took)}}));
    auto *inner = new QVBoxLayout;
    inner->setContentsMargins(20, common::space::m, 20, common::space::l);
    inner->setSpacing(common::space::m);
    if (report.error)
        addTrouble(*inner, *report.error, report.resumable);
    inner->addWidget(new DoneLog(theme(), report.log));
    column->addLayout(inner);
    setBody(body);
    showWaysOut("pruneDone");
    Q_EMIT finished(report.auditId);
}

void PruneSheet::showFailure(const base::Error &error)
{
    m_consent = nullptr;
    m_paced = nullptr;
    setHeading(Icon::Fail, ColorToken::Bad, m_unfinished ? tr("Nothing more was done") : tr("Nothing was pruned"));
    showError(
        error, m_unfinished ? std::function<void()>() : [this] { count(); });
}

} // namespace rollcall::revoke
