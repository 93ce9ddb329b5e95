#include "ui/charts/LatencyChartView.h"

#include <QGraphicsLayout>
#include <QtCharts/QChart>
#include <QtCharts/QLogValueAxis>
#include <QtCharts/QValueAxis>

#include <algorithm>
#include <cmath>

namespace rollcall::charts {

LatencyChartView::LatencyChartView(const common::Theme &theme, Qt::Orientation latencyAt, QWidget *parent)
    : QChartView(parent),
      m_theme(theme),
      m_orientation(latencyAt),
      m_logAxis(new QLogValueAxis(this)),
      m_evenAxis(new QValueAxis(this)),
      m_latencyAxis(m_logAxis),
      m_linearAxis(new QValueAxis(this))
{
    QChart *canvas = chart();
    canvas->legend()->hide();
    canvas->setBackgroundVisible(false);
    canvas->setBackgroundRoundness(0);
    canvas->setMargins({});
    canvas->setAnimationOptions(QChart::NoAnimation);
    canvas->layout()->setContentsMargins(0, 0, 0, 0);
    m_logAxis->setBase(10);
    for (QAbstractAxis *axis : std::initializer_list<QAbstractAxis *>{m_logAxis, m_evenAxis, m_linearAxis})
        axis->setVisible(false);
    const bool horizontal = latencyAt == Qt::Horizontal;
    canvas->addAxis(m_logAxis, horizontal ? Qt::AlignBottom : Qt::AlignLeft);
    canvas->addAxis(m_evenAxis, horizontal ? Qt::AlignBottom : Qt::AlignLeft);
    canvas->addAxis(m_linearAxis, horizontal ? Qt::AlignLeft : Qt::AlignBottom);
    setRenderHint(QPainter::Antialiasing);
    setFrameShape(QFrame::NoFrame);
    setViewportUpdateMode(QGraphicsView::FullViewportUpdate); // the painted ground spans the whole view
    setFocusPolicy(Qt::StrongFocus);
    setLatencyAxis(m_latency);
    connect(&theme, &common::Theme::changed, this, [this] {
        restyle();
        viewport()->update();
    });
}

void LatencyChartView::setPlotMargins(const QMargins &margins)
{
    m_margins = margins;
    placePlot();
}

void LatencyChartView::setLatencyAxis(const LatencyAxis &axis)
{
    m_latency = axis;
    QAbstractAxis *wanted = axis.scale == LatencyScale::Linear ? static_cast<QAbstractAxis *>(m_evenAxis) : m_logAxis;
    wanted->setRange(axis.lo, axis.hi);
    if (wanted == m_latencyAxis)
        return;
    for (QAbstractSeries *series : chart()->series()) {
        series->detachAxis(m_latencyAxis);
        series->attachAxis(wanted);
    }
    m_latencyAxis = wanted;
}

void LatencyChartView::setLinearRange(double from, double to)
{
    m_linearAxis->setRange(from, to);
}

void LatencyChartView::addSeries(QAbstractSeries *series)
{
    chart()->addSeries(series);
    series->attachAxis(m_latencyAxis);
    series->attachAxis(m_linearAxis);
}

void LatencyChartView::removeAllSeries()
{
    chart()->removeAllSeries();
}

QRectF LatencyChartView::plot() const
{
    return QRectF(viewport()->rect()).marginsRemoved(m_margins.toMarginsF());
}

void LatencyChartView::placePlot()
{
    const QRectF area = plot();
    if (area.width() > 1 && area.height() > 1)
        chart()->setPlotArea(area);
}

void LatencyChartView::resizeEvent(QResizeEvent *event)
{
    QChartView::resizeEvent(event);
    placePlot();
}

qreal LatencyChartView::latencyPosition(double ns) const
{
    const double share = m_latency.shareOf(ns);
    const QRectF area = plot();
    return m_orientation == Qt::Horizontal ? area.left() + share * area.width() : area.bottom() - share * area.height();
}

qreal LatencyChartView::linearPosition(double value) const
{
    const double share = (value - m_linearAxis->min()) / (m_linearAxis->max() - m_linearAxis->min());
    const QRectF area = plot();
    return m_orientation == Qt::Horizontal ? area.bottom() - share * area.height() : area.left() + share * area.width();
}

} // namespace rollcall::charts
