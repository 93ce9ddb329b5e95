#include "ui/sessions/SessionDetailView.h"

#include <QGridLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include "core/base/ErrorText.h"
#include "core/revoke/RefusalVerifier.h"
#include "ui/common/Button.h"
#include "ui/common/CodeBlock.h"
#include "ui/common/Label.h"
#include "ui/common/PersonalData.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/Surface.h"
#include "ui/sessions/ActivityMark.h"

namespace rollcall::sessions {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;

namespace {

constexpr int labelWidth = 96;
constexpr int widestAddress = 110; ///< pixels of an address beside state and expiry

/// Empties @p box of widgets and layout.
void clearBox(QWidget &box)
{
    qDeleteAll(box.findChildren<QWidget *>(QString(), Qt::FindDirectChildrenOnly));
    delete box.layout();
}

/// The body indented for people. The library's text is compact; member order is kept by indenting the text itself.
QString indented(const QByteArray &json)
{
    QString result;
    int depth = 0;
    bool inText = false;
    bool escaped = false;
    const auto newLine = [&result, &depth] { result += QLatin1Char('\n') + QString(depth * 2, QLatin1Char(' ')); };
    for (const QChar c : QString::fromUtf8(json)) {
        if (inText) {
            result += c;
            inText = escaped || c != QLatin1Char('"');
            escaped = !escaped && c == QLatin1Char('\\');
            continue;
        }
        if (c == QLatin1Char('}') || c == QLatin1Char(']')) {
            --depth;
            newLine();
        }
        result += c;
        if (c == QLatin1Char('"')) {
            inText = true;
        } else if (c == QLatin1Char('{') || c == QLatin1Char('[')) {
            ++depth;
            newLine();
        } else if (c == QLatin1Char(',')) {
            newLine();
        } else if (c == QLatin1Char(':')) {
            result += QLatin1Char(' ');
        }
    }
    return result;
}

} // namespace

SessionDetailView::SessionDetailView(const common::Theme &theme, common::OpenConnection &connection,
                                     SlidingExpiry sliding, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_connection(connection), m_sliding(sliding), m_inspector(connection)
{
    setObjectName(QStringLiteral("sessionDetails"));
    setAccessibleName(tr("Details of the selected session"));
    common::setSurface(*this, common::Surface::Plain);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);

    auto *head = new QWidget;
    auto *headRow = new QHBoxLayout(head);
    headRow->setContentsMargins(common::space::l, common::space::m, common::space::s, common::space::s);
    auto *titles = new QVBoxLayout;
    titles->setSpacing(2);
    m_title = new Label(theme, {}, FontToken::Section);
    m_position = new Label(theme, {}, FontToken::Small, ColorToken::Muted);
    titles->addWidget(m_title);
    titles->addWidget(m_position);
    headRow->addLayout(titles, 1);
    auto *close = new Button(theme, Icon::Close, tr("Close the details (F6 goes back to the list)"));
    close->setKind(ButtonKind::Quiet);
    connect(close, &Button::clicked, this, &SessionDetailView::closeRequested);
    headRow->addWidget(close, 0, Qt::AlignTop);
    column->addWidget(head);

    m_empty = new Label(theme, tr("Select a session to see it as the library would return it."), FontToken::Body,
                        ColorToken::Muted);
    m_empty->setWordWrap(true);
    m_empty->setMargin(common::space::l); // contents margins are the style sheet's
    column->addWidget(m_empty);

    m_body = new QWidget;
    common::setSurface(*m_body, common::Surface::Plain);
    auto *body = new QVBoxLayout(m_body);
    body->setContentsMargins(common::space::l, common::space::xs, common::space::l, common::space::l);
    body->setSpacing(common::space::s);
    m_facts = new QWidget;
    body->addWidget(m_facts);

    auto *resolvedRow = new QHBoxLayout;
    resolvedRow->setContentsMargins(0, common::space::s, 0, 0);
    resolvedRow->addWidget(
        new Label(theme, tr("As the library would return it"), FontToken::Caption, ColorToken::Muted));
    resolvedRow->addStretch();
    m_resolved = new Label(theme, {}, FontToken::Small, ColorToken::Muted);
    resolvedRow->addWidget(m_resolved);
    body->addLayout(resolvedRow);
    m_code = new common::CodeBlock(theme);
    m_code->setAccessibleName(tr("Session as the library would return it"));
    body->addWidget(m_code);

    m_others = new QWidget;
    body->addWidget(m_others);
    m_consequences = new QWidget;
    body->addWidget(m_consequences);
    body->addStretch();

    m_scroll = new QScrollArea;
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidget(m_body);
    column->addWidget(m_scroll, 1);
    column->addStretch(); // takes the scroll area's place while nothing is selected

    auto *foot = new QWidget;
    auto *footRow = new QHBoxLayout(foot);
    footRow->setContentsMargins(common::space::l, common::space::s, common::space::l, common::space::s);
    m_openUser = new Button(theme, tr("All of this user"));
    m_openUser->setGlyph(Icon::Users);
    connect(m_openUser, &Button::clicked, this,
            [this] { Q_EMIT userRequested(m_session->userId.value_or(QString())); });
    m_revokeUser = new Button(theme, tr("Revoke user…"), ButtonKind::DangerOutline);
    m_revokeUser->setGlyph(Icon::Revoked);
    connect(m_revokeUser, &Button::clicked, this,
            [this] { Q_EMIT revokeUserRequested(m_session->userId.value_or(QString())); });
    footRow->addWidget(m_openUser);
    footRow->addWidget(m_revokeUser);
    footRow->addStretch();
    column->addWidget(foot);

    connect(&m_inspector, &SessionInspector::ready, this, &SessionDetailView::showInspection);
    connect(&m_inspector, &SessionInspector::failed, this, &SessionDetailView::showFailure);
    connect(&connection.personal(), &common::PersonalData::changed, this, &SessionDetailView::fillPersonal);
    clear();
}

void SessionDetailView::clear()
{
    m_inspector.cancel();
    m_session.reset();
    m_title->setText(tr("No session selected"));
    m_position->clear();
    m_empty->show();
    m_scroll->hide();
    m_openUser->setEnabled(false);
    m_revokeUser->setEnabled(false);
}

void SessionDetailView::display(const session::ListedSession &session, common::State state, const QString &position,
                                base::Instant now)
{
    m_session = session;
    m_state = state;
    m_json.clear();
    m_now = now;
    m_position->setText(position);
    m_empty->hide();
    m_scroll->show();
    m_openUser->setEnabled(session.userId.has_value());
    m_revokeUser->setEnabled(session.userId.has_value());
    fillPersonal();
    m_resolved->setText(tr("asking…"));
    m_code->setText(QString(QChar(0x2026)));
    clearBox(*m_others);
    fillConsequences(session, state);
    m_inspector.inspect(session);
}

void SessionDetailView::fillPersonal()
{
    if (!m_session)
        return;
    const auto name = m_connection.personal().name(m_session->name ? m_session->name : m_session->email);
    m_title->setText(name.value_or(tr("Session %1").arg(m_session->fingerprint.grouped())));
    fillFacts(*m_session, m_state, m_now);
    if (!m_json.isEmpty())
        m_code->setText(indented(m_connection.personal().session(m_json)));
}

void SessionDetailView::fillFacts(const session::ListedSession &session, common::State state, base::Instant now)
{
    clearBox(*m_facts);
    auto *grid = new QGridLayout(m_facts);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(common::space::xs + 2);
    grid->setColumnMinimumWidth(0, labelWidth);
    grid->setColumnStretch(1, 1);
    int row = 0;
    const auto add = [&](const QString &name, const QString &value, FontToken font = FontToken::Body) {
        if (value.isEmpty())
            return;
        auto *key = new Label(m_theme, name, FontToken::Body, ColorToken::Muted);
        auto *text = new Label(m_theme, value, font);
        text->setSelectable();
        text->setWordWrap(true);
        text->setAccessibleName(QStringLiteral("%1: %2").arg(name, value));
        grid->addWidget(key, row, 0, Qt::AlignTop);
        grid->addWidget(text, row, 1);
        ++row;
    };
    grid->addWidget(new Label(m_theme, tr("State"), FontToken::Body, ColorToken::Muted), row, 0);
    grid->addWidget(new common::StateLabel(m_theme, state), row++, 1);

    add(tr("Fingerprint"), session.fingerprint.grouped(), FontToken::Code);
    const common::PersonalData &personal = m_connection.personal();
    add(tr("E-mail"), personal.name(session.email.value_or(QString())));
    add(tr("User id"), personal.user(session.userId.value_or(QString())));
    if (session.expires) {
        add(tr("Expires"), QStringLiteral("%1, %2").arg(common::relativeText(*session.expires, now),
                                                        common::exactText(*session.expires, now)));
    }
    const QString active = lastActiveText(session, m_sliding, now);
    if (const auto interval = activityOnScale(session, m_sliding, now); interval && !active.isEmpty()) {
        add(tr("Last active"), tr("%1, inferred").arg(active));
        grid->addWidget(new ActivityBar(m_theme, *interval, activityHint(session, m_sliding, now)), row++, 1);
    }
    if (session.createdAt)
        add(tr("Started"), common::exactText(*session.createdAt, now));
    add(tr("IP"), session.ipAddress.value_or(QString()));
    add(tr("Client"), clientText(session.userAgent.value_or(QString())));
    add(tr("Impersonated by"), personal.user(session.impersonatedBy.value_or(QString())));
    add(tr("Organization"), session.organization.value_or(QString()));
    add(tr("Accounts"), session.providers.isEmpty() ? tr("none") : session.providers.join(QStringLiteral(", ")));
}

void SessionDetailView::showInspection(const SessionInspection &inspection)
{
    const session::Resolution &resolution = inspection.resolution;
    m_resolved->setText(tr("locally, %1").arg(common::durationText(resolution.took)));
    m_json = resolution.session.value_or(QByteArray());
    m_code->setText(resolution.session ? indented(m_connection.personal().session(m_json))
                                       : tr("null: %1").arg(session::nullReasonName(*resolution.reason)));
    setOthers(inspection);
    m_body->layout()->activate(); // one step from the old height to the new, nothing drawn over anything between
}

void SessionDetailView::showFailure(const base::Error &error)
{
    const base::ErrorText text = base::describe(error);
    m_resolved->setText(tr("not known"));
    m_code->setText(text.message + QLatin1Char('\n') + text.remedy);
}

void SessionDetailView::setOthers(const SessionInspection &inspection)
{
    clearBox(*m_others);
    if (inspection.others.empty())
        return;
    auto *column = new QVBoxLayout(m_others);
    column->setContentsMargins(0, common::space::s, 0, 0);
    column->setSpacing(common::space::xs);
    column->addWidget(new Label(m_theme, tr("Other sessions of this user"), FontToken::Caption, ColorToken::Muted));
    for (const session::ListedSession &other : inspection.others) {
        auto *line = new QHBoxLayout;
        line->setSpacing(common::space::s);
        line->addWidget(new common::StateLabel(m_theme, shownState(other, m_now)));
        line->addStretch();
        line->addWidget(new Label(m_theme, other.expires ? common::relativeText(*other.expires, m_now) : QString()));
        auto *where = new Label(m_theme, {}, FontToken::Body, ColorToken::Muted);
        const QString address = other.ipAddress.value_or(other.fingerprint.text().first(8));
        where->setText(where->fontMetrics().elidedText(address, Qt::ElideMiddle, widestAddress)); // IPv6 is long
        where->setToolTip(address);
        where->setAccessibleName(address);
        line->addWidget(where);
        column->addLayout(line);
    }
    if (inspection.moreOthers)
        column->addWidget(new Label(m_theme, tr("and more"), FontToken::Small, ColorToken::Muted));
}

void SessionDetailView::fillConsequences(const session::ListedSession &session, common::State state)
{
    clearBox(*m_consequences);
    auto *column = new QVBoxLayout(m_consequences);
    column->setContentsMargins(0, common::space::s, 0, 0);
    column->setSpacing(common::space::xs);
    column->addWidget(new Label(m_theme, tr("If revoked"), FontToken::Caption, ColorToken::Muted));
    const bool isGone = state == common::State::Revoked;
    const bool ends = session.state == session::SessionState::Live && !isGone;
    const QString text = isGone ? tr("Nothing is left to do: its row is gone.")
                         : ends ? tr("Refused at the next check that reads the database.")
                                : tr("The row goes; the library refuses this session already.");
    auto *line = new Label(m_theme, text);
    line->setWordWrap(true);
    column->addWidget(line);
    const QString whyNot = revoke::whyUnverifiable(m_connection.deployment());
    if (ends && !whyNot.isEmpty()) {
        auto *note = new Label(m_theme, tr("Not verifiable: %1.").arg(whyNot), FontToken::Body, ColorToken::Muted);
        note->setWordWrap(true);
        column->addWidget(note);
    }
}

} // namespace rollcall::sessions
