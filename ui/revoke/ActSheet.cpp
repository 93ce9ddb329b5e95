#include "ui/revoke/ActSheet.h"

#include <QProgressBar>
#include <QTimer>
#include <QVBoxLayout>

#include "core/base/ErrorText.h"
#include "core/deployment/Demands.h"
#include "core/workspace/Workspace.h"
#include "ui/common/Activities.h"
#include "ui/common/Label.h"
#include "ui/common/Note.h"
#include "ui/revoke/ActEnds.h"
#include "ui/revoke/ProgressView.h"

namespace rollcall::revoke {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;

ActSheet::ActSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection)
    : common::Sheet(theme, origin), m_theme(theme), m_connection(connection)
{
    connect(&m_connection, &common::OpenConnection::writeModeChanged, this, &ActSheet::updateConsent);
}

Button *ActSheet::addButton(const QString &text)
{
    auto *button = new Button(m_theme, text);
    button->setLarge(true);
    addFootEnd(button);
    return button;
}

Button *ActSheet::addLeave(const QString &text)
{
    Button *leave = addButton(text);
    leave->setKeyHint(tr("Esc"));
    connect(leave, &Button::clicked, this, &ActSheet::dismiss);
    return leave;
}

QVBoxLayout *ActSheet::paddedColumn()
{
    auto *column = new QVBoxLayout(new QWidget);
    column->setContentsMargins(20, common::space::m, 20, common::space::l);
    column->setSpacing(common::space::m);
    return column;
}

QProgressBar *ActSheet::busyBar(const QString &name)
{
    auto *bar = new QProgressBar;
    bar->setRange(0, 0);
    bar->setTextVisible(false);
    bar->setAccessibleName(name);
    return bar;
}

Button *ActSheet::askConsent(const QString &leave, Execute execute, const QList<Button *> &others)
{
    clearFoot();
    m_ending.clear();
    m_asking.clear();
    m_obstacle = new Label(m_theme, {}, FontToken::Status, ColorToken::Muted);
    addFootStart(m_obstacle);
    Button *cancel = addLeave(leave);
    for (Button *other : others)
        addFootEnd(other);
    m_execute = addButton(execute.text);
    m_execute->setObjectName(QLatin1String(execute.objectName));
    m_execute->setKind(execute.kind);
    m_execute->setKeyHint(tr("Ctrl+Enter"));
    connect(m_execute, &Button::clicked, this, [this, act = std::move(execute.act)] {
        m_connection.disarmWhenDue(); // takes a reason back that stood
        if (m_execute && m_execute->isEnabled())
            act();
    });
    setExecute(m_execute);
    updateConsent();
    return cancel;
}

void ActSheet::updateConsent()
{
    if (!m_execute)
        return;
    const QString obstacle = m_asking ? tr("What is asked of who ends it is being read.")
                             : m_connection.writeMode() == common::WriteMode::ReadOnly
                                 ? tr("This connection is read-only: switch to Guarded in the header first.")
                             : m_ending ? m_ending->obstacle()
                                        : missing();
    m_execute->setEnabled(obstacle.isEmpty());
    m_execute->setToolTip(obstacle);
    m_obstacle->setText(obstacle);
}

Button *ActSheet::endButton(const OperationHead &head, const std::function<void()> &end)
{
    auto *button = new Button(m_theme, tr("End it here…"));
    button->setLarge(true);
    button->setObjectName(QStringLiteral("operationDiscard"));
    connect(button, &Button::clicked, this, [this, button, head, end] {
        button->setEnabled(false);
        m_asking = button;
        updateConsent();
        askToEnd(head, end);
    });
    return button;
}

void ActSheet::askToEnd(const OperationHead &head, const std::function<void()> &end)
{
    using Profiles = std::vector<workspace::ConnectionProfile>;
    const auto submitted = m_reader.submit([this, head, end, asking = m_asking, config = m_connection.configFolder(),
                                            sender = m_mailbox.sender()](const std::stop_token &) {
        const auto saved =
            config.isEmpty() ? base::Result<Profiles>(Profiles()) : workspace::Workspace({config, {}, {}}).profiles();
        sender.post([this, head, end, asking, saved] {
            if (!asking || m_asking != asking)
                return; // something else is shown by now
            if (saved)
                askToEnd(head, end, deployment::demandsOn(head.database, head.connection, *saved));
            else
                showError(saved.error(), {});
        });
    });
    if (!submitted)
        showError(submitted.error(), {});
}

