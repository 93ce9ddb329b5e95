#include "ui/sessions/SessionsPage.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QLocale>
#include <QScrollBar>
#include <QSet>
#include <QStackedWidget>
#include <QStyle>
#include <QTimeZone>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/common/Actions.h"
#include "ui/common/Button.h"
#include "ui/common/EmptyState.h"
#include "ui/common/ErrorBanner.h"
#include "ui/common/FigureText.h"
#include "ui/common/Label.h"
#include "ui/common/LoadingState.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/Surface.h"
#include "ui/common/TableView.h"
#include "ui/sessions/ActivityMark.h"
#include "ui/sessions/FilterSyntax.h"
#include "ui/sessions/LiveBar.h"
#include "ui/sessions/LiveSessions.h"
#include "ui/sessions/SelectionBar.h"
#include "ui/sessions/SessionDetailView.h"

namespace rollcall::sessions {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds filterDebounce{250};
constexpr std::chrono::seconds relativeTick{30};
constexpr int prefetchRows = 60;

SlidingExpiry slidingOf(const common::OpenConnection &connection)
{
    const session::AuthProfile &auth = *connection.deployment().auth();
    return {auth.lifetime(), auth.updateAge};
}

common::StatusItem status(const QString &text, std::optional<Icon> icon = {}, ColorToken tint = ColorToken::Muted,
                          bool atEnd = false)
{
    return {text, icon, tint, atEnd};
}

QString number(qint64 value)
{
    return QLocale().toString(value);
}

} // namespace

SessionsPage::SessionsPage(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent)
    : common::Page(parent),
      m_theme(theme),
      m_connection(connection),
      m_model(connection.personal(), slidingOf(connection)),
      m_pager(connection),
      m_counter(connection)
{
    setObjectName(QStringLiteral("sessionsPage"));
    common::setSurface(*this, common::Surface::Plain);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    buildTable();
    buildHead();
    buildStates();
    buildActions();

    m_details = new SessionDetailView(theme, connection, slidingOf(connection), this);
    m_details->hide();
    connect(m_details, &SessionDetailView::closeRequested, this, [this] { Q_EMIT detailsWanted(false); });
    connect(m_details, &SessionDetailView::userRequested, this,
            [this](const QString &user) { setFilter(QStringLiteral("state:all user:\"%1\"").arg(user)); });
    connect(m_details, &SessionDetailView::revokeUserRequested, this, &SessionsPage::revokeUser);

    connect(&m_pager, &SessionPager::pageReady, this, &SessionsPage::onPage);
    connect(&m_pager, &SessionPager::failed, this, &SessionsPage::onFailed);
    connect(&m_pager, &SessionPager::cancelled, this, [this] {
        m_loading->stop();
        Q_EMIT statusChanged();
    });
    connect(&m_counter, &MatchCounter::changed, this, &SessionsPage::onCounted);
    connect(&connection, &common::OpenConnection::sessionsChanged, this, &SessionsPage::load);

    m_debounce = new QTimer(this);
    m_debounce->setSingleShot(true);
    m_debounce->setInterval(filterDebounce);
    connect(m_debounce, &QTimer::timeout, this, &SessionsPage::applyFilter);
    m_clock = new QTimer(this);
    m_clock->setInterval(relativeTick);
    connect(m_clock, &QTimer::timeout, this, [this] { m_model.setNow(m_connection.deployment().clock().now()); });
}

SessionsPage::~SessionsPage() = default;

