#pragma once

#include "core/revoke/RevocationPlan.h"
#include "ui/common/Page.h"
#include "ui/common/SelectionRequest.h"
#include "ui/users/UserListModel.h"
#include "ui/users/UserPager.h"

class QLineEdit;
class QStackedWidget;
class QTimer;

namespace rollcall::common {
class Button;
class EmptyState;
class ErrorBanner;
class Label;
class LoadingState;
class TableView;
} // namespace rollcall::common

namespace rollcall::users {

class UserSessionsView;

/// Users with live sessions, who has most first, or by their newest or oldest; one user's every session in the details
/// pane, and the way to end them all. **Thread-safety:** GUI thread only; never blocks.
class UsersPage final : public common::Page
{
    Q_OBJECT

public:
    /// @p theme and @p connection are borrowed and outlive the page.
    UsersPage(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent = nullptr);

    [[nodiscard]] QString id() const override { return QStringLiteral("users"); }
    [[nodiscard]] QString title() const override { return tr("Users"); }
    [[nodiscard]] common::Icon icon() const override { return common::Icon::Users; }
    [[nodiscard]] QString help() const override;
    [[nodiscard]] QWidget *details() override;
    void activate() override;
    void refresh() override;
    void focusFilter() override;
    void focusMain() override;
    [[nodiscard]] QList<common::StatusItem> statusItems() const override;

Q_SIGNALS:
    /// Every session of a user is to be revoked, through the Plan.
    void revokeRequested(const rollcall::revoke::Selection &selection);
    /// Sessions are to be chosen by a rule, of more than one user.
    void chooseRequested(const rollcall::common::SelectionRequest &request);
    /// Show this user's sessions in the list of sessions.
    void sessionsRequested(const QString &userId);

private:
    void buildHead();
    void buildTable();
    void buildStates();
    void buildActions();
    void load();
    void applySearch();
    void setOrder(int column);
    void onPage(const store::UserPage &page, bool first, std::chrono::milliseconds took);
    void onFailed(const base::Error &error);
    void onCurrentChanged();
    /// Says on hovering whose sessions the button is about.
    void nameRevoke();
    void fetchMoreWhenNearEnd();
    void revokeUser(const QString &userId);
    void chooseMany();
    [[nodiscard]] const store::ListedUser *current() const;
    void resizeEvent(QResizeEvent *event) override;

    const common::Theme &m_theme;
    common::OpenConnection &m_connection;
    UserListModel m_model;
    UserPager m_pager;
    store::UserQuery m_query;
    std::optional<base::Instant> m_readAt;
    std::chrono::milliseconds m_took{0};
    bool m_stale = false; ///< sessions changed since the page was read

    QLineEdit *m_search = nullptr;
    common::Button *m_revoke = nullptr;
    common::TableView *m_table = nullptr;
    QStackedWidget *m_stack = nullptr;
    common::LoadingState *m_loading = nullptr;
    common::EmptyState *m_empty = nullptr;
    common::ErrorBanner *m_error = nullptr;
    UserSessionsView *m_details = nullptr;
    QTimer *m_debounce = nullptr;
    QAction *m_revokeAction = nullptr;
};

} // namespace rollcall::users
