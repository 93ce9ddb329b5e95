#include "ui/cache/CachePage.h"

#include <QAction>
#include <QHeaderView>
#include <QLocale>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

#include "core/base/ErrorText.h"
#include "ui/common/Actions.h"
#include "ui/common/Button.h"
#include "ui/common/EmptyState.h"
#include "ui/common/ErrorBanner.h"
#include "ui/common/Label.h"
#include "ui/common/LoadingState.h"
#include "ui/common/Note.h"
#include "ui/common/PageHead.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/Surface.h"
#include "ui/common/TableView.h"

namespace rollcall::cache {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;

CachePage::CachePage(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent)
    : common::Page(parent),
      m_theme(theme),
      m_connection(connection),
      m_reader(connection),
      m_model(connection.personal())
{
    setObjectName(QStringLiteral("cachePage"));
    common::setSurface(*this, common::Surface::Plain);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(makeHead());
    auto *words = new Label(theme, configured(), FontToken::Status, ColorToken::Muted);
    words->setObjectName(QStringLiteral("cacheConfigured"));
    words->setWordWrap(true);
    words->setContentsMargins(common::space::l, 0, common::space::l, common::space::s);
    column->addWidget(words);
    m_error = new common::ErrorBanner(theme);
    m_error->setRetry(tr("Try again"));
    connect(m_error, &common::ErrorBanner::retryRequested, this, &CachePage::refresh);
    common::addInset(*column, m_error);
    m_loading = new common::LoadingState(theme);
    connect(m_loading, &common::LoadingState::cancelRequested, &m_reader, &CacheReader::cancel);
    column->addWidget(m_loading);
    column->addWidget(makeStates(), 1);
    makeActions();
    connect(&m_reader, &CacheReader::ready, this, &CachePage::onReady);
    connect(&m_reader, &CacheReader::failed, this, &CachePage::onFailed);
    connect(&m_reader, &CacheReader::cancelled, this, [this] {
        m_loading->stop();
        m_look->setEnabled(true);
    });
    connect(&connection, &common::OpenConnection::sessionsChanged, this, [this] {
        m_changed = m_looked;
        m_table->setStale(m_changed);
        Q_EMIT statusChanged();
    });
    onSelectionChanged();
}

bool CachePage::hasCache() const
{
    const deployment::ConnectionConfig &config = m_connection.deployment().config();
    return config.cache || config.cacheError;
}

QString CachePage::configured() const
{
    const deployment::ConnectionConfig &config = m_connection.deployment().config();
    if (config.cacheError)
        return tr("The cache that the connection names cannot be used: %1").arg(base::oneLine(*config.cacheError));
    if (!config.cache)
        return tr("This application's memory alone");
    const QStringList keys = config.profile.cacheKeys;
    return keys.isEmpty() ? tr("%1 · Rollcall's own entries; the connection names no keys of the deployment")
                                .arg(config.cache->withoutPassword())
                          : tr("%1 · Rollcall's own entries, and keys of the deployment: %2")
                                .arg(config.cache->withoutPassword(), keys.join(QStringLiteral(", ")));
}

QWidget *CachePage::makeHead()
{
    auto *head = new common::PageHead(m_theme, title());
    QHBoxLayout *const row = &head->row();
    row->addStretch();
    m_look = new Button(m_theme, tr("Look again"));
    m_look->setObjectName(QStringLiteral("cacheLook"));
    m_look->setGlyph(Icon::Refresh);
    m_look->setToolTip(tr("Looks through the keys by SCAN, at a bounded rate (F5)"));
    m_look->hide();
    connect(m_look, &Button::clicked, this, &CachePage::refresh);
    row->addWidget(m_look);
    m_purge = new Button(m_theme, tr("Purge…"), ButtonKind::DangerOutline);
    m_purge->setObjectName(QStringLiteral("cachePurge"));
    m_purge->setGlyph(Icon::Prune);
    connect(m_purge, &Button::clicked, this, &CachePage::purgeSelected);
    row->addWidget(m_purge);
    m_purge->setVisible(hasCache());
    return head;
}

QWidget *CachePage::makeStates()
{
    auto *found = new QWidget;
    auto *column = new QVBoxLayout(found);
    column->setContentsMargins({});
    column->setSpacing(common::space::s);
    m_drift = new common::Note(m_theme, common::NoteKind::Good, {}, {});
    m_drift->setObjectName(QStringLiteral("cacheDrift"));
    m_purgeDrifted = new Button(m_theme, tr("Purge…"));
    m_purgeDrifted->setObjectName(QStringLiteral("cachePurgeDrifted"));
    connect(m_purgeDrifted, &Button::clicked, this, &CachePage::purgeDrifted);
    m_drift->addAction(m_purgeDrifted);
    common::addInset(*column, m_drift);
    m_table = new common::TableView(m_theme);
    m_table->setObjectName(QStringLiteral("cacheTable"));
    m_table->setAccessibleName(tr("Cached sessions"));
    m_table->setModel(&m_model);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    QHeaderView *header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    constexpr int widths[] = {168, 140, 104, 200, 108, 84, 168};
    for (int i = 0; i < CacheListModel::ColumnCount; ++i)
        m_table->setColumnWidth(i, widths[i]);
    header->setSectionResizeMode(CacheListModel::User, QHeaderView::Stretch);
    header->setStretchLastSection(false);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &CachePage::onSelectionChanged);
    column->addWidget(m_table, 1);
    m_empty = new common::EmptyState(m_theme, Icon::Cache, {}, {});
    m_lookFirst = new Button(m_theme, tr("Look through the cache"), ButtonKind::Primary);
    m_lookFirst->setObjectName(QStringLiteral("cacheLookFirst"));
    connect(m_lookFirst, &Button::clicked, this, &CachePage::refresh);
    m_empty->addAction(m_lookFirst);
    if (hasCache()) {
        m_empty->setContent(
            Icon::Cache, tr("Not looked at yet"),
            tr("SCAN walks through all keys of the cache's database, at most %1 a second. It only "
               "reads, and can be cancelled.")
                .arg(QLocale().toString(m_connection.deployment().config().storeOptions.scanPace.keysPerSecond)));
    } else {
        m_empty->setContent(Icon::Cache, tr("No shared cache is configured"),
                            tr("Sessions that this application resolves are remembered in its own memory, and dropped "
                               "when they are revoked. A Redis or Upstash cache of the deployment is named in the "
                               "connection."));
        m_lookFirst->hide();
    }
    m_stack = new QStackedWidget;
    m_stack->addWidget(m_empty);
    m_stack->addWidget(found);
    return m_stack;
}

