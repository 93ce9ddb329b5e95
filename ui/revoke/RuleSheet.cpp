#include "ui/revoke/RuleSheet.h"

#include <QLineEdit>
#include <QRadioButton>
#include <QVBoxLayout>

#include "core/base/ErrorText.h"
#include "core/revoke/RecordedActs.h"
#include "ui/common/Activities.h"
#include "ui/common/Figure.h"
#include "ui/common/Label.h"
#include "ui/common/Note.h"
#include "ui/common/PersonalData.h"
#include "ui/revoke/ConsentFields.h"
#include "ui/revoke/StepList.h"

namespace rollcall::revoke {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;

namespace {

constexpr int mostOfName = 240; ///< logical pixels of a user's name on the button

/// Sets @p rule, on record before and after.
RecordedAct setRule(const deployment::Deployment &deployment, const NotBeforeRule &rule, const QString &reason,
                    audit::AuditLog &log, const base::Call &call)
{
    auto place = openRuleStore(deployment.config(), store::Access::Write, call);
    if (!place)
        return {{}, base::fail(place.error())};
    return setRuleOnRecord(**place, rule, deployment.config(), reason, log, call);
}

} // namespace

RuleSheet::RuleSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection)
    : ActSheet(theme, origin, connection)
{
    setObjectName(QStringLiteral("ruleSheet"));
    read();
}

RuleSheet::~RuleSheet()
{
    m_stop.request_stop();
}

void RuleSheet::read()
{
    setHeading(Icon::Key, ColorToken::Bad, tr("Set a not-before rule"), tr("Reading what would be run"));
    endAct();
    QVBoxLayout *column = paddedColumn();
    column->addWidget(busyBar(tr("Reading what would be run")));
    setBody(column->parentWidget());
    addLeave(tr("Cancel"));
    const auto fail = [this](const base::Error &error) {
        setHeading(Icon::Fail, ColorToken::Bad, tr("No rule can be set"));
        showError(error, [this] { read(); });
    };
    const auto submitted = connection().workers().engine.submit(
        [this, fail, deployment = connection().shared(),
         sender = m_mailbox.sender()](const base::Result<store::SessionStore *> &, const base::Call &call) {
            auto place = openRuleStore(deployment->config(), store::Access::ReadOnly, call);
            auto statements = place ? (*place)->statements(call) : base::Result<QStringList>(base::fail(place.error()));
            sender.post([this, fail, statements = std::move(statements)] {
                if (statements)
                    showPlan(*statements);
                else
                    fail(statements.error());
            });
        },
        m_stop.get_token(), connection().timeout());
    if (!submitted)
        fail(submitted.error());
}

QWidget *RuleSheet::whom()
{
    auto *box = new QWidget;
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins({});
    column->setSpacing(common::space::s);
    column->addWidget(new Label(theme(), tr("Whose sessions that began before now are refused"), FontToken::Section));
    m_one = new QRadioButton(tr("One user's"));
    m_one->setObjectName(QStringLiteral("ruleOne"));
    m_everybody = new QRadioButton(tr("Everybody's: all sign in again"));
    m_everybody->setObjectName(QStringLiteral("ruleEverybody"));
    m_one->setChecked(true);
    m_user = new QLineEdit;
    m_user->setObjectName(QStringLiteral("ruleUser"));
    m_user->setMaxLength(200);
    m_user->setAccessibleName(tr("User id or e-mail"));
    m_user->setPlaceholderText(tr("User id (the token's sub) or e-mail"));
    auto *row = new QHBoxLayout;
    row->setSpacing(common::space::m);
    row->addWidget(m_one);
    row->addWidget(m_user, 1);
    column->addLayout(row);
    column->addWidget(m_everybody);
    connect(m_user, &QLineEdit::textChanged, this, [this] {
        nameExecute();
        updateConsent();
    });
    connect(m_one, &QRadioButton::toggled, this, [this](bool one) {
        m_user->setEnabled(one);
        askAnew();
    });
    return box;
}

void RuleSheet::showPlan(const QStringList &statements)
{
    setHeading(Icon::Key, ColorToken::Bad, tr("Set a not-before rule"),
               tr("Sessions that began before now are refused at their next request."));
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins({});
    column->setSpacing(0);
    auto *middle = new QVBoxLayout;
    middle->setContentsMargins(20, common::space::m, 20, common::space::m);
    middle->setSpacing(common::space::m);
    middle->addWidget(whom());
    middle->addWidget(new Label(theme(), tr("What happens, in this order"), FontToken::Caption, ColorToken::Muted));
    auto *steps = new StepList(theme());
    steps->addStep(tr("Write the intent to the audit log"), tr("flushed to disk before anything else happens"));
    steps->addStep(tr("Put the rule where the callback reads it"),
                   tr("in the place of an earlier one of the same scope"), statements.join(QLatin1Char('\n')));
    steps->addStep(tr("Write the outcome to the audit log"));
    middle->addWidget(steps);
    middle->addWidget(new common::Note(theme(), common::NoteKind::Warn,
                                       tr("It holds only where the deployment has the callback"),
                                       tr("Verify by canary afterwards. Without the callback nothing is refused.")));
    column->addLayout(middle);
    m_consentPlace = new QVBoxLayout;
    column->addLayout(m_consentPlace);
    setBody(body);
    askConsent(tr("Cancel"), {tr("Set the rule"), "ruleExecute", ButtonKind::Danger, [this] { carryOut(); }});
    askAnew();
    focusSoon(m_user);
}