void SessionsPage::buildHead()
{
    auto *head = new QWidget;
    auto *row = new QHBoxLayout(head);
    row->setContentsMargins(common::space::l, common::space::m, common::space::l, common::space::s);
    row->setSpacing(common::space::m);
    row->addWidget(new Label(m_theme, title(), FontToken::Title));
    m_filter = new QLineEdit;
    m_filter->setObjectName(QStringLiteral("sessionFilter"));
    m_filter->setAccessibleName(tr("Filter sessions"));
    m_filter->setPlaceholderText(tr("Name or e-mail, state:expired, provider:github, user:id, expires<24h"));
    m_filter->setClearButtonEnabled(true);
    m_filter->addAction(common::themedIcon(m_theme, Icon::Filter, ColorToken::Muted), QLineEdit::LeadingPosition);
    connect(m_filter, &QLineEdit::textChanged, this, &SessionsPage::onFilterTyped);
    connect(m_filter, &QLineEdit::returnPressed, this, &SessionsPage::applyFilter);
    row->addWidget(m_filter, 1);
    auto *refreshButton = new Button(m_theme, Icon::Refresh, tr("Refresh (F5)"));
    connect(refreshButton, &Button::clicked, this, &SessionsPage::refresh);
    row->addWidget(refreshButton);
    row->addWidget(m_live->button());
    auto *many = new Button(m_theme, tr("Revoke many…"));
    many->setObjectName(QStringLiteral("revokeMany"));
    many->setToolTip(tr("By filter, by a list of users, or all but the newest of each user"));
    connect(many, &Button::clicked, this, &SessionsPage::chooseMany);
    row->addWidget(many);
    layout()->addWidget(head);

    m_chipRow = new QWidget;
    auto *chips = new QHBoxLayout(m_chipRow);
    chips->setContentsMargins(common::space::l, 0, common::space::l, common::space::s);
    m_problem = new Label(m_theme, {}, FontToken::Status, ColorToken::Warn);
    m_matches = new Label(m_theme, {}, FontToken::Status, ColorToken::Muted);
    chips->addWidget(m_problem, 1);
    chips->addWidget(m_matches);
    m_countButton = new Button(m_theme, tr("Count exactly"), ButtonKind::Quiet);
    m_countButton->setObjectName(QStringLiteral("countExactly"));
    connect(m_countButton, &Button::clicked, this,
            [this] { m_counter.isCounting() ? m_counter.cancel() : m_counter.countExactly(); });
    m_countButton->hide();
    chips->addWidget(m_countButton);
    layout()->addWidget(m_chipRow);
    layout()->addWidget(m_live->bar());
}

void SessionsPage::buildTable()
{
    m_table = new common::TableView(m_theme);
    m_table->setObjectName(QStringLiteral("sessionTable"));
    m_table->setAccessibleName(tr("Sessions"));
    m_table->setModel(&m_model);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    QHeaderView *header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setSortIndicatorShown(false); // the model writes it beside the word
    header->setSectionsClickable(true);
    header->setSortIndicator(SessionListModel::Expires, Qt::AscendingOrder);
    connect(header, &QHeaderView::sortIndicatorChanged, this, &SessionsPage::setOrder);
    constexpr int widths[] = {108, 276, 96, 108, 108, 152, 112, 176, 152};
    for (int column = 0; column < SessionListModel::ColumnCount; ++column)
        m_table->setColumnWidth(column, widths[column]);
    header->setSectionResizeMode(SessionListModel::User, QHeaderView::Stretch);
    header->setStretchLastSection(false); // the user alone takes what room is left
    header->setMinimumSectionSize(64);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &SessionsPage::onSelectionChanged);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &SessionsPage::onSelectionChanged);
    connect(m_table->verticalScrollBar(), &QScrollBar::valueChanged, this, &SessionsPage::fetchMoreWhenNearEnd);
    connect(m_table, &common::TableView::activated, this, [this] { Q_EMIT detailsWanted(true); });
    m_table->setItemDelegateForColumn(SessionListModel::LastActive, new ActivityDelegate(m_theme, m_table));

    m_live = std::make_unique<LiveSessions>(m_theme, m_connection, m_model, *m_table);
    connect(m_live.get(), &LiveSessions::rowChanged, this, &SessionsPage::onSelectionChanged);
    connect(m_live.get(), &LiveSessions::staleChanged, this, &SessionsPage::statusChanged);
    connect(m_live.get(), &LiveSessions::showNewRequested, this, &SessionsPage::showNew);
}