void CachePage::makeActions()
{
    m_purgeAction =
        common::makeAction(m_theme, this, Icon::Prune, tr("&Purge the selected copies…"), QKeySequence(Qt::Key_Delete));
    m_purgeAction->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(m_purgeAction, &QAction::triggered, this, &CachePage::purgeSelected);
    auto *look = common::makeAction(m_theme, this, Icon::Refresh, tr("&Look through the cache"));
    connect(look, &QAction::triggered, this, &CachePage::refresh);
    common::setUnavailable(*look, hasCache() ? QString() : tr("no shared cache is configured"));
    for (QAction *action : {m_purgeAction, look}) {
        addAction(action);
        common::setMenuOf(*action, common::MenuOf::Session);
    }
}

QString CachePage::help() const
{
    return tr("# Cache\n\nWhat the shared cache (Redis or Upstash) holds of sessions: Rollcall's own entries, and the "
              "copies that the deployment keeps under the keys that the connection names.\n\n"
              "**Drift** is a copy whose row is gone, has ended or says something else: a deployment that believes its "
              "cache goes on accepting it until its time to live is over.\n\n"
              "**Purge** removes copies through a plan; rows stay as they are, and a live session is cached again when "
              "it is next asked for.\n\n"
              "Keys are found by SCAN at a bounded rate, over a channel that knows no writing command. Keys may hold "
              "tokens, so fingerprints stand here. `rollcallctl cache list` and `cache drift` answer the same.");
}

void CachePage::refresh()
{
    if (!hasCache())
        return;
    m_look->setEnabled(false);
    m_loading->start(tr("Looking through the cache's keys"));
    m_reader.look();
}

void CachePage::focusMain()
{
    if (m_looked)
        m_table->setFocus(Qt::OtherFocusReason);
    else
        m_lookFirst->setFocus(Qt::OtherFocusReason);
}

void CachePage::onReady(const CacheLook &look)
{
    m_loading->stop();
    m_error->clear();
    m_look->setEnabled(true);
    m_look->show();
    m_looked = true;
    m_changed = false;
    m_table->setStale(false);
    m_model.reset(look);
    if (m_model.rowCount() == 0) {
        m_empty->setContent(Icon::Cache, tr("No cached session was found"),
                            look.list->complete ? tr("No key of the cache holds a copy of a session.")
                                                : tr("The time was over before all keys were looked through."));
        m_lookFirst->hide();
        m_stack->setCurrentWidget(m_empty);
    } else {
        m_stack->setCurrentIndex(1);
        m_table->selectionModel()->setCurrentIndex(m_model.index(0, 0), QItemSelectionModel::NoUpdate);
    }
    showDrift();
    onSelectionChanged();
    const auto drifted = m_model.drifted().size();
    Q_EMIT badgeChanged(drifted == 0 ? QString() : QLocale().toString(qint64(drifted)), drifted > 0);
    Q_EMIT statusChanged();
}

