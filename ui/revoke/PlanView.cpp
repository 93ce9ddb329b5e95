#include "ui/revoke/PlanView.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QLocale>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

#include "core/revoke/RefusalVerifier.h"
#include "ui/common/Activities.h"
#include "ui/common/Figure.h"
#include "ui/common/Label.h"
#include "ui/common/Note.h"
#include "ui/common/PersonalData.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/ReturnWatches.h"
#include "ui/revoke/ApprovalRow.h"
#include "ui/revoke/ConsentFields.h"
#include "ui/revoke/StepList.h"

namespace rollcall::revoke {

using common::ColorToken;
using common::FontToken;
using common::Label;

namespace {

constexpr qsizetype sampleRows = 8;

QString count(qint64 number)
{
    return QLocale().toString(number);
}

/// Whether nothing narrows what is to be ended: told by the words that the plan was frozen with, which a saved plan has
/// too.
bool isEveryone(const RevocationPlan &plan)
{
    return std::ranges::any_of(std::array{store::StateFilter::Live, store::StateFilter::All},
                               [&plan](store::StateFilter state) {
                                   Selection everyone;
                                   everyone.query.emplace().state = state;
                                   return plan.what == everyone.describe();
                               });
}

/// The first few of @p names, and how many more there are.
QString someOf(const QStringList &names)
{
    constexpr qsizetype most = 4;
    const QString first = names.first(std::min(names.size(), most)).join(QStringLiteral(", "));
    return names.size() <= most ? first : PlanView::tr("%1 and %2 more").arg(first, count(names.size() - most));
}

QStringList numbersOf(const std::vector<int> &lines)
{
    QStringList numbers;
    for (const int line : lines)
        numbers << count(line);
    return numbers;
}

} // namespace

PlanView::PlanView(const common::Theme &theme, common::OpenConnection &connection,
                   const std::shared_ptr<const RevocationPlan> &plan, QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_connection(connection),
      m_outlook(outlookOf(*plan, connection.deployment())),
      m_approval(new ApprovalRow(theme, connection, plan)),
      m_consent(isEveryone(*plan)
                    ? new ConsentFields(theme, connection.profile(), tr("everyone %1").arg(plan->rows.size()),
                                        ConsentFields::Typed::Always)
                    : new ConsentFields(theme, connection.profile(), static_cast<qint64>(plan->rows.size())))
{
    m_consent->lendReason(connection);
    m_approval->setReason(m_consent->reason());
    connect(m_consent, &ConsentFields::changed, this, [this] {
        m_approval->setReason(m_consent->reason());
        Q_EMIT changed();
    });
    connect(m_approval, &ApprovalRow::changed, this, [this] {
        // What was approved was approved for this.
        if (const auto &approval = m_approval->approval(); approval && !approval->reason().isEmpty())
            m_consent->fixReason(approval->reason());
        Q_EMIT changed();
    });
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(figures(*plan));
    auto *middle = new QHBoxLayout;
    middle->setContentsMargins(20, common::space::m, 20, common::space::m);
    middle->setSpacing(common::space::xl);
    middle->addWidget(steps(*plan), 5);
    middle->addWidget(sample(*plan), 3);
    column->addLayout(middle);
    column->addWidget(m_approval);
    column->addWidget(m_consent);
}

QWidget *PlanView::figures(const RevocationPlan &plan) const
{
    return new common::FigureStrip(m_theme, {{tr("Sessions"), count(static_cast<qint64>(plan.rows.size()))},
                                             {tr("Users"), count(plan.users)},
                                             cachedFigure(),
                                             refusedFigure()});
}

common::Figure::Content PlanView::cachedFigure() const
{
    const auto &cache = m_connection.deployment().config().cache;
    if (m_outlook.cachedCopies > 0) {
        return {tr("Cached copies"), tr("up to %1").arg(count(m_outlook.cachedCopies)),
                tr("keys in %1").arg(cache->host)};
    }
    return {tr("Cached copies"), tr("this app"), cache ? tr("its entries in %1").arg(cache->host) : tr("memory only")};
}

common::Figure::Content PlanView::refusedFigure() const
{
    common::Figure::Content figure{tr("Refused from"), tr("the next check")};
    figure.toolTip = m_outlook.window;
    return figure;
}

QWidget *PlanView::steps(const RevocationPlan &plan)
{
    auto *box = new QWidget;
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(common::space::s);
    column->addWidget(new Label(m_theme, tr("What happens, in this order"), FontToken::Caption, ColorToken::Muted));
    auto *list = new StepList(m_theme);
    const auto rows = static_cast<qint64>(plan.rows.size());
    list->addStep(tr("Write the intent to the audit log"), tr("flushed to disk before anything else happens"));
    const bool isVerifiable = whyUnverifiable(m_connection.deployment()).isEmpty();
    if (isVerifiable) {
        list->addStep(tr("Insert a canary session and see it accepted"),
                      tr("it shows that the check works; removed at the end"));
    }
    list->addStep(rows == 1 ? tr("Delete 1 row by key") : tr("Delete %1 rows by key").arg(count(rows)),
                  tr("in short transactions; rows whose user changed are left alone"),
                  m_outlook.statements.join(QLatin1Char('\n')));
    list->addStep(tr("Drop cached copies, then read the rows again"), m_outlook.window,
                  m_outlook.cacheKeys.join(QLatin1Char('\n')));
    if (isVerifiable) {
        list->addStep(tr("Ask the deployment with each revoked cookie until it refuses"),
                      tr("only once the delete is committed: asking earlier would extend them"));
    }
    list->addStep(tr("Write the outcome to the audit log"));
    column->addWidget(list);
    addRemarks(plan, *column);
    column->addStretch();
    return box;
}

QString PlanView::undoText() const
{
    const auto &database = m_connection.deployment().config().database;
    if (database && database->redis)
        return tr("Deleted keys cannot be put back: their users sign in again.");
    return tr("Deleted rows are kept, sealed, for %1 hours: Undo puts them back.")
        .arg(std::chrono::duration_cast<std::chrono::hours>(RevocationOptions().undoFor).count());
}

QWidget *PlanView::sample(const RevocationPlan &plan)
{
    auto *box = new QWidget;
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(common::space::m);
    column->addWidget(new Label(m_theme, tr("These sessions"), FontToken::Caption, ColorToken::Muted));
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(common::space::m);
    grid->setVerticalSpacing(6);
    const base::Instant now = m_connection.deployment().clock().now();
    int line = 0;
    for (const store::PlannedRow &row : plan.rows) {
        if (line == sampleRows)
            break;
        const session::ListedSession &shown = row.shown;
        grid->addWidget(new Label(m_theme, shown.fingerprint.grouped().first(9), FontToken::Code), line, 0);
        auto *user = new Label(m_theme, {});
        common::PersonalData &personal = m_connection.personal();
        const auto name = shown.email ? shown.email : shown.name;
        personal.follow(user, [user, &personal, name, id = shown.userId.value_or(tr("nobody"))] {
            user->setToolTip(name ? personal.name(*name) : personal.user(id));
            user->setText(user->fontMetrics().elidedText(user->toolTip(), Qt::ElideRight, 130));
        });
        grid->addWidget(user, line, 1);
        auto *expires = new Label(m_theme, shown.expires ? common::relativeText(*shown.expires, now) : QString(),
                                  FontToken::Body, ColorToken::Muted);
        grid->addWidget(expires, line, 2, Qt::AlignRight);
        ++line;
    }
    grid->setColumnStretch(1, 1);
    column->addLayout(grid);
    if (const auto more = static_cast<qint64>(plan.rows.size()) - line; more > 0)
        column->addWidget(new Label(m_theme, tr("and %1 more").arg(count(more)), FontToken::Status, ColorToken::Muted));
    addChoices(*column);
    column->addStretch();
    return box;
}

void PlanView::addRemarks(const RevocationPlan &plan, QVBoxLayout &column) const
{
    const auto add = [&](common::NoteKind kind, const QString &title, const QString &body) {
        column.addWidget(new common::Note(m_theme, kind, title, body));
    };
    const QString own = m_connection.personal().lastingUser(m_connection.profile().ownUser);
    if (isEveryone(plan))
        add(common::NoteKind::Warn, tr("This signs everybody out"), tr("Your own session too, where you have one."));
    else if (m_outlook.own && *m_outlook.own > 0)
        add(common::NoteKind::Warn,
            *m_outlook.own == 1 ? tr("One is your own session") : tr("%1 are your own sessions").arg(*m_outlook.own),
            tr("You are %1 there, as this connection says: it signs you out too.").arg(own));
    else if (m_outlook.own)
        add(common::NoteKind::Info, tr("None is your own session"),
            tr("You are %1 there, as this connection says. Whether there is such a user was not looked for.").arg(own));
    if (!m_outlook.heldByOthers.isEmpty())
        add(common::NoteKind::Warn,
            plan.whyNotLooked.isEmpty() ? tr("Not all of these sessions end") : tr("Not all may end"),
            m_outlook.heldByOthers);
    if (!m_outlook.sharing.isEmpty())
        add(common::NoteKind::Info, tr("Some sessions stand in several rows"), m_outlook.sharing);
    if (!plan.unmatched.isEmpty())
        add(common::NoteKind::Warn, tr("Not found: %1").arg(plan.unmatched.size()),
            tr("These are gone already or were never there; nothing is done for them."));
    if (!plan.unmatchedUsers.isEmpty())
        add(common::NoteKind::Warn,
            (plan.unmatchedUsers.size() == 1 ? tr("%1 of %2 named users has no such session")
                                             : tr("%1 of %2 named users have no such session"))
                .arg(count(plan.unmatchedUsers.size()), count(std::ssize(plan.selection.users))),
            someOf(plan.unmatchedUsers));
    if (!plan.remarks.empty())
        add(common::NoteKind::Info, tr("Left out of the list: %1").arg(count(std::ssize(plan.remarks))),
            tr("Line %1: no such session matched, so it was taken for a comment or a column's name.")
                .arg(someOf(numbersOf(plan.remarks))));
    if (!plan.inFields.empty())
        add(common::NoteKind::Info, tr("Lines of the list read as tables: %1").arg(count(std::ssize(plan.inFields))),
            tr("Line %1: nobody is called so as a whole. The address in it was taken, or of its fields those with an "
               "@, else the first.")
                .arg(someOf(numbersOf(plan.inFields))));
    add(common::NoteKind::Info, tr("Only these keys are touched"),
        tr("A row that changes meanwhile is skipped and listed. %1").arg(undoText()) +
            (m_outlook.own ? QString()
                           : QLatin1Char(' ') + tr("Which are your own is not known: the connection can "
                                                   "say as whom you sign in there.")));
}

void PlanView::addChoices(QVBoxLayout &column)
{
    m_verify = new QCheckBox(tr("Verify with the revoked cookies"));
    m_verify->setObjectName(QStringLiteral("planVerify"));
    const QString whyNot = whyUnverifiable(m_connection.deployment());
    m_verify->setChecked(whyNot.isEmpty());
    m_verify->setEnabled(whyNot.isEmpty());
    column.addWidget(m_verify);
    m_canary = new QCheckBox(tr("Show first, with a canary, that the check works"));
    m_canary->setObjectName(QStringLiteral("planCanary"));
    m_canary->setToolTip(
        tr("Inserts a labelled user and session of Rollcall's own, sees them accepted, and removes both at "
           "the end. Wants the right to insert."));
    m_canary->setChecked(whyNot.isEmpty());
    m_canary->setEnabled(whyNot.isEmpty());
    connect(m_verify, &QCheckBox::toggled, m_canary, &QCheckBox::setEnabled);
    column.addWidget(m_canary);
    if (!whyNot.isEmpty()) {
        m_verify->setToolTip(tr("Not verifiable: %1.").arg(whyNot));
        auto *why = new Label(m_theme, m_verify->toolTip(), FontToken::Status, ColorToken::Muted);
        why->setWordWrap(true);
        column.addWidget(why);
    }
    m_watch = new QCheckBox(
        tr("Watch %1 for their return").arg(common::durationText(m_connection.activities().returns().time())));
    m_watch->setObjectName(QStringLiteral("planWatch"));
    m_watch->setToolTip(tr("Looks for these sessions again meanwhile, by reading alone. One that comes back raises an "
                           "alarm and is put on record."));
    m_watch->setChecked(true);
    column.addWidget(m_watch);
}

void PlanView::setSaved(const PlanSummary &summary)
{
    if (!summary.reason.isEmpty())
        m_consent->setReason(summary.reason);
    m_approval->setSaved(summary);
}

QString PlanView::reason() const
{
    return m_consent->reason();
}

bool PlanView::verify() const
{
    return m_verify->isChecked();
}

bool PlanView::canary() const
{
    return m_verify->isChecked() && m_canary->isChecked();
}

std::chrono::milliseconds PlanView::watchFor() const
{
    return m_watch->isChecked() ? m_connection.activities().returns().time() : std::chrono::milliseconds(0);
}

const std::optional<Approval> &PlanView::approval() const
{
    return m_approval->approval();
}

QString PlanView::obstacle() const
{
    const QString approval = m_approval->obstacle();
    return approval.isEmpty() ? m_consent->obstacle() : approval;
}

QWidget *PlanView::firstField() const
{
    return m_consent->firstField();
}

} // namespace rollcall::revoke
