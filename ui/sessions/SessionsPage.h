#pragma once

#include "core/base/ErrorText.h"
#include "core/revoke/RevocationPlan.h"
#include "ui/common/Page.h"
#include "ui/common/SelectionRequest.h"
#include "ui/sessions/MatchCounter.h"
#include "ui/sessions/SessionListModel.h"
#include "ui/sessions/SessionPager.h"

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

namespace rollcall::sessions {

class LiveSessions;
class SelectionBar;
class SessionDetailView;

/// Who is signed in: a filtered, sorted, keyset-paged table of sessions with a details pane, and the selection from
/// which a revocation is planned. **Thread-safety:** GUI thread only; never blocks.
class SessionsPage final : public common::Page
{
    Q_OBJECT

public:
    /// @p theme and @p connection are borrowed and outlive the page.
    SessionsPage(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent = nullptr);
    ~SessionsPage() override;

    [[nodiscard]] QString id() const override { return QStringLiteral("sessions"); }
    [[nodiscard]] QString title() const override { return tr("Sessions"); }
    [[nodiscard]] common::Icon icon() const override { return common::Icon::Sessions; }
    [[nodiscard]] QString help() const override;
    [[nodiscard]] QWidget *details() override;
    void activate() override;
    void refresh() override;
    void focusFilter() override;
    void focusMain() override;
    [[nodiscard]] QList<common::StatusItem> statusItems() const override;

    /// Puts @p text into the filter field and lists by it.
    void setFilter(const QString &text);

Q_SIGNALS:
    /// The user wants to revoke this; MainWindow opens the Plan sheet.
    void revokeRequested(const rollcall::revoke::Selection &selection);
    /// Sessions are to be chosen by a rule instead of by rows.
    void chooseRequested(const rollcall::common::SelectionRequest &request);

private:
    void buildHead();
    void buildTable();
    void buildStates();
    void buildActions();
    void applyFilter();
    void load();
    void onPage(const store::SessionPage &page, bool first, std::chrono::milliseconds took);
    void onFailed(const base::Error &error);
    void onFilterTyped();
    void onCounted();
    void fetchMoreWhenNearEnd();
    void onSelectionChanged();
    void updateChips();
    void updateColumns();
    void setOrder(int column, Qt::SortOrder order);
    void revokeSelected();
    void chooseMany();
    void revokeUser(const QString &userId);
    void showNew();
    [[nodiscard]] std::vector<int> selectedRows() const;
    void resizeEvent(QResizeEvent *event) override;

    const common::Theme &m_theme;
    common::OpenConnection &m_connection;
    SessionListModel m_model;
    SessionPager m_pager;
    MatchCounter m_counter;
    store::SessionQuery m_query;
    QStringList m_chips;
    std::optional<base::Instant> m_refreshedAt;
    std::chrono::milliseconds m_took{0};
    bool m_unindexedOrder = false;
    bool m_everLoaded = false;

    QLineEdit *m_filter = nullptr;
    common::Label *m_problem = nullptr;
    QWidget *m_chipRow = nullptr;
    common::Label *m_matches = nullptr;
    common::Button *m_countButton = nullptr;
    common::TableView *m_table = nullptr;
    QStackedWidget *m_stack = nullptr;
    common::LoadingState *m_loading = nullptr;
    common::EmptyState *m_empty = nullptr;
    common::ErrorBanner *m_error = nullptr;
    SelectionBar *m_selectionBar = nullptr;
    SessionDetailView *m_details = nullptr;
    QTimer *m_debounce = nullptr;
    QTimer *m_clock = nullptr;
    QAction *m_revokeAction = nullptr;
    QAction *m_copyAction = nullptr;
    std::unique_ptr<LiveSessions> m_live; ///< the last: it ends first
};

} // namespace rollcall::sessions
