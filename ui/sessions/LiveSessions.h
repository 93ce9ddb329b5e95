#pragma once

#include <QObject>

#include <unordered_set>

#include "core/store/SessionQuery.h"
#include "ui/sessions/SessionFollower.h"

class QAction;
class QTimer;

namespace rollcall::common {
class Button;
class TableView;
class Theme;
} // namespace rollcall::common

namespace rollcall::sessions {

class LiveBar;
class SessionListModel;

/// The live part of the Sessions page: a switch, the line that says how it stands, and what the follower sees brought
/// into the listing. Rows change where they stand; new ones are announced and not put in between, so that selection and
/// scroll position stay. **Thread-safety:** GUI thread only; never blocks.
class LiveSessions final : public QObject
{
    Q_OBJECT

public:
    /// All are borrowed and outlive the object. @p table shows @p model.
    LiveSessions(const common::Theme &theme, common::OpenConnection &connection, SessionListModel &model,
                 common::TableView &table, QObject *parent = nullptr);

    /// The switch; belongs to the layout it is put into.
    [[nodiscard]] common::Button *button() const { return m_button; }
    [[nodiscard]] LiveBar *bar() const { return m_bar; }
    /// "Live", checkable, Ctrl+L.
    [[nodiscard]] QAction *action() const { return m_action; }

    /// The listing begins anew, by @p query: what was announced is in it, or belongs to another.
    void listed(const store::SessionQuery &query);

Q_SIGNALS:
    /// The user wants to see the sessions that were announced.
    void showNewRequested();
    /// The session in @p row of the model changed.
    void rowChanged(int row);
    /// The rows became stale, since the database does not answer, or are so no more.
    void staleChanged();

private:
    void setLive(bool live);
    void take(const std::vector<store::SessionChange> &changes);
    void tellView();
    void markStale();

    common::OpenConnection &m_connection;
    SessionListModel &m_model;
    common::TableView &m_table;
    SessionFollower m_follower;
    store::SessionQuery m_query;
    std::unordered_set<QString> m_new; ///< by store::followedName()
    bool m_newAreCertain = true;
    bool m_stale = false; ///< the table was marked so by us
    common::Button *m_button;
    LiveBar *m_bar;
    QAction *m_action;
    QTimer *m_viewTimer;
};

} // namespace rollcall::sessions
