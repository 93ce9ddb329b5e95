#include "ui/latency/ChartBoard.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QSignalBlocker>

#include <algorithm>

#include "core/probe/DrawnCells.h"
#include "ui/charts/BlocksChart.h"
#include "ui/charts/ChartCard.h"
#include "ui/charts/ChartPalette.h"
#include "ui/charts/DumbbellChart.h"
#include "ui/charts/HeatmapChart.h"
#include "ui/charts/PercentileChart.h"
#include "ui/charts/PhaseChart.h"
#include "ui/charts/ShareChart.h"
#include "ui/charts/ShiftChart.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/Page.h"
#include "ui/common/SegmentedControl.h"

namespace rollcall::latency {

using charts::lookOf;
using common::FontToken;
using common::Label;
using probe::RunDocument;

namespace {

constexpr int boardHeight = 320;
constexpr int lowestBoard = 232;
constexpr int roomForRouteName = 1040; ///< of both cards
constexpr double shownQuantiles[] = {0.5, 0.95, 0.99};

/// Whether one is the other further on, or judged anew.
bool isSameRun(const RunDocument &one, const RunDocument &other)
{
    const auto begin = [](const RunDocument &run) { return run.meta.value(QStringLiteral("startedAt")); };
    return begin(one) == begin(other) &&
           one.plan.value(QStringLiteral("seed")) == other.plan.value(QStringLiteral("seed"));
}

const RunDocument &emptyDocument()
{
    static const RunDocument nothing;
    return nothing;
}

} // namespace

ChartBoard::ChartBoard(const common::Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_dumbbell(new charts::DumbbellChart(theme)),
      m_blocks(new charts::BlocksChart(theme)),
      m_percentiles(new charts::PercentileChart(theme)),
      m_shift(new charts::ShiftChart(theme)),
      m_heatmap(new charts::HeatmapChart(theme)),
      m_phases(new charts::PhaseChart(theme)),
      m_shares(new charts::ShareChart(theme)),
      m_left(new charts::ChartCard(theme)),
      m_right(new charts::ChartCard(theme)),
      m_quantile(new common::SegmentedControl({tr("p50"), tr("p95"), tr("p99")}, tr("Percentile shown"))),
      m_range(new common::Button(theme, {})),
      m_order(new QComboBox),
      m_pair(new QComboBox),
      m_mode(new QComboBox),
      m_routeName(new Label(theme, {}, FontToken::Section)),
      m_boxedRouteName(new Label(theme, {}, FontToken::Section)),
      m_linear(new QAction(tr("Linear latency axes"), this))
{
    setMinimumHeight(lowestBoard);
    setMaximumHeight(boardHeight);
    m_quantile->setObjectName(QStringLiteral("quantile"));
    m_pair->setObjectName(QStringLiteral("shiftPair"));
    m_pair->setAccessibleName(tr("Modes compared"));
    m_mode->setObjectName(QStringLiteral("timeMode"));
    m_mode->setAccessibleName(tr("Mode shown over time"));
    m_left->setObjectName(QStringLiteral("routesCard"));
    m_right->setObjectName(QStringLiteral("routeCard"));
    m_left->addChart(*m_dumbbell, tr("Routes"));
    m_left->addChart(*m_blocks, tr("Blocks"));
    m_order->setObjectName(QStringLiteral("routeOrder"));
    m_order->setAccessibleName(tr("Order of the routes"));
    m_order->setToolTip(tr("Order of the routes: the widest gap, the slowest p95 or the name first"));
    m_order->addItems({tr("By gap"), tr("By p95"), tr("By name")}); // as DumbbellChart::Order
    m_range->setObjectName(QStringLiteral("timeRange"));
    m_range->setGlyph(common::Icon::Close);
    m_range->setToolTip(tr("The charts show this part of the run only. Press for all of it."));
    m_range->hide();
    m_left->addTool(m_range);
    m_left->addTool(m_order);
    m_left->addTool(m_quantile);
    m_boxedRouteName->hide();
    m_left->addTool(m_boxedRouteName);
    m_right->addChart(*m_percentiles, tr("Percentiles"));
    m_right->addChart(*m_shift, tr("Shift"));
    m_right->addChart(*m_heatmap, tr("Over time"));
    m_right->addChart(*m_phases, tr("Phases"));
    m_right->addChart(*m_shares, tr("Share"));
    m_right->addTool(m_pair);
    m_right->addTool(m_mode);
    m_right->addTool(m_routeName);
    for (Label *name : {m_routeName, m_boxedRouteName})
        name->setMinimumWidth(40);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(common::space::s);
    row->addWidget(m_left, 1);
    row->addWidget(m_right, 1);

    connect(m_quantile, &common::SegmentedControl::changed, this, [this](int index) {
        m_percentiles->setReadOut(shownQuantiles[index]);
        showQuantile();
    });
    connect(m_order, &QComboBox::currentIndexChanged, this, [this](int index) {
        m_dumbbell->setOrder(static_cast<charts::DumbbellChart::Order>(index));
        m_left->refresh();
    });
    connect(m_dumbbell, &charts::DumbbellChart::routeSelected, this, &ChartBoard::showRoute);
    connect(m_left, &charts::ChartCard::currentChanged, this, &ChartBoard::showBlocks);
    connect(m_right, &charts::ChartCard::currentChanged, this, &ChartBoard::showTab);
    connect(m_pair, &QComboBox::currentIndexChanged, this, [this] {
        m_shift->showNothing(tr("Computing…"));
        showShift();
    });
    connect(m_mode, &QComboBox::currentIndexChanged, this, [this](int index) {
        m_heatmap->setMode(index - 1);
        m_right->refresh();
    });
    connect(m_heatmap, &charts::HeatmapChart::modeChanged, this,
            [this](int index) { m_mode->setCurrentIndex(index + 1); });
    connect(m_percentiles, &charts::PercentileChart::bandsChanged, m_right, &charts::ChartCard::refresh);
    connect(m_heatmap, &charts::HeatmapChart::rangeChanged, this, &ChartBoard::onRangeChanged);
    connect(m_range, &common::Button::clicked, m_heatmap, &charts::HeatmapChart::clearRange);
    connect(&m_sliceSource, &SliceSource::ready, this, &ChartBoard::onSlice);
    connect(&m_shiftSource, &ShiftSource::ready, this, [this](const charts::ShiftCurve &curve) {
        m_shift->show(curve);
        m_right->refresh();
    });
    for (charts::ChartCard *card : {m_left, m_right})
        connect(card, &charts::ChartCard::pictureReady, this, &ChartBoard::pictureReady);
    // Of two latencies their ratio is what counts, mostly: who wants their difference asks for it.
    m_linear->setObjectName(QStringLiteral("linearLatency"));
    m_linear->setCheckable(true);
    common::setMenuOf(*m_linear, common::MenuOf::Measure);
    m_linear->setShortcut(Qt::Key_L);
    // A letter is for a chart alone: in the boxes above it looks for an entry.
    m_linear->setShortcutContext(Qt::WidgetShortcut);
    for (QWidget *chart :
         std::initializer_list<QWidget *>{m_dumbbell, m_blocks, m_percentiles, m_shift, m_heatmap, m_phases, m_shares})
        chart->addAction(m_linear);
    connect(m_linear, &QAction::toggled, this, &ChartBoard::setLatencyScale);
    addAction(m_linear);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    showTab();
}

void ChartBoard::show(std::shared_ptr<const RunDocument> document, bool running)
{
    const bool continues = m_document && document && isSameRun(*m_document, *document);
    m_document = std::move(document);
    m_running = running;
    if (!continues) { // another run's time is another
        m_percentiles->setReadOut(shownQuantiles[m_quantile->current()]);
        m_slice.reset();
        m_heatmap->clearRange();
    } else if (m_document->samples.empty()) { // more than a live document holds: nothing to take a part of
        m_heatmap->clearRange();
    } else if (m_heatmap->range()) {
        m_sliceSource.want(m_document, *m_heatmap->range());
    }
    showQuantile();
}

const RunDocument &ChartBoard::shown() const
{
    return m_slice ? *m_slice : m_document ? *m_document : emptyDocument();
}

void ChartBoard::onRangeChanged()
{
    const auto &range = m_heatmap->range();
    m_range->setVisible(range.has_value());
    m_range->setText(m_heatmap->rangeText());
    m_range->setAccessibleName(tr("Time shown: %1. Press for all of it.").arg(m_heatmap->rangeText()));
    if (range && m_document) {
        m_sliceSource.want(m_document, *range);
        m_right->refresh();
        return;
    }
    m_sliceSource.forget();
    m_slice.reset();
    showQuantile();
}

void ChartBoard::onSlice(const std::shared_ptr<const RunDocument> &slice)
{
    m_slice = slice;
    // The course of time has what the run's begin was warmed up with; no other chart does.
    const bool nothing = std::all_of(slice->cells.begin(), slice->cells.end(),
                                     [](const probe::CellResult &cell) { return cell.count == 0; });
    const QString range = m_heatmap->rangeText();
    m_range->setText(nothing ? tr("%1: nothing but warm-up").arg(range) : range);
    showQuantile();
}

void ChartBoard::selectRoute(const QString &route)
{
    m_dumbbell->selectRoute(route);
}

QString ChartBoard::selectedRoute() const
{
    return m_dumbbell->selectedRoute();
}

void ChartBoard::setTab(Tab tab)
{
    m_right->setCurrent(tab);
}

void ChartBoard::focusMain()
{
    m_dumbbell->setFocus(Qt::OtherFocusReason);
}

void ChartBoard::showQuantile()
{
    const double p = shownQuantiles[m_quantile->current()];
    m_dumbbell->show(shown(), p);
    m_left->refresh();
    showRoute();
}

void ChartBoard::showRoute()
{
    for (Label *name : {m_routeName, m_boxedRouteName}) {
        name->setText(selectedRoute());
        name->setToolTip(selectedRoute());
    }
    listPairs();
    listModes();
    showTab();
    showBlocks();
    Q_EMIT routeSelected(selectedRoute());
}

/// But the course of time, whose cells are counted by the logarithm.
void ChartBoard::setLatencyScale(bool linear)
{
    const auto scale = linear ? charts::LatencyScale::Linear : charts::LatencyScale::Log;
    m_dumbbell->setLatencyScale(scale);
    m_blocks->setLatencyScale(scale);
    m_percentiles->setLatencyScale(scale);
    m_shares->setLatencyScale(scale);
    m_boxedDocument.reset();
    showQuantile();
}

/// The boxes look at all samples: only while they are looked at themselves, and once.
void ChartBoard::showBlocks()
{
    const bool blocks = m_left->current() == 1;
    m_order->setHidden(blocks);
    m_quantile->setHidden(blocks);
    m_boxedRouteName->setVisible(blocks);
    const std::shared_ptr<const RunDocument> &document = m_slice ? m_slice : m_document;
    if (blocks && (m_boxedDocument != document || m_boxedRoute != selectedRoute())) {
        m_boxedDocument = document;
        m_boxedRoute = selectedRoute();
        m_blocks->show(shown(), selectedRoute());
    }
    m_left->refresh();
}

/// Where there is room beside the tabs: the card at the left names the route as well.
void ChartBoard::showRouteName()
{
    m_routeName->setVisible(m_pair->isHidden() && m_mode->isHidden() && width() >= roomForRouteName);
}

void ChartBoard::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    showRouteName();
}

void ChartBoard::showTab()
{
    const RunDocument &document = shown();
    const int tab = m_right->current();
    m_pair->setVisible(tab == Shift && m_pairs.size() > 1);
    m_mode->setVisible(tab == OverTime && m_mode->count() > 2);
    showRouteName();
    switch (tab) {
    case Percentiles:
        m_percentiles->show(document, selectedRoute());
        break;
    case Shift:
        showShift();
        break;
    case OverTime:
        showTimes();
        break;
    case Phases:
        m_phases->show(document, selectedRoute());
        break;
    case Share:
        m_shares->show(document, selectedRoute());
        break;
    default:
        break;
    }
    m_right->refresh();
}

void ChartBoard::showTimes()
{
    if (m_timedDocument == m_document && m_timedRoute == selectedRoute())
        return; // another part of it is brushed
    m_timedDocument = m_document;
    m_timedRoute = selectedRoute();
    m_heatmap->show(m_document ? *m_document : emptyDocument(), selectedRoute());
    if (m_heatmap->range() && m_slice)
        m_range->setText(m_heatmap->rangeText()); // counts from the first answer on this route
}

void ChartBoard::listPairs()
{
    const std::vector<ModePair> pairs = m_document ? modePairs(*m_document, selectedRoute()) : std::vector<ModePair>();
    if (pairs == m_pairs)
        return;
    m_pairs = pairs;
    m_shift->showNothing(m_pairs.empty() ? tr("A shift function compares two modes of a route.") : tr("Computing…"));
    const QSignalBlocker blocked(m_pair);
    m_pair->clear();
    for (const auto &[a, b] : m_pairs)
        m_pair->addItem(tr("%1 ÷ %2").arg(lookOf(a).word, lookOf(b).word.toLower()));
}

void ChartBoard::listModes()
{
    QStringList words{tr("All modes")};
    const RunDocument &document = m_document ? *m_document : emptyDocument();
    for (const probe::CellResult &cell : document.cells) {
        if (cell.id.route == selectedRoute() && cell.id.cache != probe::CachePath::Miss && isDrawn(document, cell))
            words << lookOf(cell.id).word;
    }
    QStringList known;
    for (int i = 0; i < m_mode->count(); ++i)
        known << m_mode->itemText(i);
    if (known == words)
        return;
    const QSignalBlocker blocked(m_mode);
    m_mode->clear();
    m_mode->addItems(words);
    m_mode->setCurrentIndex(std::min(m_heatmap->mode() + 1, m_mode->count() - 1));
}

void ChartBoard::showShift()
{
    if (m_pairs.empty() || !m_document)
        return;
    if (m_document->samples.empty()) {
        m_shift->showNothing(tr("This run keeps figures and histograms, no single samples: there were more than one "
                                "document holds, or the run is not over."));
        return;
    }
    m_shiftSource.want(m_slice ? m_slice : m_document,
                       m_pairs[static_cast<std::size_t>(std::max(0, m_pair->currentIndex()))], m_running);
}

} // namespace rollcall::latency
