#include "ui/users/UsersPage.h"

#include <QAction>
#include <QHeaderView>
#include <QLineEdit>
#include <QLocale>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/common/Actions.h"
#include "ui/common/Button.h"
#include "ui/common/EmptyState.h"
#include "ui/common/ErrorBanner.h"
#include "ui/common/LoadingState.h"
#include "ui/common/PageHead.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/Surface.h"
#include "ui/common/TableView.h"
#include "ui/users/UserSessionsView.h"

namespace rollcall::users {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::Icon;

namespace {

constexpr std::chrono::milliseconds searchDebounce{250};
constexpr int prefetchRows = 40;

bool knowsCreation(const common::OpenConnection &connection)
{
    const store::SchemaProfile *schema = connection.deployment().schema();
    return schema && schema->sessions.createdAt.has_value();
}

} // namespace

UsersPage::UsersPage(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent)
    : common::Page(parent),
      m_theme(theme),
      m_connection(connection),
      m_model(connection.personal(), knowsCreation(connection)),
      m_pager(connection)
{
    setObjectName(QStringLiteral("usersPage"));
    common::setSurface(*this, common::Surface::Plain);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    m_details = new UserSessionsView(theme, connection, this);
    m_details->hide();
    buildHead();
    buildTable();
    buildStates();
    buildActions();
    connect(m_details, &UserSessionsView::closeRequested, this, [this] { Q_EMIT detailsWanted(false); });
    connect(m_details, &UserSessionsView::sessionsRequested, this, &UsersPage::sessionsRequested);
    connect(m_details, &UserSessionsView::revokeRequested, this, &UsersPage::revokeUser);
    connect(&m_pager, &UserPager::pageReady, this, &UsersPage::onPage);
    connect(&m_pager, &UserPager::failed, this, &UsersPage::onFailed);
    connect(&m_pager, &UserPager::cancelled, this, [this] {
        m_loading->stop();
        Q_EMIT statusChanged();
    });
    connect(&connection, &common::OpenConnection::sessionsChanged, this, [this] {
        if (isVisible())
            load();
        else
            m_stale = true;
    });
    m_debounce = new QTimer(this);
    m_debounce->setSingleShot(true);
    m_debounce->setInterval(searchDebounce);
    connect(m_debounce, &QTimer::timeout, this, &UsersPage::applySearch);
    connect(&connection.personal(), &common::PersonalData::changed, this, &UsersPage::nameRevoke);
    onCurrentChanged();
}

void UsersPage::buildHead()
{
    auto *head = new common::PageHead(m_theme, title(), common::space::m);
    QHBoxLayout *const row = &head->row();
    m_search = new QLineEdit;
    m_search->setObjectName(QStringLiteral("userSearch"));
    m_search->setAccessibleName(tr("Search users"));
    m_search->setPlaceholderText(tr("Part of a name or e-mail"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(common::themedIcon(m_theme, Icon::Search, ColorToken::Muted), QLineEdit::LeadingPosition);
    connect(m_search, &QLineEdit::textChanged, this, [this] {
        m_pager.cancel();
        m_debounce->start();
    });
    connect(m_search, &QLineEdit::returnPressed, this, &UsersPage::applySearch);
    row->addWidget(m_search, 1);
    auto *again = new Button(m_theme, Icon::Refresh, tr("Refresh (F5)"));
    connect(again, &Button::clicked, this, &UsersPage::refresh);
    row->addWidget(again);
    auto *many = new Button(m_theme, tr("Revoke many…"));
    many->setObjectName(QStringLiteral("usersRevokeMany"));
    many->setToolTip(tr("By a list of users, or all but the newest sessions of each user"));
    connect(many, &Button::clicked, this, &UsersPage::chooseMany);
    row->addWidget(many);
    m_revoke = new Button(m_theme, tr("Revoke all of this user…"), ButtonKind::DangerOutline);
    m_revoke->setObjectName(QStringLiteral("usersRevoke"));
    m_revoke->setGlyph(Icon::Revoked);
    connect(m_revoke, &Button::clicked, this, [this] { m_revokeAction->trigger(); });
    row->addWidget(m_revoke);
    layout()->addWidget(head);
}

void UsersPage::buildTable()
{
    m_table = new common::TableView(m_theme);
    m_table->setObjectName(QStringLiteral("userTable"));
    m_table->setAccessibleName(tr("Users with live sessions"));
    m_table->setModel(&m_model);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    QHeaderView *header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsClickable(true);
    connect(header, &QHeaderView::sectionClicked, this, &UsersPage::setOrder);
    constexpr int widths[] = {300, 92, 132, 132, 160};
    for (int column = 0; column < UserListModel::ColumnCount; ++column)
        m_table->setColumnWidth(column, widths[column]);
    header->setSectionResizeMode(UserListModel::User, QHeaderView::Stretch);
    header->setStretchLastSection(false);
    header->setMinimumSectionSize(64);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &UsersPage::onCurrentChanged);
    connect(m_table->verticalScrollBar(), &QScrollBar::valueChanged, this, &UsersPage::fetchMoreWhenNearEnd);
    connect(m_table, &common::TableView::activated, this, [this] { Q_EMIT detailsWanted(true); });
}

void UsersPage::buildStates()
{
    auto *column = static_cast<QVBoxLayout *>(layout());
    m_error = new common::ErrorBanner(m_theme);
    m_error->setRetry(tr("Try now"));
    connect(m_error, &common::ErrorBanner::retryRequested, this, &UsersPage::load);
    common::addInset(*column, m_error);
    m_loading = new common::LoadingState(m_theme);
    connect(m_loading, &common::LoadingState::cancelRequested, &m_pager, &UserPager::cancel);
    column->addWidget(m_loading);
    m_empty = new common::EmptyState(m_theme, Icon::Users, {}, {});
    auto *clear = new Button(m_theme, tr("Clear the search"));
    clear->setObjectName(QStringLiteral("clearSearch"));
    connect(clear, &Button::clicked, m_search, &QLineEdit::clear);
    m_empty->addAction(clear);
    m_stack = new QStackedWidget;
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    column->addWidget(m_stack, 1);
}

void UsersPage::buildActions()
{
    m_revokeAction =
        common::makeAction(m_theme, this, Icon::Revoked, tr("&Revoke all of this user…"), QKeySequence(Qt::Key_Delete));
    m_revokeAction->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(m_revokeAction, &QAction::triggered, this, [this] {
        if (const store::ListedUser *user = current())
            revokeUser(user->id);
    });
    auto *open = common::makeAction(m_theme, this, Icon::Sessions, tr("&Open the user's sessions"));
    connect(open, &QAction::triggered, this, [this] {
        if (const store::ListedUser *user = current())
            Q_EMIT sessionsRequested(user->id);
    });
    auto *many = new QAction(tr("Revoke by &list or rule…"), this);
    connect(many, &QAction::triggered, this, &UsersPage::chooseMany);
    for (QAction *action : {m_revokeAction, many, open}) {
        addAction(action);
        common::setMenuOf(*action, common::MenuOf::Session);
    }
    // The table's head is reached by the pointer alone.
    const auto addOrder = [this](const QString &text, UserListModel::Column column, const char *name) {
        auto *action = new QAction(text, this);
        action->setObjectName(QLatin1String(name));
        connect(action, &QAction::triggered, this, [this, column] { setOrder(column); });
        addAction(action);
        common::setMenuOf(*action, common::MenuOf::View);
    };
    addOrder(tr("Order by &sessions"), UserListModel::Sessions, "orderBySessions");
    addOrder(tr("Order by &newest"), UserListModel::Newest, "orderByNewest");
    addOrder(tr("Order by &oldest"), UserListModel::Oldest, "orderByOldest");
}

QString UsersPage::help() const
{
    return tr(
        "# Users\n\nEveryone with a live session, counted from the sessions themselves.\n\n"
        "**Search** by part of a name or e-mail. Click *Sessions*, *Newest* or *Oldest* to order by it; newest "
        "and oldest are told by when sessions began where that is stored, else by when they end.\n\n"
        "**Revoke all of this user** (Del) opens the plan; nothing is deleted before you have seen and "
        "confirmed it. It takes every session of the user, ended ones too.\n\n"
        "**Revoke many** takes a pasted or CSV list of ids or e-mails, or everybody's but the newest sessions.\n\n"
        "No index serves this question: each page counts all live sessions anew, in the database. "
        "`rollcallctl users list` answers the same.");
}

QWidget *UsersPage::details()
{
    return m_details;
}

void UsersPage::activate()
{
    if ((!m_readAt || m_stale) && !m_pager.isBusy())
        load();
}

void UsersPage::refresh()
{
    load();
}

void UsersPage::focusFilter()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void UsersPage::focusMain()
{
    m_table->setFocus(Qt::OtherFocusReason);
}

void UsersPage::load()
{
    m_stale = false;
    m_pager.start(m_query);
    m_loading->start(tr("Counting every user's sessions"));
    Q_EMIT statusChanged();
}

void UsersPage::applySearch()
{
    m_debounce->stop();
    const QString text = m_search->text().trimmed();
    m_query.search = text.isEmpty() ? std::nullopt : std::optional(text);
    load();
}

void UsersPage::setOrder(int column)
{
    switch (column) {
    case UserListModel::Sessions:
        m_query.order = store::UserOrder::Sessions;
        break;
    case UserListModel::Newest:
        m_query.order = store::UserOrder::Newest;
        break;
    case UserListModel::Oldest:
        m_query.order = store::UserOrder::Oldest;
        break;
    default:
        return; // the directory knows no other order
    }
    m_model.setOrder(m_query.order);
    load();
}

void UsersPage::onPage(const store::UserPage &page, bool first, std::chrono::milliseconds took)
{
    m_loading->stop();
    m_error->clear();
    m_table->setStale(false);
    m_took = took;
    if (!first) {
        m_model.append(page.users);
        Q_EMIT statusChanged();
        return;
    }
    const base::Instant now = m_connection.deployment().clock().now();
    const QString selected = current() ? current()->id : QString();
    m_readAt = now;
    m_model.reset(page.users, now);
    if (page.users.empty()) {
        const bool searched = m_query.search.has_value();
        m_empty->setContent(searched ? Icon::Search : Icon::Users,
                            searched ? tr("No user with a live session matches") : tr("Nobody is signed in"),
                            searched ? tr("\"%1\" is part of nobody's name or e-mail.").arg(*m_query.search)
                                     : tr("The sessions table holds no live session now."));
        m_empty->findChild<Button *>(QStringLiteral("clearSearch"))->setVisible(searched);
        m_stack->setCurrentWidget(m_empty);
    } else {
        m_stack->setCurrentWidget(m_table);
        int row = 0;
        for (int i = 0; i < m_model.rowCount(); ++i)
            row = m_model.at(i).id == selected ? i : row;
        if (!selected.isEmpty() && m_model.at(row).id == selected)
            m_table->selectRow(row);
        else
            m_table->selectionModel()->setCurrentIndex(m_model.index(0, 0), QItemSelectionModel::NoUpdate);
    }
    onCurrentChanged();
    Q_EMIT statusChanged();
}

void UsersPage::onFailed(const base::Error &error)
{
    m_loading->stop();
    m_table->setStale(m_readAt.has_value());
    m_error->showError(error, tr("The users could not be counted"),
                       m_readAt ? tr("The rows below are from %1.").arg(common::clockText(*m_readAt)) : QString());
    if (!m_readAt) {
        m_empty->setContent(Icon::Database, tr("No users could be read"), tr("The reason stands above."));
        m_empty->findChild<Button *>(QStringLiteral("clearSearch"))->hide();
        m_stack->setCurrentWidget(m_empty);
    }
    Q_EMIT statusChanged();
}

const store::ListedUser *UsersPage::current() const
{
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    return rows.isEmpty() || rows.first().row() >= m_model.rowCount() ? nullptr : &m_model.at(rows.first().row());
}

void UsersPage::onCurrentChanged()
{
    const store::ListedUser *user = current();
    common::setUnavailable(*m_revokeAction, user ? QString() : tr("Select a user first."));
    m_revoke->setEnabled(user != nullptr);
    nameRevoke();
    if (user)
        m_details->display(*user);
    else
        m_details->clear();
}

void UsersPage::nameRevoke()
{
    const store::ListedUser *user = current();
    m_revoke->setToolTip(
        user ? tr("Plans the end of every session of %1 (Del)").arg(shownName(*user, m_connection.personal()))
             : common::unavailableReason(*m_revokeAction));
}

void UsersPage::fetchMoreWhenNearEnd()
{
    const int lastVisible = m_table->rowAt(m_table->viewport()->height() - 1);
    if ((lastVisible < 0 || lastVisible + prefetchRows >= m_model.rowCount()) && !m_model.isFull())
        m_pager.fetchNext();
}

void UsersPage::revokeUser(const QString &userId)
{
    revoke::Selection selection;
    selection.query = store::SessionQuery();
    selection.query->state = store::StateFilter::All;
    selection.query->user = userId;
    Q_EMIT revokeRequested(selection);
}

void UsersPage::chooseMany()
{
    common::SelectionRequest request;
    if (m_query.search) {
        request.filter.emplace().search = m_query.search;
        request.filterWords = tr("name or e-mail with \"%1\"").arg(*m_query.search);
    }
    Q_EMIT chooseRequested(request);
}

void UsersPage::resizeEvent(QResizeEvent *event)
{
    common::Page::resizeEvent(event);
    constexpr int forProviders = 760;
    m_table->setColumnHidden(UserListModel::Providers, width() < forProviders);
}

QList<common::StatusItem> UsersPage::statusItems() const
{
    QList<common::StatusItem> items;
    const auto add = [&items](const QString &text, std::optional<Icon> icon = {}, ColorToken tint = ColorToken::Muted) {
        items << common::StatusItem{text, icon, tint, false};
    };
    if (m_pager.isBusy())
        add(tr("Query running"), Icon::Busy, ColorToken::Info);
    if (!m_readAt)
        return items;
    const QString shown = QLocale().toString(m_model.rowCount());
    if (m_pager.hasMore())
        add(tr("%1 users shown, more there").arg(shown));
    else if (m_pager.isComplete() && !m_pager.isBusy() && !m_table->isStale())
        add(tr("%1 users, exact").arg(shown));
    else
        add(tr("%1 users shown").arg(shown));
    if (m_model.isFull())
        add(tr("Search to see the rest"), Icon::Warn, ColorToken::Warn);
    if (m_table->isStale())
        add(tr("Stale since %1").arg(common::clockText(*m_readAt)), Icon::Warn, ColorToken::Warn);
    add(tr("Query %1 ms").arg(m_took.count()));
    if (!m_table->isStale())
        add(tr("Refreshed %1").arg(common::clockText(*m_readAt)));
    return items;
}

} // namespace rollcall::users
