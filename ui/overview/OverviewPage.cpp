#include "ui/overview/OverviewPage.h"

#include <QAction>
#include <QLocale>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "core/base/ErrorText.h"
#include "ui/charts/TimelineChart.h"
#include "ui/common/Actions.h"
#include "ui/common/Button.h"
#include "ui/common/EmptyState.h"
#include "ui/common/ErrorBanner.h"
#include "ui/common/FigureText.h"
#include "ui/common/Label.h"
#include "ui/common/LoadingState.h"
#include "ui/common/PageHead.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/Surface.h"
#include "ui/overview/FindingsList.h"
#include "ui/overview/OverviewWords.h"
#include "ui/overview/ProviderBars.h"
#include "ui/overview/Tile.h"

namespace rollcall::overview {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;

namespace {

constexpr int sideWidth = 440;

/// A card with a heading, a remark at its right and @p content below.
QFrame *makeCard(const common::Theme &theme, const QString &heading, const QString &remark,
                 std::initializer_list<QWidget *> content)
{
    auto *card = new QFrame;
    common::setSurface(*card, common::Surface::Card);
    auto *column = new QVBoxLayout(card);
    column->setContentsMargins(common::space::l, common::space::m, common::space::l, common::space::m);
    column->setSpacing(common::space::xs);
    auto *head = new QHBoxLayout;
    head->addWidget(new Label(theme, heading, FontToken::Section));
    head->addStretch();
    head->addWidget(new Label(theme, remark, FontToken::Small, ColorToken::Muted));
    column->addLayout(head);
    column->addSpacing(common::space::xs);
    for (QWidget *widget : content)
        column->addWidget(widget);
    return card;
}

} // namespace

OverviewPage::OverviewPage(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent)
    : common::Page(parent),
      m_theme(theme),
      m_connection(connection),
      m_reader(connection),
      m_error(new common::ErrorBanner(theme)),
      m_loading(new common::LoadingState(theme)),
      m_noRows(new common::EmptyState(
          theme, Icon::Key, tr("There are no rows to look at"),
          tr("This deployment keeps its sessions in encrypted cookies (JWT). Who is signed in is known to the browsers "
             "alone; Latency measures what a check costs."))),
      m_stack(new QStackedWidget)
{
    setObjectName(QStringLiteral("overviewPage"));
    common::setSurface(*this, common::Surface::Window);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(makeHead());
    auto *banners = new QVBoxLayout;
    banners->setContentsMargins(common::space::l, 0, common::space::l, 0);
    banners->addWidget(m_error);
    column->addLayout(banners);
    column->addWidget(m_loading);
    auto *content = new QWidget;
    auto *inner = new QVBoxLayout(content);
    inner->setContentsMargins(common::space::l, common::space::xs, common::space::l, common::space::m);
    inner->setSpacing(common::space::s);
    inner->addWidget(makeTiles());
    inner->addWidget(makeBody(), 1);
    m_stack->addWidget(content);
    m_stack->addWidget(m_noRows);
    column->addWidget(m_stack, 1);
    makeActions();

    m_error->setRetry(tr("Try again"));
    connect(m_error, &common::ErrorBanner::retryRequested, this, &OverviewPage::refresh);
    connect(m_loading, &common::LoadingState::cancelRequested, this, &OverviewPage::onCancelled);
    connect(&m_reader, &OverviewReader::ready, this, &OverviewPage::onReady);
    connect(&m_reader, &OverviewReader::failed, this, &OverviewPage::onFailed);
    connect(&connection, &common::OpenConnection::sessionsChanged, this, &OverviewPage::onSessionsChanged);
}

QWidget *OverviewPage::makeHead()
{
    auto *head = new common::PageHead(m_theme, title());
    QHBoxLayout *const row = &head->row();
    m_summary = new Label(m_theme, {}, FontToken::Body, ColorToken::Muted);
    m_summary->setObjectName(QStringLiteral("overviewSummary"));
    row->addWidget(m_summary);
    row->addStretch();
    m_exact = new Button(m_theme, tr("Count exactly"));
    m_exact->setObjectName(QStringLiteral("countExactly"));
    m_exact->setToolTip(tr("Reads the whole table once; it can be cancelled."));
    m_exact->hide();
    connect(m_exact, &Button::clicked, this, [this] { read(findings::Depth::Exact); });
    row->addWidget(m_exact);
    m_refresh = new Button(m_theme, Icon::Refresh, tr("Look again (F5)"));
    connect(m_refresh, &Button::clicked, this, &OverviewPage::refresh);
    row->addWidget(m_refresh);
    m_worst = new Button(m_theme, tr("Open the worst finding"), ButtonKind::Primary);
    m_worst->setObjectName(QStringLiteral("openWorst"));
    m_worst->setEnabled(false);
    connect(m_worst, &Button::clicked, this, [this] { m_findings->openWorst(); });
    row->addWidget(m_worst);
    return head;
}

QWidget *OverviewPage::makeTiles()
{
    m_live = new Tile(m_theme, Icon::Live, ColorToken::Good, tr("Live sessions"));
    m_users = new Tile(m_theme, Icon::Users, ColorToken::Muted, tr("Users in"));
    m_expiring = new Tile(m_theme, Icon::Expiring, ColorToken::Warn, tr("Expiring within 24 h"));
    m_expired = new Tile(m_theme, Icon::Expired, ColorToken::Muted, tr("Expired, not pruned"));
    m_orphans = new Tile(m_theme, Icon::Orphan, ColorToken::Bad, tr("Orphans"));
    m_live->setObjectName(QStringLiteral("tileLive"));
    m_users->setObjectName(QStringLiteral("tileUsers"));
    m_expiring->setObjectName(QStringLiteral("tileExpiring"));
    m_expired->setObjectName(QStringLiteral("tileExpired"));
    m_orphans->setObjectName(QStringLiteral("tileOrphans"));
    m_prune = new Button(m_theme, tr("Prune…"));
    m_prune->setObjectName(QStringLiteral("tilePrune"));
    m_prune->setToolTip(tr("Plans the deletion of sessions that expired long ago"));
    m_prune->hide();
    connect(m_prune, &Button::clicked, this, &OverviewPage::pruneRequested);
    m_expired->addAction(m_prune);
    auto *tiles = new QWidget;
    auto *row = new QHBoxLayout(tiles);
    row->setContentsMargins({});
    row->setSpacing(common::space::s);
    for (Tile *tile : {m_live, m_users, m_expiring, m_expired, m_orphans})
        row->addWidget(tile, 1);
    return tiles;
}

QWidget *OverviewPage::makeBody()
{
    m_findings = new FindingsList(m_theme);
    connect(m_findings, &FindingsList::pruneRequested, this, &OverviewPage::pruneRequested);
    auto *side = new QWidget;
    side->setMaximumWidth(sideWidth);
    m_side = new QVBoxLayout(side);
    m_side->setContentsMargins({});
    m_side->setSpacing(common::space::s);
    m_side->addWidget(makeExpiryCard());
    m_side->addWidget(makeProviderCard());
    m_side->addStretch(1);
    auto *body = new QWidget;
    auto *row = new QHBoxLayout(body);
    row->setContentsMargins({});
    row->setSpacing(common::space::s);
    row->addWidget(m_findings, 9);
    row->addWidget(side, 5);
    return body;
}

QWidget *OverviewPage::makeExpiryCard()
{
    m_timeline = new charts::TimelineChart(m_theme);
    m_timeline->setObjectName(QStringLiteral("timeline"));
    m_timelineWords = new Label(m_theme, {}, FontToken::Small, ColorToken::Muted);
    m_timelineWords->setObjectName(QStringLiteral("timelineWords"));
    m_timelineWords->setWordWrap(true);
    // Two lines, so that nothing jumps when a day is described instead of all.
    m_timelineWords->setMinimumHeight(2 * m_timelineWords->fontMetrics().lineSpacing());
    m_timelineWords->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    connect(m_timeline, &charts::TimelineChart::described, this,
            [this] { m_timelineWords->setText(m_timeline->sentence()); });
    return makeCard(m_theme, tr("When sessions expire"), tr("per day, log scale"), {m_timeline, m_timelineWords});
}

QWidget *OverviewPage::makeProviderCard()
{
    m_providers = new ProviderBars(m_theme);
    m_providers->setObjectName(QStringLiteral("providers"));
    m_providersWords = new Label(m_theme, {}, FontToken::Small, ColorToken::Muted);
    m_providersWords->setWordWrap(true);
    return makeCard(m_theme, tr("Live sessions by provider"), {}, {m_providers, m_providersWords});
}

void OverviewPage::addToSide(QWidget *card)
{
    m_side->insertWidget(m_side->count() - 1, card); // before the stretch
}

void OverviewPage::makeActions()
{
    auto *worst = common::makeAction(m_theme, this, Icon::Warn, tr("Open the &worst finding"));
    connect(worst, &QAction::triggered, this, [this] { m_findings->openWorst(); });
    auto *again = common::makeAction(m_theme, this, Icon::Refresh, tr("&Look again"));
    connect(again, &QAction::triggered, this, &OverviewPage::refresh);
    auto *cancel = new QAction(tr("Cancel looking"), this);
    cancel->setShortcut(Qt::Key_Escape);
    cancel->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(cancel, &QAction::triggered, this, [this] {
        if (m_loading->isRunning())
            onCancelled();
    });
    for (QAction *action : {worst, again, cancel}) {
        addAction(action);
        common::setMenuOf(*action, common::MenuOf::View);
    }
}

QString OverviewPage::help() const
{
    return tr("# Overview\n\nWho is signed in, when sessions end, and what is wrong, the heaviest first.\n\n"
              "**Findings** are what the database itself says of the sessions table: indexes that are missing, rights "
              "of the connected role, tokens that are not unique, rows that expired long ago, dates that cannot be "
              "meant, zones that had to be assumed. What could not be checked is listed too, with the reason.\n\n"
              "Statements are to be copied; Rollcall never runs one. EXPLAIN only plans a look-up, it does not run "
              "it.\n\nCounts of a large table are what the database reckons by its own statistics, and say *about*; "
              "*Count exactly* reads the table once. Where that takes longer than the connection's timeout, the "
              "estimates stay.\n\n`rollcallctl findings` answers the same.");
}

void OverviewPage::activate()
{
    if (m_unread)
        refresh();
}

void OverviewPage::refresh()
{
    read(findings::Depth::Estimates);
}

void OverviewPage::read(findings::Depth depth)
{
    m_unread = false;
    m_loading->start(depth == findings::Depth::Exact ? tr("Counting every session")
                                                     : tr("Looking at the sessions and their tables"));
    m_refresh->setEnabled(false);
    m_exact->setEnabled(false);
    m_reader.read(depth);
}

void OverviewPage::onSessionsChanged()
{
    // Nobody asked to count anew: that may read the whole table.
    m_stale = m_shown.has_value();
    showSummary();
    Q_EMIT statusChanged();
}

void OverviewPage::showSummary()
{
    if (!m_shown || !m_readAt)
        return;
    const QString when = tr("as of %1").arg(common::clockText(*m_readAt));
    const bool estimated = m_shown->survey && (!m_shown->survey->stats || m_shown->survey->stats->estimated);
    m_summary->setTint(m_stale ? ColorToken::Warn : ColorToken::Muted);
    m_summary->setText(m_stale            ? tr("%1; sessions changed since").arg(when)
                       : !m_shown->survey ? when
                       : estimated        ? tr("%1, estimates where they say about").arg(when)
                                          : tr("%1, exact").arg(when));
}

void OverviewPage::focusMain()
{
    if (m_worst->isEnabled())
        m_findings->focusSelected();
    else
        m_refresh->setFocus(Qt::OtherFocusReason);
}

void OverviewPage::ended()
{
    m_loading->stop();
    m_refresh->setEnabled(true);
    m_exact->setEnabled(true);
}

void OverviewPage::onCancelled()
{
    m_reader.cancel();
    m_unread = !m_shown;
    ended();
    if (!m_shown)
        m_summary->setText(tr("not looked at"));
}

void OverviewPage::onFailed(const base::Error &error)
{
    ended();
    m_unread = true;
    if (error.code == base::ErrorCode::Cancelled)
        return;
    m_error->showError(error, tr("The deployment's tables could not be looked at"),
                       m_readAt ? tr("What is below is from %1.").arg(common::clockText(*m_readAt)) : QString());
    Q_EMIT statusChanged();
}

void OverviewPage::onReady(const Overview &overview)
{
    const bool hadFocus = m_refresh->hasFocus() || isAncestorOf(focusWidget());
    ended();
    m_error->clear();
    m_shown = overview;
    m_stale = false;
    m_readAt = m_connection.deployment().clock().now();
    m_stack->setCurrentIndex(overview.survey ? 0 : 1);
    m_findings->display(overview.findings, overview.survey && overview.survey->tables.has_value());
    m_worst->setEnabled(!overview.findings.empty());
    if (overview.survey) {
        showStats(*overview.survey);
        showExpiries(*overview.survey);
    }
    m_exact->setVisible(overview.survey && overview.survey->stats && overview.survey->stats->estimated);
    showSummary();
    if (hadFocus && isVisible())
        focusMain();
    const bool severe = !overview.findings.empty() && overview.findings.front().weight == findings::Weight::High;
    Q_EMIT badgeChanged(overview.findings.empty() ? QString() : QString::number(overview.findings.size()), severe);
    Q_EMIT statusChanged();
}

void OverviewPage::showStats(const findings::Survey &survey)
{
    if (!survey.stats) {
        const QString why = base::describe(survey.stats.error()).message;
        for (Tile *tile : {m_live, m_users, m_expiring, m_expired, m_orphans})
            tile->setFigure({}, why);
        m_providers->display({}, 0);
        m_providersWords->setText(why);
        return;
    }
    const store::SessionStats &stats = *survey.stats;
    const bool allSeen = survey.tables && survey.tables->expiries;
    const qint64 all = allSeen ? survey.tables->expiries->rows() : stats.live + stats.expired + stats.orphan;
    const bool allEstimated = allSeen ? survey.tables->expiries->estimated : stats.estimated;
    m_live->setFigure(common::figureText(stats.live, stats.estimated),
                      tr("of %1 rows").arg(common::figureText(all, allEstimated)));
    m_prune->setVisible(stats.expired > 0);
    m_expired->setFigure(common::figureText(stats.expired, stats.estimated),
                         stats.expired > 0 ? tr("%1 of the table").arg(shareText(stats.expired, all)) : QString());
    m_expiring->setFigure(common::figureText(stats.expiring24h, stats.estimated),
                          tr("of %1 live").arg(common::figureText(stats.live, stats.estimated)));
    if (stats.estimated) {
        const bool asked = survey.depth == findings::Depth::Exact;
        for (Tile *tile : {m_users, m_orphans})
            tile->setFigure({}, asked ? tr("counting took too long") : tr("not counted yet"));
        m_providers->display({}, 0);
        m_providersWords->setText(asked ? tr("Counting took too long.") : tr("Not counted yet."));
        m_providersWords->show();
        return;
    }
    const double each =
        stats.activeUsers > 0 ? static_cast<double>(stats.live) / static_cast<double>(stats.activeUsers) : 0;
    m_users->setFigure(common::figureText(stats.activeUsers, false),
                       stats.activeUsers > 0 ? tr("%1 sessions each").arg(QLocale().toString(each, 'f', 1))
                                             : QString());
    m_orphans->setFigure(common::figureText(stats.orphan, false), stats.orphan > 0 ? tr("user is gone") : QString());
    m_providers->display(stats.byProvider, stats.live);
    m_providersWords->setText(stats.byProvider.empty() ? tr("Nobody is signed in.") : QString());
    m_providersWords->setVisible(!m_providersWords->text().isEmpty());
}

void OverviewPage::showExpiries(const findings::Survey &survey)
{
    if (survey.tables && survey.tables->expiries) {
        m_timeline->display(survey.tables->expiries->days, findings::daysBefore, survey.tables->expiries->estimated);
        return;
    }
    m_timeline->display({}, 0, false);
    m_timelineWords->setText(survey.tables ? base::describe(survey.tables->expiries.error()).message
                                           : tr("Not known for this kind of store."));
}

QList<common::StatusItem> OverviewPage::statusItems() const
{
    if (!m_shown || !m_readAt)
        return {};
    QList<common::StatusItem> items;
    if (m_shown->survey && m_shown->survey->tables) {
        const findings::SurveyedTables &tables = *m_shown->survey->tables;
        if (tables.expiries)
            items << common::StatusItem{
                (tables.expiries->estimated ? tr("%1 rows in %2") : tr("%1 rows in %2, exact"))
                    .arg(common::figureText(tables.expiries->rows(), tables.expiries->estimated), tables.sessions),
                {},
                ColorToken::Muted,
                false};
        else if (tables.size && tables.size->rows)
            items << common::StatusItem{
                tr("%1 rows in %2").arg(common::figureText(*tables.size->rows, true), tables.sessions),
                {},
                ColorToken::Muted,
                false};
    }
    items << common::StatusItem{
        tr("Looked for %1").arg(common::durationText(m_shown->took)), {}, ColorToken::Muted, false};
    items << common::StatusItem{tr("Refreshed %1").arg(common::clockText(*m_readAt)), {}, ColorToken::Muted, true};
    return items;
}

} // namespace rollcall::overview