void ActSheet::askToEnd(const OperationHead &head, const std::function<void()> &end,
                        const workspace::ConnectionProfile &demands)
{
    // The open connection is held to what is demanded of its database; what the operation was begun with may demand
    // more, where its address was another one.
    const bool isHeld = demands.environment == workspace::Environment::Production;
    auto *fields = new ConsentFields(m_theme, isHeld ? demands : m_connection.profile(), head.planned);
    fields->fixReason(head.reason.isEmpty() ? tr("None was given when it began") : head.reason);
    connect(fields, &ConsentFields::changed, this, &ActSheet::updateConsent);
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins({});
    column->setSpacing(0);
    QVBoxLayout *padded = paddedColumn();
    padded->addWidget(new common::Note(m_theme, common::NoteKind::Warn, tr("It ends where it stands"),
                                       tr("What was done stays done, and is on record. It cannot be gone on with "
                                          "then.")));
    column->addWidget(padded->parentWidget());
    column->addWidget(fields);
    setBody(body);
    Button *leave = askConsent(tr("Later"), {tr("End it here"), "operationEnd", ButtonKind::Danger, [this, end] {
                                                 m_execute->setEnabled(false);
                                                 end();
                                             }});
    m_ending = fields;
    updateConsent();
    focusSoon(leave);
}

void ActSheet::setExecuteText(const QString &text)
{
    if (m_execute)
        m_execute->setText(text);
}

void ActSheet::showProgress(common::Activity &activity, const QString &name)
{
    endAct();
    setBody(new ProgressView(m_theme, activity, name));
    const QPointer<common::Activity> act(&activity);
    auto *stop = new Button(m_theme, tr("Stop at the next batch"), ButtonKind::Quiet);
    stop->setLarge(true);
    stop->setObjectName(QStringLiteral("planStop"));
    stop->setToolTip(m_connection.profile().needsApproval
                         ? tr("Ends it there: what was done stays done, the rest is not touched. A revocation's "
                              "approval is used up by that: the rest wants a new plan and a new approval. Pause keeps "
                              "it.")
                         : tr("Ends it there: what was done stays done, the rest is not touched."));
    addFootStart(stop);
    Button *pause = addButton(tr("Pause"));
    pause->setObjectName(QStringLiteral("planPause"));
    pause->setGlyph(Icon::Pause);
    pause->setToolTip(tr("At the next batch; it can be gone on with."));
    Button *leave = addLeave(tr("Go on in the background"));
    leave->setObjectName(QStringLiteral("planBackground"));
    connect(stop, &Button::clicked, stop, [act] {
        if (act)
            act->stop();
    });
    connect(pause, &Button::clicked, pause, [this, act] {
        if (act)
            m_connection.activities().pause(*act);
    });
    const auto show = [&activity, stop, pause] {
        stop->setEnabled(activity.state() != common::ActState::Stopping);
        pause->setEnabled(activity.canPause());
    };
    connect(&activity, &common::Activity::changed, pause, show);
    show();
    focusSoon(leave);
}

void ActSheet::endAct()
{
    m_execute = nullptr;
    m_obstacle = nullptr;
    m_asking.clear();
    clearFoot();
}

void ActSheet::showWaysOut(const char *objectName, const QList<Button *> &others)
{
    Button *audit = addButton(tr("Open in Audit"));
    audit->setGlyph(Icon::Link);
    connect(audit, &Button::clicked, this, [this] {
        Q_EMIT auditRequested();
        dismiss();
    });
    for (Button *other : others)
        addFootEnd(other);
    Button *done = addLeave(tr("Done"));
    done->setObjectName(QLatin1String(objectName));
    done->setKind(ButtonKind::Primary);
    setExecute(done);
    focusSoon(done);
}

void ActSheet::addTrouble(QVBoxLayout &column, const base::Error &error, bool resumable)
{
    if (isPaused(error, resumable)) {
        column.addWidget(new common::Note(m_theme, common::NoteKind::Info, tr("Paused"),
                                          tr("It stands in Activity, below the page, and can be gone on with there.")));
        return;
    }
    const base::ErrorText text = base::describe(error);
    column.addWidget(new common::Note(m_theme, common::NoteKind::Bad, text.message, text.remedy));
}

void ActSheet::showError(const base::Error &error, const std::function<void()> &again)
{
    endAct();
    QVBoxLayout *column = paddedColumn();
    addTrouble(*column, error, false);
    setBody(column->parentWidget());
    if (again) {
        Button *retry = addButton(tr("Try again"));
        connect(retry, &Button::clicked, this, again);
    }
    Button *close = addLeave(tr("Close"));
    close->setObjectName(QStringLiteral("actClose"));
    focusSoon(close);
}

void ActSheet::focusConsent(QWidget *field)
{
    focusSoon(m_execute && m_execute->isEnabled() ? m_execute : field);
}

void ActSheet::focusSoon(QWidget *widget)
{
    QTimer::singleShot(0, widget, [widget] { widget->setFocus(Qt::OtherFocusReason); });
}

} // namespace rollcall::revoke
