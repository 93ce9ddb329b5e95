#include "ui/users/UserSessionsView.h"

#include <QGridLayout>
#include <QLocale>
#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>

#include "core/base/ErrorText.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/PersonalData.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/States.h"
#include "ui/common/Surface.h"
#include "ui/users/UserListModel.h"

namespace rollcall::users {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;
using common::State;

namespace {

constexpr int footHeight = 44;
constexpr int labelWidth = 96;
constexpr std::chrono::hours soon{24};
constexpr std::chrono::milliseconds readDebounce{100};

State stateOf(const session::ListedSession &session, base::Instant now)
{
    switch (session.state) {
    case session::SessionState::Live:
        return session.expires && *session.expires - now < soon ? State::Expiring : State::Live;
    case session::SessionState::Expired:
        return State::Expired;
    case session::SessionState::Orphan:
        return State::Orphan;
    case session::SessionState::Unknown:
        break;
    }
    return State::Unknown;
}

} // namespace

UserSessionsView::UserSessionsView(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_connection(connection),
      m_title(new Label(theme, {}, FontToken::Section)),
      m_subtitle(new Label(theme, {}, FontToken::Small, ColorToken::Muted)),
      m_remark(new Label(theme, {}, FontToken::Body, ColorToken::Muted)),
      m_scroll(new QScrollArea),
      m_debounce(new QTimer(this)),
      m_open(new Button(theme, tr("Open in Sessions"))),
      m_revoke(new Button(theme, tr("Revoke all…"), ButtonKind::DangerOutline))
{
    setObjectName(QStringLiteral("userDetails"));
    setAccessibleName(tr("Sessions of the selected user"));
    common::setSurface(*this, common::Surface::Plain);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(common::space::l, common::space::m, common::space::s, common::space::s);
    auto *titles = new QVBoxLayout;
    titles->setSpacing(2);
    titles->addWidget(m_title);
    titles->addWidget(m_subtitle);
    head->addLayout(titles, 1);
    auto *close = new Button(theme, Icon::Close, tr("Close the details (F6 goes back to the list)"));
    close->setKind(ButtonKind::Quiet);
    connect(close, &Button::clicked, this, &UserSessionsView::closeRequested);
    head->addWidget(close, 0, Qt::AlignTop);
    column->addLayout(head);
    m_remark->setWordWrap(true);
    m_remark->setContentsMargins(common::space::l, common::space::s, common::space::l, common::space::s);
    column->addWidget(m_remark);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::StrongFocus); // a long list scrolls by the arrow keys
    m_scroll->setObjectName(QStringLiteral("userSessions"));
    m_scroll->setAccessibleName(tr("Every session of the selected user"));
    column->addWidget(m_scroll, 1);
    column->addStretch(); // while the list is hidden
    column->addWidget(makeFoot());
    m_debounce->setSingleShot(true);
    m_debounce->setInterval(readDebounce);
    connect(m_debounce, &QTimer::timeout, this, &UserSessionsView::read);
    connect(&connection.personal(), &common::PersonalData::changed, this, &UserSessionsView::fillPersonal);
    clear();
}

UserSessionsView::~UserSessionsView()
{
    m_stop.request_stop();
}

QWidget *UserSessionsView::makeFoot()
{
    auto *foot = new QWidget;
    foot->setFixedHeight(footHeight);
    auto *row = new QHBoxLayout(foot);
    row->setContentsMargins(common::space::l, 0, common::space::l, 0);
    row->setSpacing(common::space::s);
    m_open->setObjectName(QStringLiteral("userOpenSessions"));
    m_open->setGlyph(Icon::Sessions);
    connect(m_open, &Button::clicked, this, [this] { Q_EMIT sessionsRequested(m_user.id); });
    row->addWidget(m_open);
    row->addStretch();
    m_revoke->setObjectName(QStringLiteral("userRevokeAll"));
    m_revoke->setGlyph(Icon::Revoked);
    connect(m_revoke, &Button::clicked, this, [this] { Q_EMIT revokeRequested(m_user.id); });
    row->addWidget(m_revoke);
    return foot;
}

void UserSessionsView::clear()
{
    m_debounce->stop();
    m_stop.request_stop();
    ++m_generation;
    m_user = {};
    m_title->setText(tr("Nobody selected"));
    m_subtitle->clear();
    showRemark(tr("Select a user to see every session of theirs."));
    m_scroll->hide();
    m_open->setEnabled(false);
    m_revoke->setEnabled(false);
}

void UserSessionsView::showRemark(const QString &text)
{
    m_remark->setText(text);
    m_remark->setVisible(!text.isEmpty());
}

void UserSessionsView::display(const store::ListedUser &user)
{
    if (user.id != m_user.id) { // the former user's sessions must not stand below this one's name
        m_scroll->hide();
        showRemark(tr("Reading…"));
    }
    m_stop.request_stop();
    ++m_generation; // nor an answer about the former user come meanwhile
    m_user = user;
    fillPersonal();
    m_subtitle->setText(user.sessions == 1 ? tr("1 live session")
                                           : tr("%1 live sessions").arg(QLocale().toString(user.sessions)));
    m_open->setEnabled(true);
    m_revoke->setEnabled(true);
    m_debounce->start();
}

void UserSessionsView::fillPersonal()
{
    if (m_user.id.isEmpty()) // nobody is selected
        return;
    const QString name = shownName(m_user, m_connection.personal());
    m_title->setText(m_title->fontMetrics().elidedText(name, Qt::ElideRight, 260));
    m_title->setToolTip(name);
}

void UserSessionsView::read()
{
    m_stop = std::stop_source();
    const quint64 generation = ++m_generation;
    store::SessionQuery query;
    query.state = store::StateFilter::All;
    query.user = m_user.id;
    query.descending = true;
    query.limit = mostSessions;
    const auto submitted = m_connection.workers().list.submit(
        [this, generation, query, now = m_connection.deployment().clock().now(),
         sender = m_mailbox.sender()](base::Result<store::SessionStore *> store, const base::Call &call) {
            auto page = store ? (*store)->page(query, std::nullopt, now, call)
                              : base::Result<store::SessionPage>(base::fail(store.error()));
            sender.post([this, generation, page = std::move(page)] {
                if (generation != m_generation)
                    return;
                if (page) {
                    showSessions(*page);
                } else {
                    m_scroll->hide();
                    showRemark(base::oneLine(page.error()));
                }
            });
        },
        m_stop.get_token(), m_connection.timeout());
    if (!submitted) {
        m_scroll->hide();
        showRemark(base::oneLine(submitted.error()));
    }
}

void UserSessionsView::showSessions(const store::SessionPage &page)
{
    const base::Instant now = m_connection.deployment().clock().now();
    auto *content = new QWidget;
    common::setSurface(*content, common::Surface::Plain);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(common::space::l, common::space::xs, common::space::l, common::space::l);
    column->setSpacing(common::space::s);
    auto *facts = new QGridLayout;
    facts->setHorizontalSpacing(common::space::s);
    facts->setVerticalSpacing(6);
    facts->setColumnMinimumWidth(0, labelWidth);
    facts->setColumnStretch(1, 1);
    int line = 0;
    const auto fact = [&](const QString &label, const QString &value, FontToken font) {
        auto *words = new Label(m_theme, value, font);
        words->setSelectable();
        words->setWordWrap(true);
        facts->addWidget(new Label(m_theme, label, FontToken::Body, ColorToken::Muted), line, 0, Qt::AlignTop);
        facts->addWidget(words, line++, 1);
        return words;
    };
    common::PersonalData &personal = m_connection.personal();
    if (m_user.email) {
        Label *words = fact(tr("E-mail"), {}, FontToken::Body);
        personal.follow(words, [words, &personal, email = *m_user.email] { words->setText(personal.name(email)); });
    }
    Label *words = fact(tr("User id"), {}, FontToken::Code);
    personal.follow(words, [words, &personal, id = m_user.id] { words->setText(personal.user(id)); });
    fact(tr("Providers"), m_user.providers.isEmpty() ? tr("none") : m_user.providers.join(QStringLiteral(", ")),
         FontToken::Body);
    column->addLayout(facts);
    column->addSpacing(common::space::xs);
    column->addWidget(new Label(m_theme,
                                page.next ? tr("The newest %1 sessions").arg(mostSessions) : tr("Every session"),
                                FontToken::Caption, ColorToken::Muted));
    auto *list = new QGridLayout;
    list->setHorizontalSpacing(common::space::m);
    list->setVerticalSpacing(6);
    list->setColumnStretch(1, 1);
    line = 0;
    for (const session::ListedSession &session : page.sessions) {
        list->addWidget(new common::StateLabel(m_theme, stateOf(session, now)), line, 0);
        auto *expires =
            new Label(m_theme, session.expires ? common::relativeText(*session.expires, now) : tr("no end known"));
        if (session.expires)
            expires->setToolTip(common::exactText(*session.expires, now));
        list->addWidget(expires, line, 1, Qt::AlignRight);
        list->addWidget(new Label(m_theme, session.fingerprint.grouped().first(9), FontToken::Code, ColorToken::Muted),
                        line, 2);
        ++line;
    }
    column->addLayout(list);
    if (page.sessions.empty())
        column->addWidget(new Label(m_theme, tr("None is left."), FontToken::Body, ColorToken::Muted));
    column->addStretch();
    m_scroll->setWidget(content);
    showRemark({});
    m_scroll->show();
}

} // namespace rollcall::users
