#include "ui/charts/ChartCard.h"

#include <QAction>
#include <QHBoxLayout>
#include <QMenu>
#include <QStackedWidget>
#include <QTabBar>

#include "ui/charts/ChartLegend.h"
#include "ui/charts/ChartPicture.h"
#include "ui/charts/ChartTableView.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/Surface.h"

namespace rollcall::charts {

using common::Button;
using common::FontToken;
using common::Icon;

ChartCard::ChartCard(const common::Theme &theme, QWidget *parent)
    : QFrame(parent),
      m_theme(theme),
      m_head(new QHBoxLayout),
      m_tools(new QHBoxLayout),
      m_title(new common::Label(theme, {}, FontToken::Section)),
      m_tabs(new QTabBar),
      m_picture(new QWidget),
      m_legend(new ChartLegend(theme)),
      m_charts(new QStackedWidget),
      m_table(new ChartTableView(theme)),
      m_tableButton(new Button(theme, Icon::Columns, tr("Show as a table"))),
      m_saveButton(new Button(theme, Icon::Export, tr("Save this chart")))
{
    common::setSurface(*this, common::Surface::Card);
    m_tabs->setProperty("dense", true);
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setUsesScrollButtons(false);
    m_tabs->setElideMode(Qt::ElideRight);
    m_tabs->setAccessibleName(tr("Charts"));
    m_tabs->hide();
    m_title->setMinimumWidth(0);
    m_tableButton->setKind(common::ButtonKind::Quiet);
    m_tableButton->setCheckable(true);
    m_tableButton->setObjectName(QStringLiteral("chartTable"));
    m_saveButton->setKind(common::ButtonKind::Quiet);
    m_saveButton->setObjectName(QStringLiteral("chartSave"));

    auto *menu = new QMenu(m_saveButton);
    connect(menu->addAction(tr("Picture (PNG)…")), &QAction::triggered, this, [this] { savePicture(false); });
    connect(menu->addAction(tr("Drawing (SVG)…")), &QAction::triggered, this, [this] { savePicture(true); });
    connect(m_saveButton, &Button::clicked, this,
            [this, menu] { menu->popup(m_saveButton->mapToGlobal(QPoint(0, m_saveButton->height()))); });
    connect(m_tableButton, &Button::toggled, this, &ChartCard::setTableShown);
    connect(m_tabs, &QTabBar::currentChanged, this, &ChartCard::setCurrent);
    auto *toggle = new QAction(tr("Chart as a table, and back"), this);
    toggle->setShortcut(Qt::Key_T);
    toggle->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(toggle, &QAction::triggered, m_tableButton, &Button::toggle);
    addAction(toggle);

    m_head->setContentsMargins(common::space::m, common::space::xs, common::space::s, common::space::xs);
    m_head->setSpacing(common::space::xs);
    m_head->addStrut(common::measure::control); // cards beside each other have heads of one height
    m_head->addWidget(m_title);
    m_head->addWidget(m_tabs);
    m_head->addStretch(1);
    m_tools->setSpacing(common::space::xs);
    m_head->addLayout(m_tools);
    m_head->addWidget(m_tableButton);
    m_head->addWidget(m_saveButton);
    auto *picture = new QVBoxLayout(m_picture);
    picture->setContentsMargins({});
    picture->setSpacing(0);
    picture->addWidget(m_legend);
    picture->addWidget(m_charts, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    column->addLayout(m_head);
    column->addWidget(m_picture, 1);
    column->addWidget(m_table, 1);
    m_table->hide();
}

void ChartCard::addChart(Chart &chart, const QString &word)
{
    m_entries.push_back({&chart, word});
    m_charts->addWidget(&chart.widget());
    m_tabs->setTabToolTip(m_tabs->addTab(word), word); // where there is no room for all of it
    m_tabs->setVisible(m_entries.size() > 1);
    m_title->setVisible(m_entries.size() == 1);
    m_title->setText(word);
}

void ChartCard::addTool(QWidget *widget)
{
    m_tools->addWidget(widget);
}

Chart &ChartCard::chart() const
{
    return *m_entries[static_cast<std::size_t>(m_charts->currentIndex())].chart;
}

int ChartCard::current() const
{
    return m_charts->currentIndex();
}

void ChartCard::setCurrent(int index)
{
    if (index < 0 || index >= m_charts->count())
        return;
    m_tabs->setCurrentIndex(index);
    m_tabs->updateGeometry(); // the word of the current tab is wider, and Qt shortens others before it asks for room
    m_charts->setCurrentIndex(index);
    refresh();
    Q_EMIT currentChanged(index);
}

void ChartCard::refresh()
{
    if (m_entries.empty())
        return;
    const Chart &shown = chart();
    m_legend->setModes(shown.modes(), shown.remark());
    m_legend->setVisible(!shown.modes().empty() || !shown.remark().isEmpty());
    if (!showsTable())
        return;
    m_table->setAccessibleName(tr("Figures of the chart %1").arg(m_entries[static_cast<std::size_t>(current())].word));
    m_table->setTable(shown.table());
}

bool ChartCard::showsTable() const
{
    return m_table->isVisibleTo(this);
}

void ChartCard::setTableShown(bool shown)
{
    m_tableButton->setChecked(shown);
    m_table->setVisible(shown);
    m_picture->setVisible(!shown);
    refresh();
}

void ChartCard::savePicture(bool vector)
{
    // The picture stands in the card's stack even while the table covers it, but it may never have had its size.
    const bool covered = showsTable();
    setTableShown(false);
    layout()->activate();
    const QString word = m_entries[static_cast<std::size_t>(current())].word;
    const QColor ground = m_theme.color(common::ColorToken::Raised);
    const QByteArray content = vector ? asSvg(*m_picture, ground, word) : asPng(*m_picture, ground);
    setTableShown(covered);
    const QString name = QStringLiteral("latency-chart.") + (vector ? QStringLiteral("svg") : QStringLiteral("png"));
    Q_EMIT pictureReady(content, name);
}

} // namespace rollcall::charts