void SessionsPage::buildStates()
{
    auto *column = static_cast<QVBoxLayout *>(layout());
    m_error = new common::ErrorBanner(m_theme);
    m_error->setRetry(tr("Try now"));
    connect(m_error, &common::ErrorBanner::retryRequested, this, &SessionsPage::load);
    column->addWidget(m_error);
    m_loading = new common::LoadingState(m_theme);
    connect(m_loading, &common::LoadingState::cancelRequested, &m_pager, &SessionPager::cancel);
    column->addWidget(m_loading);
    m_empty = new common::EmptyState(m_theme, Icon::Sessions, {}, {});
    auto *clearFilter = new Button(m_theme, tr("Clear the filter"));
    connect(clearFilter, &Button::clicked, this, [this] { setFilter({}); });
    m_empty->addAction(clearFilter);
    m_stack = new QStackedWidget;
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    column->addWidget(m_stack, 1);

    m_selectionBar = new SelectionBar(m_theme);
    connect(m_selectionBar, &SelectionBar::copyRequested, this, [this] { m_copyAction->trigger(); });
    connect(m_selectionBar, &SelectionBar::clearRequested, m_table, &common::TableView::clearSelection);
    connect(m_selectionBar, &SelectionBar::revokeRequested, this, &SessionsPage::revokeSelected);
    column->addWidget(m_selectionBar);
}

void SessionsPage::buildActions()
{
    m_revokeAction = new QAction(tr("Revoke the selected sessions…"), this);
    m_revokeAction->setShortcut(QKeySequence::Delete);
    m_revokeAction->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(m_revokeAction, &QAction::triggered, this, &SessionsPage::revokeSelected);
    m_copyAction = new QAction(tr("Copy fingerprints"), this);
    m_copyAction->setShortcut(QKeySequence::Copy);
    m_copyAction->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(m_copyAction, &QAction::triggered, this, [this] {
        QStringList lines;
        for (const int row : selectedRows())
            lines << m_model.at(row).fingerprint.text();
        QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
    });
    auto *details = new QAction(tr("Show details"), this);
    details->setShortcut(Qt::Key_Return);
    details->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(details, &QAction::triggered, this, [this] {
        if (m_filter->hasFocus())
            applyFilter();
        else
            Q_EMIT detailsWanted(true);
    });
    auto *all = new QAction(tr("Select all loaded, then all that match"), this);
    all->setObjectName(QStringLiteral("selectAll"));
    all->setShortcut(QKeySequence::SelectAll);
    all->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(all, &QAction::triggered, this, [this] {
        // Once all that is loaded is selected, more can only be meant by their filter.
        if (std::ssize(selectedRows()) == m_model.rowCount())
            chooseMany();
        else
            m_table->selectAll();
    });
    auto *many = new QAction(tr("Revoke by &filter, list or rule…"), this);
    connect(many, &QAction::triggered, this, &SessionsPage::chooseMany);
    auto *deselect = new QAction(tr("Clear the selection"), this);
    deselect->setShortcut(Qt::Key_Escape);
    deselect->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(deselect, &QAction::triggered, m_table, &common::TableView::clearSelection);
    for (QAction *action : {m_live->action(), m_revokeAction, many, m_copyAction, details, all, deselect}) {
        addAction(action);
        common::setMenuOf(*action, common::MenuOf::Session);
    }
    onSelectionChanged();
}

QString SessionsPage::help() const
{
    return tr(
        "# Sessions\n\nWho is signed in, read from the deployment's database in a transaction that the server holds "
        "to reading.\n\n"
        "**Filter** by part of a name or e-mail, or by `state:live|expired|orphan|all`, `provider:github`, "
        "`user:ID-or-e-mail`, `expires<24h`, `expires>7d`.\n\n"
        "**Select** rows with the arrows, Shift and Space; Ctrl+A selects what is loaded, and pressed again all that "
        "match. **Del** opens the plan of a revocation; nothing is deleted before you have seen and confirmed it.\n\n"
        "**Revoke many** takes a filter, a pasted or CSV list of users, or everybody's but the newest sessions.\n\n"
        "**Last active** is inferred: the library moves a session's expiry at most once every update age.\n\n"
        "**Live** (Ctrl+L) follows changes: rows change where they stand, new sessions are announced above the list. "
        "It "
        "looks through the index on the expiry, or where a trigger of the deployment notifies; nothing is ever "
        "installed.\n\n"
        "An **orphan** is a session whose user no longer exists.");
}