void RuleSheet::askAnew()
{
    delete m_consent;
    if (m_one->isChecked()) {
        m_consent = new ConsentFields(theme(), connection().profile(), 1);
        m_consent->lendReason(connection());
    } else {
        // Everybody is never signed out for a reason that was given for something else.
        m_consent = new ConsentFields(theme(), connection().profile(), QStringLiteral("everybody"));
    }
    connect(m_consent, &ConsentFields::changed, this, &RuleSheet::updateConsent);
    m_consentPlace->addWidget(m_consent);
    nameExecute();
    updateConsent();
}

void RuleSheet::nameExecute()
{
    const QString user = m_user->text().trimmed();
    if (!m_one->isChecked())
        setExecuteText(tr("Refuse everybody's sessions"));
    else if (user.isEmpty())
        setExecuteText(tr("Refuse one user's sessions"));
    else // an ampersand would be taken for a mnemonic's
        setExecuteText(tr("Refuse sessions of %1")
                           .arg(fontMetrics().elidedText(user, Qt::ElideRight, mostOfName))
                           .replace(QLatin1Char('&'), QLatin1String("&&")));
}

NotBeforeRule RuleSheet::rule() const
{
    NotBeforeRule rule;
    if (m_one->isChecked())
        rule.user = m_user->text().trimmed();
    rule.setAt = connection().deployment().clock().now();
    rule.notBefore = std::chrono::ceil<std::chrono::seconds>(rule.setAt);
    return rule;
}

QString RuleSheet::ruleText() const
{
    return m_one->isChecked() ? tr("Refuse sessions of %1 that began before now")
                                    .arg(connection().personal().lastingUser(m_user->text().trimmed()))
                              : tr("Refuse everybody's sessions that began before now");
}

QString RuleSheet::missing() const
{
    if (!m_consent)
        return {};
    if (m_one->isChecked() && m_user->text().trimmed().isEmpty())
        return tr("Whose sessions? Give an id or an e-mail, or choose everybody.");
    return m_consent->obstacle();
}

void RuleSheet::carryOut()
{
    const QString reason = m_consent->reason();
    connection().noteReason(reason);
    m_done = ruleText();
    common::Activity &activity = connection().activities().begin({QStringLiteral("rule"), m_done, {}, {}, 1});
    // Not through the store: where sessions have no rows there is none.
    const auto end = [sheet = QPointer<RuleSheet>(this), &activity, &open = connection()](const base::Status &done,
                                                                                          const QString &auditId) {
        activity.finish({auditId, done ? RuleSheet::tr("The rule is set") : base::describe(done.error()).message,
                         done.has_value(), false, nullptr});
        if (sheet)
            sheet->showResult(done, auditId);
        if (done)
            Q_EMIT open.sessionsChanged();
    };
    const auto submitted = connection().workers().write.submit(
        [end, &activity, rule = rule(), reason, deployment = connection().shared(), &log = connection().auditLog(),
         sender = connection().activities().mailbox().sender()](const base::Result<store::SessionStore *> &,
                                                                const base::Call &call) {
            sender.post([&activity] { activity.beginRunning(); });
            const RecordedAct act = setRule(*deployment, rule, reason, log, call);
            sender.post([end, act] { end(act.done, act.auditId); });
        },
        activity.stopToken(), 2 * connection().timeout());
    m_consent = nullptr;
    if (!submitted)
        end(base::fail(submitted.error()), {});
    else
        showProgress(activity, tr("Rule"));
}

void RuleSheet::showResult(const base::Status &done, const QString &auditId)
{
    endAct();
    if (!done) {
        setHeading(Icon::Fail, ColorToken::Bad, tr("The rule was not set"));
        showError(done.error(), [this] { read(); });
        return;
    }
    setHeading(Icon::Ok, ColorToken::Good, tr("The rule is set"), m_done);
    QVBoxLayout *column = paddedColumn();
    column->addWidget(new common::Note(theme(), common::NoteKind::Info,
                                       tr("Whether the deployment honours it is not known yet"),
                                       tr("\"Verify by canary\" on the Sessions page asks it.")));
    setBody(column->parentWidget());
    showWaysOut("ruleDone");
    Q_EMIT finished(auditId);
}

} // namespace rollcall::revoke
