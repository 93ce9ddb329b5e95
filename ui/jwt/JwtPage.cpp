#include "ui/jwt/JwtPage.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

#include "core/base/ErrorText.h"
#include "core/revoke/CallbackSnippet.h"
#include "core/revoke/RevocationPlan.h"
#include "ui/common/Button.h"
#include "ui/common/CodeBlock.h"
#include "ui/common/ErrorBanner.h"
#include "ui/common/Label.h"
#include "ui/common/Note.h"
#include "ui/common/PageHead.h"
#include "ui/common/PersonalData.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/Surface.h"

namespace rollcall::jwt {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;

namespace {

constexpr std::chrono::seconds copiedShown{2};

Label *paragraph(const common::Theme &theme, const QString &text, ColorToken tint = ColorToken::Text)
{
    auto *label = new Label(theme, text, FontToken::Body, tint);
    label->setWordWrap(true);
    return label;
}

/// A card with a heading; its column is put into @p column.
QFrame *card(const common::Theme &theme, const QString &heading, QVBoxLayout *&column)
{
    auto *frame = new QFrame;
    common::setSurface(*frame, common::Surface::Card);
    column = new QVBoxLayout(frame);
    column->setContentsMargins(common::space::l, common::space::m, common::space::l, common::space::l);
    column->setSpacing(common::space::s);
    column->addWidget(new Label(theme, heading, FontToken::Section));
    return frame;
}

/// A caption with what it is about; the latter's label.
Label *addFact(const common::Theme &theme, QVBoxLayout &column, const QString &caption, const QString &text)
{
    column.addWidget(new Label(theme, caption, FontToken::Caption, ColorToken::Muted));
    Label *fact = paragraph(theme, text);
    column.addWidget(fact);
    column.addSpacing(common::space::xs);
    return fact;
}

/// What @p proof, which does not show that the rule is honoured, says instead.
QString whyNotProven(const revoke::RuleProof &proof)
{
    switch (proof.outcome) {
    case revoke::RuleOutcome::Honoured:
        return {};
    case revoke::RuleOutcome::StillAccepted:
        return JwtPage::tr("The deployment still accepted a token from before the rule. Is the callback deployed?");
    case revoke::RuleOutcome::ControlRefused:
        return JwtPage::tr("The deployment did not accept a token from after the rule either (%1), so nothing is "
                           "proven. Does it have this connection's secret?")
            .arg(proof.answer);
    case revoke::RuleOutcome::NotAsked:
        return JwtPage::tr("The deployment could not be asked (%1), so nothing is proven.").arg(proof.answer);
    }
    Q_UNREACHABLE();
}

} // namespace

JwtPage::JwtPage(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent)
    : common::Page(parent),
      m_theme(theme),
      m_connection(connection),
      m_reader(connection, this),
      m_error(new common::ErrorBanner(theme))
{
    setObjectName(QStringLiteral("jwtPage"));
    common::setSurface(*this, common::Surface::Window);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    auto *head = new common::PageHead(theme, title(), common::space::m);
    head->row().addWidget(new Label(theme, tr("in encrypted cookies (JWT), known to the browsers alone"),
                                    FontToken::Body, ColorToken::Muted));
    head->row().addStretch();
    auto *again = new Button(theme, Icon::Refresh, tr("Read the rules again (F5)"));
    connect(again, &Button::clicked, this, &JwtPage::refresh);
    head->row().addWidget(again);
    column->addWidget(head);
    common::addInset(*column, m_error);
    const base::Instant now = connection.deployment().clock().now();
    const revoke::NotRevocable reason = revoke::explainNotRevocable(connection.deployment());
    auto *content = new QWidget;
    common::setSurface(*content, common::Surface::Window);
    auto *inner = new QVBoxLayout(content);
    inner->setContentsMargins(common::space::l, common::space::xs, common::space::l, common::space::l);
    inner->setSpacing(common::space::s);
    auto *note = new common::Note(
        theme, common::NoteKind::Warn,
        reason.acceptedUntil
            ? tr("No session can be revoked: what exists now is accepted until %1, longer where it is used")
                  .arg(common::exactText(*reason.acceptedUntil, now))
            : tr("No session can be revoked: what exists now is accepted without a known end"),
        tr("The session is inside the cookie; there is no row to delete. Each session request issues the token anew, "
           "so "
           "one that is in use has no end."));
    note->setObjectName(QStringLiteral("jwtReason"));
    inner->addWidget(note);
    auto *cards = new QHBoxLayout;
    cards->setSpacing(common::space::s);
    cards->addWidget(makeRule(), 1);
    cards->addWidget(makeRotation(), 1);
    inner->addLayout(cards);
    inner->addWidget(makeRules());
    inner->addStretch();
    auto *scroll = new QScrollArea;
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    column->addWidget(scroll, 1);
    m_error->setRetry(tr("Try again"));
    connect(m_error, &common::ErrorBanner::retryRequested, this, &JwtPage::refresh);
    connect(&m_reader, &RuleReader::counted, this,
            [this](const revoke::BlastRadius &radius) { m_radius->setText(radius.text()); });
    connect(&m_reader, &RuleReader::ready, this, &JwtPage::showRules);
    connect(&m_reader, &RuleReader::proved, this, &JwtPage::showProof);
    connect(&m_reader, &RuleReader::failed, this, &JwtPage::onFailed);
    connect(&m_reader, &RuleReader::proofFailed, this, &JwtPage::onProofFailed);
    connect(&connection, &common::OpenConnection::sessionsChanged, this, &JwtPage::refresh);
}

QString JwtPage::snippet() const
{
    const auto client = revoke::ruleClientFor(m_connection.deployment().config());
    const session::AuthVersion version = m_connection.deployment().auth()->version;
    return client && version != session::AuthVersion::BetterAuth ? revoke::callbackSnippet(version, *client)
                                                                 : QString();
}

QWidget *JwtPage::makeRule()
{
    QVBoxLayout *column = nullptr;
    QFrame *frame = card(m_theme, tr("Set a not-before rule"), column);
    addFact(m_theme, *column, tr("Who is signed out"),
            tr("One user, or everybody: who signed in before the rule is set. Later sign-ins are not touched."));
    addFact(
        m_theme, *column, tr("What it takes"),
        tr("A callback in the deployment, once. It refuses sessions that began before a rule in force; it reads the "
           "rules from %1.")
            .arg(m_connection.deployment().config().database ? tr("a small table of the database")
                                                             : tr("a key of the Redis cache")));
    addFact(
        m_theme, *column, tr("When it holds"),
        tr("At the next session request. For tokens from before the callback, their last issue counts as the begin."));
    const QString text = snippet();
    auto *code = new common::CodeBlock(m_theme);
    code->setMaximumLines(8);
    code->setAccessibleName(tr("The callback for the deployment"));
    code->setText(text.isEmpty() ? tr("There is neither a database nor a Redis cache to keep rules in.") : text);
    column->addWidget(code);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(common::space::s);
    m_set = new Button(m_theme, tr("Set a rule…"), ButtonKind::DangerOutline);
    m_set->setObjectName(QStringLiteral("ruleSet"));
    connect(m_set, &Button::clicked, this, &JwtPage::ruleRequested);
    m_copy = new Button(m_theme, m_connection.deployment().auth()->version == session::AuthVersion::V4
                                     ? tr("Copy the callback (v4)")
                                     : tr("Copy the callback (v5)"));
    m_copy->setObjectName(QStringLiteral("ruleCopy"));
    m_copy->setGlyph(Icon::Copy);
    connect(m_copy, &Button::clicked, this, &JwtPage::copySnippet);
    m_verify = new Button(m_theme, tr("Verify by canary"));
    m_verify->setObjectName(QStringLiteral("ruleVerify"));
    m_verify->setGlyph(Icon::Canary);
    connect(m_verify, &Button::clicked, this, &JwtPage::prove);
    for (Button *button : {m_set, m_copy, m_verify}) {
        button->setEnabled(!text.isEmpty());
        buttons->addWidget(button);
    }
    updateVerify();
    buttons->addStretch();
    column->addLayout(buttons);
    m_proof = new common::Note(m_theme, common::NoteKind::Plain, {}, {});
    m_proof->setObjectName(QStringLiteral("ruleProof"));
    m_proof->hide();
    column->addWidget(m_proof);
    column->addStretch();
    return frame;
}

QWidget *JwtPage::makeRotation()
{
    QVBoxLayout *column = nullptr;
    QFrame *frame = card(m_theme, tr("Rotate the secret"), column);
    m_radius = addFact(m_theme, *column, tr("Who is signed out"), tr("Everybody; counting the users."));
    m_radius->setObjectName(QStringLiteral("rotationRadius"));
    addFact(m_theme, *column, tr("When it holds"),
            tr("At the next request. What else is encrypted with the secret ends too: sign-ins under way and e-mail "
               "links."));
    addFact(
        m_theme, *column, tr("What it takes"),
        tr("Another secret in the deployment's environment, and a restart of all its instances. Rollcall cannot do it: "
           "it never writes to a deployment's configuration."));
    addFact(m_theme, *column, tr("What undoes it"),
            m_connection.deployment().auth()->version == session::AuthVersion::V4
                ? tr("Keeping the old secret is not possible here: next-auth 4 reads one alone.")
                : tr("Do not list the old secret second (secret: [new, old]): its tokens would go on being accepted."));
    auto *steps = new common::CodeBlock(m_theme);
    steps->setAccessibleName(tr("How the secret is rotated"));
    steps->setText(m_connection.deployment().auth()->version == session::AuthVersion::V4
                       ? QStringLiteral("openssl rand -base64 33   # the new NEXTAUTH_SECRET")
                       : QStringLiteral("npx auth secret           # writes a new AUTH_SECRET"));
    column->addWidget(steps);
    column->addStretch();
    return frame;
}

QWidget *JwtPage::makeRules()
{
    QFrame *frame = card(m_theme, tr("Rules in force"), m_rules);
    m_list = paragraph(m_theme, tr("Not read yet."), ColorToken::Muted);
    m_rules->addWidget(m_list);
    return frame;
}

QString JwtPage::help() const
{
    return tr("# Sessions in encrypted cookies\n\nWith the JWT strategy a deployment keeps no list of its sessions. "
              "Nobody can say who is signed in, and no single token can be withdrawn.\n\n"
              "**A not-before rule** ends sessions by when they began: for everybody or for one user. The deployment "
              "must have the callback; *Verify by canary* proves that it does, with two tokens of Rollcall's own.\n\n"
              "**Rotating the secret** ends all sessions at once.\n\n"
              "`rollcallctl rule` does the same without a display.");
}

void JwtPage::activate()
{
    if (!m_read)
        refresh();
}

void JwtPage::refresh()
{
    m_reader.count();
    if (!snippet().isEmpty())
        m_reader.read();
}

void JwtPage::focusMain()
{
    m_set->setFocus(Qt::OtherFocusReason);
}

void JwtPage::showRules(const std::vector<revoke::NotBeforeRule> &rules)
{
    // Another rule was set or removed: what was proven, or is being asked, is about rules that are no longer these.
    const bool changed = m_read && rules != m_known;
    m_read = true;
    m_known = rules;
    m_error->clear();
    if (changed)
        dropProof();
    m_everybodys.reset();
    delete m_list;
    const base::Instant now = m_connection.deployment().clock().now();
    if (rules.empty()) {
        m_list = paragraph(m_theme, tr("None was set: every token is accepted until it expires."), ColorToken::Muted);
    } else {
        m_list = new QWidget;
        auto *grid = new QGridLayout(m_list);
        grid->setContentsMargins({});
        grid->setHorizontalSpacing(common::space::xl);
        grid->setVerticalSpacing(6);
        grid->setColumnStretch(2, 1);
        int column = 0;
        for (const QString &name : {tr("For"), tr("Refuses sessions begun before"), tr("Set")})
            grid->addWidget(new Label(m_theme, name, FontToken::Caption, ColorToken::Muted), 0, column++);
        int line = 1;
        common::PersonalData &personal = m_connection.personal();
        for (const revoke::NotBeforeRule &rule : rules) {
            if (!rule.user)
                m_everybodys = rule.notBefore;
            auto *whom = new Label(m_theme, tr("Everybody"));
            if (rule.user)
                personal.follow(whom, [whom, &personal, user = *rule.user] { whom->setText(personal.user(user)); });
            grid->addWidget(whom, line, 0);
            grid->addWidget(new Label(m_theme, common::exactText(rule.notBefore, now)), line, 1);
            grid->addWidget(
                new Label(m_theme, common::relativeText(rule.setAt, now), FontToken::Body, ColorToken::Muted), line, 2);
            ++line;
        }
    }
    m_rules->addWidget(m_list);
    updateVerify();
    const auto newest = std::ranges::max_element(rules, {}, &revoke::NotBeforeRule::setAt);
    if (changed && newest != rules.end() && newest->user) {
        m_proof->setContent(common::NoteKind::Info, tr("A rule for one user cannot be verified by canary"),
                            tr("The canary tokens are of a user of Rollcall's own, who is not the rule's."));
        m_proof->show();
    }
}

void JwtPage::dropProof()
{
    m_reader.dropProof();
    m_proof->hide();
    updateVerify();
}

void JwtPage::updateVerify()
{
    const bool asked = m_reader.isProving();
    m_verify->setEnabled(m_everybodys && m_connection.deployment().config().baseUrl && !asked);
    m_verify->setToolTip(asked ? tr("The deployment is being asked.")
                               : tr("Wants a rule for everybody in force, and the deployment's address. A rule for one "
                                    "user cannot be verified by canary."));
}

void JwtPage::copySnippet()
{
    QGuiApplication::clipboard()->setText(snippet());
    const QString before = m_copy->text();
    m_copy->setFixedWidth(m_copy->width()); // nothing moves under the pointer
    m_copy->setEnabled(false);
    m_copy->setText(tr("Copied"));
    QTimer::singleShot(copiedShown, m_copy, [button = m_copy, before] {
        button->setText(before);
        button->setEnabled(true);
    });
}

void JwtPage::prove()
{
    m_proof->setContent(common::NoteKind::Plain, tr("Asking the deployment with two canary tokens"),
                        tr("One from before the rule, one from after it."));
    m_proof->setGlyph(Icon::Busy);
    m_proof->show();
    m_reader.prove(*m_everybodys);
    updateVerify();
}

void JwtPage::showProof(const revoke::RuleProof &proof)
{
    updateVerify();
    if (proof.isHonoured()) {
        m_proof->setContent(common::NoteKind::Good, tr("Verified: the deployment honours the rule for everybody"),
                            tr("It refused a token from before it, and accepted one from after it."));
        m_proof->setGlyph(Icon::Refused);
    } else {
        m_proof->setContent(common::NoteKind::Warn, tr("The rule is not proven to be honoured"), whyNotProven(proof));
        if (proof.outcome == revoke::RuleOutcome::StillAccepted)
            m_proof->setGlyph(Icon::Accepted); // a shield stands for what the deployment was seen to do
    }
    m_proof->show();
}

void JwtPage::onFailed(const base::Error &error)
{
    dropProof(); // whether the rule that it is about is still in force is not known
    m_error->showError(error, tr("The rules could not be read"));
}

void JwtPage::onProofFailed(const base::Error &error)
{
    dropProof();
    m_error->showError(error, tr("The deployment could not be asked about the rule"));
}

} // namespace rollcall::jwt