void CachePage::showDrift()
{
    const auto drifted = static_cast<qint64>(m_model.drifted().size());
    const bool complete = m_model.look().list->complete;
    const QString partly = tr("Not all keys were looked through: there may be more.");
    m_purgeDrifted->setVisible(drifted > 0);
    m_purgeDrifted->setText(tr("Purge %1…").arg(QLocale().toString(drifted)));
    if (const auto &error = m_model.look().driftError) {
        m_drift->setContent(common::NoteKind::Warn, tr("The copies could not be compared with the rows"),
                            base::oneLine(*error));
    } else if (!m_connection.deployment().hasRows()) {
        m_drift->setContent(common::NoteKind::Info, tr("There are no rows to compare with"),
                            tr("This deployment keeps its sessions in encrypted cookies."));
    } else if (drifted > 0) {
        m_drift->setContent(common::NoteKind::Warn,
                            drifted == 1
                                ? tr("1 copy does not say what its row says")
                                : tr("%1 copies do not say what their rows say").arg(QLocale().toString(drifted)),
                            tr("A deployment that believes its cache goes on accepting them until their time to live "
                               "is over.") +
                                (complete ? QString() : QLatin1Char(' ') + partly));
    } else if (!complete) {
        m_drift->setContent(common::NoteKind::Info, tr("Every copy that was found says what its row says"), partly);
    } else {
        m_drift->setContent(common::NoteKind::Good, tr("Every copy says what its row says"), {});
    }
}

void CachePage::onFailed(const base::Error &error)
{
    m_loading->stop();
    m_look->setEnabled(true);
    m_table->setStale(m_looked);
    m_error->showError(error, tr("The cache could not be looked through"),
                       m_looked ? tr("What is below is from %1.").arg(common::clockText(m_model.look().at))
                                : QString());
    Q_EMIT statusChanged();
}

void CachePage::onSelectionChanged()
{
    const auto selected = m_table->selectionModel()->selectedRows().size();
    const QString reason = selected == 0 ? tr("Select copies first.") : QString();
    common::setUnavailable(*m_purgeAction, reason);
    m_purge->setEnabled(selected > 0);
    m_purge->setText(selected == 0 ? tr("Purge…") : tr("Purge %1…").arg(QLocale().toString(qint64(selected))));
    m_purge->setToolTip(reason);
}

void CachePage::purgeSelected()
{
    common::PurgeRequest request{m_model.look().list, {}, tr("selected copies"), false};
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    for (const QModelIndex &row : rows)
        request.chosen.push_back(m_model.placeOf(row.row()));
    std::ranges::sort(request.chosen);
    // All of them (Ctrl+A) is a mere look as well; one alone is still named.
    request.wholesale = rows.size() > 1 && rows.size() == m_model.rowCount();
    if (!request.chosen.empty())
        Q_EMIT purgeRequested(request);
}

void CachePage::purgeDrifted()
{
    common::PurgeRequest request{m_model.look().list, m_model.drifted(), tr("copies that drifted"), true};
    if (!request.chosen.empty())
        Q_EMIT purgeRequested(request);
}

QList<common::StatusItem> CachePage::statusItems() const
{
    QList<common::StatusItem> items;
    const auto add = [&items](const QString &text, std::optional<Icon> icon = {}, ColorToken tint = ColorToken::Muted) {
        items << common::StatusItem{text, icon, tint, false};
    };
    if (!m_looked)
        return items;
    const CacheLook &look = m_model.look();
    const QString copies = QLocale().toString(m_model.rowCount());
    add(look.list->complete ? tr("%1 copies, exact").arg(copies) : tr("%1 copies, more may be there").arg(copies));
    if (!look.list->complete)
        add(tr("Not all keys were looked through"), Icon::Warn, ColorToken::Warn);
    if (m_changed)
        add(tr("Changed since %1").arg(common::clockText(look.at)), Icon::Warn, ColorToken::Warn);
    add(tr("Looked for %1").arg(common::durationText(look.took)));
    add(tr("As of %1").arg(common::clockText(look.at)));
    return items;
}

} // namespace rollcall::cache