QWidget *SessionsPage::details()
{
    return m_details;
}

void SessionsPage::activate()
{
    m_clock->start();
    if (!m_everLoaded && !m_pager.isBusy())
        load();
}

void SessionsPage::refresh()
{
    load();
}

void SessionsPage::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void SessionsPage::focusMain()
{
    m_table->setFocus(Qt::OtherFocusReason);
}

void SessionsPage::setFilter(const QString &text)
{
    m_filter->setText(text);
    applyFilter();
}

void SessionsPage::applyFilter()
{
    m_debounce->stop();
    const ParsedFilter parsed = parseFilter(m_filter->text(), m_connection.deployment().clock().now());
    m_problem->setText(parsed.problem);
    m_problem->setTint(ColorToken::Warn);
    if (const bool wrong = !parsed.problem.isEmpty(); m_filter->property("wrong").toBool() != wrong) {
        m_filter->setProperty("wrong", wrong);
        m_filter->style()->polish(m_filter); // a style sheet looks at properties only when it polishes
    }
    if (!parsed.problem.isEmpty())
        return;
    store::SessionQuery query = parsed.query;
    query.order = m_query.order;
    query.descending = m_query.descending;
    if (query == m_query && m_everLoaded && parsed.chips == m_chips && !m_pager.isInterrupted())
        return;
    m_query = query;
    m_chips = parsed.chips;
    load();
}

void SessionsPage::load()
{
    m_pager.start(m_query);
    m_loading->start(m_everLoaded ? tr("Reading sessions") : tr("Reading the first page"));
    updateChips();
    Q_EMIT statusChanged();
}

void SessionsPage::onPage(const store::SessionPage &page, bool first, milliseconds took)
{
    const base::Instant now = m_connection.deployment().clock().now();
    m_loading->stop();
    m_error->clear();
    m_table->setStale(false);
    m_everLoaded = true;
    m_took = took;
    m_unindexedOrder = page.unindexedOrder;
    if (!first) {
        m_model.append(page.sessions);
        Q_EMIT statusChanged();
        return;
    }
    m_refreshedAt = now;
    m_model.reset(page.sessions, now);
    m_live->listed(m_query);
    updateColumns();
    if (page.sessions.empty()) {
        m_empty->setContent(Icon::Filter,
                            m_chips.isEmpty() ? tr("Nobody is signed in") : tr("No session matches this filter"),
                            m_chips.isEmpty() ? tr("The sessions table holds no live session now.")
                                              : m_chips.join(QStringLiteral(" · ")));
        m_stack->setCurrentWidget(m_empty);
    } else {
        m_stack->setCurrentWidget(m_table);
        // Without a current index the first arrow key would land on the first cell, wherever the view is.
        m_table->selectionModel()->setCurrentIndex(m_model.index(0, 0), QItemSelectionModel::NoUpdate);
    }
    onSelectionChanged();
    if (m_pager.hasMore())
        m_counter.start(m_query);
    else
        m_counter.know(m_model.rowCount());
    Q_EMIT statusChanged();
}

void SessionsPage::onFailed(const base::Error &error)
{
    m_loading->stop();
    m_table->setStale(m_everLoaded);
    m_error->showError(error, tr("The sessions could not be read"),
                       m_refreshedAt ? tr("The rows below are from %1.").arg(common::clockText(*m_refreshedAt))
                                     : QString());
    if (!m_everLoaded) {
        m_empty->setContent(Icon::Database, tr("No sessions could be read"), tr("The reason stands above."));
        m_stack->setCurrentWidget(m_empty);
    }
    Q_EMIT statusChanged();
}

