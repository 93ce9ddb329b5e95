#pragma once

#include "ui/common/Page.h"
#include "ui/overview/OverviewReader.h"

class QStackedWidget;
class QVBoxLayout;

namespace rollcall::charts {
class TimelineChart;
} // namespace rollcall::charts
namespace rollcall::common {
class Button;
class EmptyState;
class ErrorBanner;
class Label;
class LoadingState;
} // namespace rollcall::common

namespace rollcall::overview {

class FindingsList;
class ProviderBars;
class Tile;

/// How a deployment stands: who is signed in, when sessions end, and what is wrong, the heaviest first. Coming to the
/// front looks once; Refresh looks again. **Thread-safety:** GUI thread only; never blocks.
class OverviewPage final : public common::Page
{
    Q_OBJECT

public:
    /// @p theme and @p connection are borrowed and outlive the page.
    OverviewPage(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent = nullptr);

    /// Puts @p card, which is taken over, below the others at the side.
    void addToSide(QWidget *card);

    [[nodiscard]] QString id() const override { return QStringLiteral("overview"); }
    [[nodiscard]] QString title() const override { return tr("Overview"); }
    [[nodiscard]] common::Icon icon() const override { return common::Icon::Overview; }
    [[nodiscard]] QString help() const override;
    void activate() override;
    void refresh() override;
    void focusMain() override;
    [[nodiscard]] QList<common::StatusItem> statusItems() const override;

Q_SIGNALS:
    /// Somebody wants to plan a prune of what expired.
    void pruneRequested();

private:
    [[nodiscard]] QWidget *makeHead();
    [[nodiscard]] QWidget *makeTiles();
    [[nodiscard]] QWidget *makeBody();
    [[nodiscard]] QWidget *makeExpiryCard();
    [[nodiscard]] QWidget *makeProviderCard();
    void makeActions();
    void onReady(const Overview &overview);
    void onFailed(const base::Error &error);
    void onCancelled();
    void showStats(const findings::Survey &survey);
    void showExpiries(const findings::Survey &survey);
    void ended();
    void read(findings::Depth depth);
    void onSessionsChanged();
    void showSummary();

    const common::Theme &m_theme;
    common::OpenConnection &m_connection;
    OverviewReader m_reader;
    std::optional<Overview> m_shown;
    std::optional<base::Instant> m_readAt;
    bool m_unread = true; ///< the page still has to be read when it is shown
    bool m_stale = false; ///< sessions were revoked or put back since it was read

    common::Label *m_summary;
    common::Button *m_refresh;
    common::Button *m_exact;
    common::Button *m_worst;
    common::ErrorBanner *m_error;
    common::LoadingState *m_loading;
    Tile *m_live;
    Tile *m_users;
    Tile *m_expiring;
    Tile *m_expired;
    Tile *m_orphans;
    common::Button *m_prune;
    FindingsList *m_findings;
    charts::TimelineChart *m_timeline;
    common::Label *m_timelineWords;
    ProviderBars *m_providers;
    common::Label *m_providersWords;
    common::EmptyState *m_noRows;
    QStackedWidget *m_stack;
    QVBoxLayout *m_side;
};

} // namespace rollcall::overview
