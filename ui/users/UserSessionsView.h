#pragma once

#include <QWidget>

#include <stop_token>

#include "core/async/Mailbox.h"
#include "core/store/UserDirectory.h"
#include "ui/common/OpenConnection.h"
#include "ui/common/Theme.h"

class QScrollArea;
class QTimer;

namespace rollcall::common {
class Button;
class Label;
} // namespace rollcall::common

namespace rollcall::users {

/// The details pane of Users: one user with every session of theirs, ended ones too, and the way to end them all.
/// **Thread-safety:** GUI thread only; never blocks.
class UserSessionsView final : public QWidget
{
    Q_OBJECT

public:
    /// Sessions shown at most; the list of sessions has them all.
    static constexpr int mostSessions = 200;

    /// @p theme and @p connection are borrowed and outlive the view.
    UserSessionsView(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent = nullptr);
    ~UserSessionsView() override;

    /// Shows @p user at once and their sessions when they come; those of another user are hidden until then.
    void display(const store::ListedUser &user);
    /// Nobody is selected.
    void clear();

Q_SIGNALS:
    void closeRequested();
    /// Show this user's sessions in the list of sessions.
    void sessionsRequested(const QString &userId);
    /// Plan the revocation of all sessions of this user.
    void revokeRequested(const QString &userId);

private:
    void read();
    /// Title and facts with name and e-mail as they show now.
    void fillPersonal();
    void showSessions(const store::SessionPage &page);
    void showRemark(const QString &text);
    [[nodiscard]] QWidget *makeFoot();

    const common::Theme &m_theme;
    common::OpenConnection &m_connection;
    async::Mailbox m_mailbox;
    std::stop_source m_stop;
    quint64 m_generation = 0;
    store::ListedUser m_user;
    common::Label *m_title;
    common::Label *m_subtitle;
    common::Label *m_remark;
    QScrollArea *m_scroll;
    QTimer *m_debounce; ///< while somebody walks down the list, not each user is read
    common::Button *m_open;
    common::Button *m_revoke;
};

} // namespace rollcall::users