void SessionsPage::onFilterTyped()
{
    // Nobody waits for the answers to the old filter any more; the database is told so before the new one is complete.
    m_pager.cancel();
    m_counter.cancel();
    m_debounce->start();
}

void SessionsPage::onCounted()
{
    updateChips();
    Q_EMIT statusChanged();
}

void SessionsPage::fetchMoreWhenNearEnd()
{
    const int lastVisible = m_table->rowAt(m_table->viewport()->height() - 1);
    const bool nearEnd = lastVisible < 0 || lastVisible + prefetchRows >= m_model.rowCount();
    if (nearEnd && !m_model.isFull())
        m_pager.fetchNext();
}

void SessionsPage::setOrder(int column, Qt::SortOrder order)
{
    store::SessionOrder by = store::SessionOrder::Expires;
    switch (column) {
    case SessionListModel::User:
        by = store::SessionOrder::User;
        break;
    case SessionListModel::Started:
        by = store::SessionOrder::Created;
        break;
    case SessionListModel::Expires:
    case SessionListModel::ExpiresAt:
        break;
    default:
        // The database cannot order by these; put the mark back where the order is.
        const QSignalBlocker blocker(m_table->horizontalHeader());
        m_table->horizontalHeader()->setSortIndicator(
            m_query.order == store::SessionOrder::User ? SessionListModel::User : SessionListModel::Expires,
            m_query.descending ? Qt::DescendingOrder : Qt::AscendingOrder);
        return;
    }
    m_query.order = by;
    m_query.descending = order == Qt::DescendingOrder;
    m_model.setOrder(static_cast<SessionListModel::Column>(column), m_query.descending);
    load();
}

std::vector<int> SessionsPage::selectedRows() const
{
    std::vector<int> rows;
    for (const QModelIndex &index : m_table->selectionModel()->selectedRows())
        rows.push_back(index.row());
    std::ranges::sort(rows);
    return rows;
}

void SessionsPage::onSelectionChanged()
{
    const std::vector<int> rows = selectedRows();
    const auto selected = static_cast<int>(rows.size());
    const QString reason = selected == 0 ? tr("Select sessions first.") : QString();
    common::setUnavailable(*m_revokeAction, reason);
    common::setUnavailable(*m_copyAction, reason);
    QSet<QString> users;
    for (const int row : rows)
        users << m_model.at(row).userId.value_or(QString());
    m_selectionBar->display(selected, users.size());
    const QModelIndex current = m_table->currentIndex();
    if (!m_details)
        return;
    if (selected == 0 || !current.isValid()) {
        m_details->clear();
        return;
    }
    const auto position = std::ranges::find(rows, current.row());
    m_details->display(m_model.at(current.row()), m_model.stateOf(current.row()),
                       position == rows.end()
                           ? tr("Row %1").arg(number(current.row() + 1))
                           : tr("Row %1 of %2 selected").arg(position - rows.begin() + 1).arg(selected),
                       m_connection.deployment().clock().now());
}

void SessionsPage::revokeSelected()
{
    revoke::Selection selection;
    for (const int row : selectedRows()) {
        const session::ListedSession &session = m_model.at(row);
        selection.sessions << session.id.value_or(session.fingerprint.text());
    }
    if (!selection.sessions.isEmpty())
        Q_EMIT revokeRequested(selection);
}

void SessionsPage::chooseMany()
{
    common::SelectionRequest request;
    if (!m_chips.isEmpty())
        request = {m_query, m_chips.join(QStringLiteral(" · "))};
    Q_EMIT chooseRequested(request);
}

void SessionsPage::revokeUser(const QString &userId)
{
    if (userId.isEmpty())
        return;
    revoke::Selection selection;
    selection.query = store::SessionQuery();
    selection.query->state = store::StateFilter::All;
    selection.query->user = userId;
    Q_EMIT revokeRequested(selection);
}

