#pragma once

#include <QWidget>

#include "ui/common/Theme.h"
#include "ui/sessions/SessionInspector.h"
#include "ui/sessions/SessionListModel.h"

class QScrollArea;

namespace rollcall::common {
class Button;
class CodeBlock;
class Label;
} // namespace rollcall::common

namespace rollcall::sessions {

/// The details pane of the Sessions page: the row, the session as the library would return it, the same user's other
/// sessions, and what revoking would do. **Thread-safety:** GUI thread only; never blocks.
class SessionDetailView final : public QWidget
{
    Q_OBJECT

public:
    SessionDetailView(const common::Theme &theme, common::OpenConnection &connection, SlidingExpiry sliding,
                      QWidget *parent = nullptr);

    /// Shows @p session, which stands as @p state, at once and what the inspection finds when it comes. @p position:
    /// "Row 2 of 3 selected".
    void display(const session::ListedSession &session, common::State state, const QString &position,
                 base::Instant now);
    /// Nothing is selected.
    void clear();

Q_SIGNALS:
    void closeRequested();
    /// Show all sessions of this user id in the list.
    void userRequested(const QString &userId);
    /// Plan the revocation of all sessions of this user id.
    void revokeUserRequested(const QString &userId);

private:
    /// Title, facts and what was resolved, with names and e-mails as they show now.
    void fillPersonal();
    void fillFacts(const session::ListedSession &session, common::State state, base::Instant now);
    void showInspection(const SessionInspection &inspection);
    void showFailure(const base::Error &error);
    void setOthers(const SessionInspection &inspection);
    void fillConsequences(const session::ListedSession &session, common::State state);

    const common::Theme &m_theme;
    common::OpenConnection &m_connection;
    SlidingExpiry m_sliding;
    SessionInspector m_inspector;
    std::optional<session::ListedSession> m_session; ///< nullopt: nothing is selected
    common::State m_state = common::State::Unknown;
    QByteArray m_json; ///< what was resolved; empty until then, and where there is no session
    base::Instant m_now{};
    QScrollArea *m_scroll = nullptr;
    QWidget *m_body = nullptr;
    QWidget *m_facts = nullptr;
    QWidget *m_others = nullptr;
    QWidget *m_consequences = nullptr;
    common::Label *m_title = nullptr;
    common::Label *m_position = nullptr;
    common::CodeBlock *m_code = nullptr;
    common::Label *m_resolved = nullptr;
    common::Label *m_empty = nullptr;
    common::Button *m_openUser = nullptr;
    common::Button *m_revokeUser = nullptr;
};

} // namespace rollcall::sessions
