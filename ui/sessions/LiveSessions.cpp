#include "ui/sessions/LiveSessions.h"

#include <QAction>
#include <QScrollBar>
#include <QTimer>

#include "core/store/SessionMatch.h"
#include "ui/common/Button.h"
#include "ui/common/TableView.h"
#include "ui/sessions/LiveBar.h"
#include "ui/sessions/SessionListModel.h"

namespace rollcall::sessions {

namespace {

constexpr std::chrono::milliseconds viewDelay{300};
constexpr std::size_t mostAnnounced = 10'000;

} // namespace

LiveSessions::LiveSessions(const common::Theme &theme, common::OpenConnection &connection, SessionListModel &model,
                           common::TableView &table, QObject *parent)
    : QObject(parent),
      m_connection(connection),
      m_model(model),
      m_table(table),
      m_follower(connection),
      m_button(new common::Button(theme, tr("Live"))),
      m_bar(new LiveBar(theme, m_follower)),
      m_action(new QAction(tr("Live"), this)),
      m_viewTimer(new QTimer(this))
{
    m_action->setCheckable(true);
    m_action->setShortcut(Qt::CTRL | Qt::Key_L);
    m_action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    m_button->setObjectName(QStringLiteral("liveButton"));
    m_button->setCheckable(true);
    m_button->setGlyph(common::Icon::Play);
    const QString description = tr("Follow changes of the sessions while they are shown (Ctrl+L)");
    m_button->setToolTip(description);
    m_button->setAccessibleDescription(description);
    connect(m_action, &QAction::toggled, this, &LiveSessions::setLive);
    connect(m_button, &common::Button::toggled, m_action, &QAction::setChecked);
    connect(m_action, &QAction::toggled, m_button, &common::Button::setChecked);

    connect(m_bar, &LiveBar::showNewRequested, this, &LiveSessions::showNewRequested);
    connect(&m_follower, &SessionFollower::sessionsChanged, this, &LiveSessions::take);
    connect(&m_follower, &SessionFollower::stateChanged, this, &LiveSessions::markStale);
    connect(&connection, &common::OpenConnection::sessionsChanged, &m_follower, [this] {
        if (m_follower.phase() == SessionFollower::Phase::Following)
            m_follower.retryNow();
    });

    m_viewTimer->setSingleShot(true);
    m_viewTimer->setInterval(viewDelay);
    connect(m_viewTimer, &QTimer::timeout, this, &LiveSessions::tellView);
    const auto later = [this] {
        if (m_action->isChecked())
            m_viewTimer->start();
    };
    connect(table.verticalScrollBar(), &QScrollBar::valueChanged, this, later);
    connect(&model, &QAbstractItemModel::modelReset, this, later);
    connect(&model, &QAbstractItemModel::rowsInserted, this, later);
}

void LiveSessions::setLive(bool live)
{
    m_button->setGlyph(live ? common::Icon::Pause : common::Icon::Play);
    m_new.clear();
    m_bar->setNew(0, true);
    if (live) {
        m_follower.start();
        m_viewTimer->start();
    } else {
        m_follower.stop();
    }
}

void LiveSessions::listed(const store::SessionQuery &query)
{
    m_query = query;
    m_new.clear();
    m_newAreCertain = true;
    m_bar->setNew(0, true);
}

void LiveSessions::take(const std::vector<store::SessionChange> &changes)
{
    const auto listed = m_model.apply(changes);
    m_model.setNow(m_connection.deployment().clock().now());
    for (const store::SessionChange &change : changes) {
        const QString name = store::followedName(change.session);
        const bool isOver = change.kind == store::ChangeKind::Expired || change.kind == store::ChangeKind::Revoked;
        if (isOver) {
            m_new.erase(name); // come and gone before anybody looked
        } else if (change.kind == store::ChangeKind::SignedIn && !listed.contains(name) &&
                   m_new.size() < mostAnnounced && store::matches(m_query, change.session)) {
            m_new.insert(name);
            m_newAreCertain = m_newAreCertain && change.certain;
        }
    }
    m_bar->setNew(static_cast<int>(m_new.size()), m_newAreCertain);
    const int current = m_table.currentIndex().row();
    if (current >= 0 && listed.contains(store::followedName(m_model.at(current))))
        Q_EMIT rowChanged(current);
}

void LiveSessions::markStale()
{
    const bool stale = m_follower.phase() == SessionFollower::Phase::Lost;
    if (stale == m_stale)
        return;
    m_stale = stale;
    m_table.setStale(stale);
    Q_EMIT staleChanged();
}

void LiveSessions::tellView()
{
    const int first = m_table.rowAt(0);
    if (first < 0)
        return;
    const int below = m_table.rowAt(m_table.viewport()->height() - 1);
    const int last = below < 0 ? m_model.rowCount() - 1 : below;
    std::vector<session::ListedSession> sessions;
    for (int row = first; row <= last && sessions.size() < store::SessionWatcher::mostInView; ++row)
        sessions.push_back(m_model.at(row));
    m_follower.setInView(std::move(sessions));
}

} // namespace rollcall::sessions