void SessionsPage::showNew()
{
    // New sessions expire last: listed by that, the latest first, they stand on top.
    QHeaderView *header = m_table->horizontalHeader();
    if (m_query.order == store::SessionOrder::Expires && m_query.descending)
        load();
    else
        header->setSortIndicator(SessionListModel::Expires, Qt::DescendingOrder);
    m_table->scrollToTop();
    m_table->setFocus(Qt::OtherFocusReason);
}

void SessionsPage::updateChips()
{
    if (!m_problem->text().isEmpty() && m_filter->property("wrong").toBool())
        return;
    m_problem->setTint(ColorToken::Muted);
    const QString all = m_query.order != store::SessionOrder::Expires ? tr("Live sessions")
                        : m_query.descending                          ? tr("Live sessions, latest expiry first")
                                                                      : tr("Live sessions, soonest expiry first");
    m_problem->setText(m_chips.isEmpty() ? all : m_chips.join(QStringLiteral(" · ")));
    const auto total = m_counter.total();
    const QString count = !total        ? QString()
                          : *total == 1 ? tr("1 session")
                                        : tr("%1 sessions").arg(common::figureText(*total, !m_counter.isExact()));
    m_matches->setText(m_counter.hasFailed() ? tr("%1 · they could not be counted in time").arg(count) : count);
    m_countButton->setText(m_counter.isCounting() ? tr("Stop counting") : tr("Count exactly"));
    m_countButton->setVisible(m_everLoaded && !m_counter.isExact() && (total || m_counter.isCounting()));
}

void SessionsPage::updateColumns()
{
    // What the deployment's tables do not have is not shown; what does not fit goes in this order, numbers last.
    constexpr int forClient = 1240;
    constexpr int forStarted = 1120;
    constexpr int forIp = 960;
    constexpr int forProvider = 700;
    const int room = width();
    m_table->setColumnHidden(SessionListModel::Client,
                             !m_model.hasValues(SessionListModel::Client) || room < forClient);
    m_table->setColumnHidden(SessionListModel::Started,
                             !m_model.hasValues(SessionListModel::Started) || room < forStarted);
    m_table->setColumnHidden(SessionListModel::Ip, !m_model.hasValues(SessionListModel::Ip) || room < forIp);
    m_table->setColumnHidden(SessionListModel::Provider, room < forProvider);
}

void SessionsPage::resizeEvent(QResizeEvent *event)
{
    common::Page::resizeEvent(event);
    updateColumns();
}

QList<common::StatusItem> SessionsPage::statusItems() const
{
    QList<common::StatusItem> items;
    if (m_pager.isBusy())
        items << status(tr("Query running"), Icon::Busy, ColorToken::Info);
    if (m_everLoaded) {
        const auto total = m_counter.total();
        const QString shown = number(m_model.rowCount());
        items << status(!total                ? tr("%1 rows shown, more there").arg(shown)
                        : m_counter.isExact() ? tr("%1 rows shown of %2, exact").arg(shown, number(*total))
                                              : tr("%1 rows shown of %2").arg(shown, common::figureText(*total, true)));
    }
    if (m_model.isFull())
        items << status(tr("Narrow the filter to see the rest"), Icon::Warn, ColorToken::Warn);
    if (m_table->isStale() && m_refreshedAt)
        items << status(tr("Stale since %1").arg(common::clockText(*m_refreshedAt)), Icon::Warn, ColorToken::Warn);
    if (m_unindexedOrder)
        items << status(tr("Sorted without an index"), Icon::Warn, ColorToken::Warn);
    if (m_everLoaded)
        items << status(tr("Query %1 ms").arg(m_took.count()));
    if (m_refreshedAt && !m_table->isStale())
        items << status(tr("Refreshed %1").arg(common::clockText(*m_refreshedAt)));
    items << status(tr("Times in %1").arg(QString::fromUtf8(QTimeZone::systemTimeZoneId())), {}, ColorToken::Muted,
                    true);
    return items;
}

} // namespace rollcall::sessions
