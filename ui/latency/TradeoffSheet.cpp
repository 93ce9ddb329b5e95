#include "ui/latency/TradeoffSheet.h"

#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLocale>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>

#include <algorithm>

#include "core/base/ErrorText.h"
#include "ui/charts/ChartCard.h"
#include "ui/charts/ChartPalette.h"
#include "ui/charts/RevocationChart.h"
#include "ui/charts/TradeoffChart.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/Note.h"
#include "ui/common/RelativeTime.h"

namespace rollcall::latency {

using charts::TradeoffChart;
using common::ColorToken;
using common::FontToken;
using common::Label;

namespace {
constexpr int sheetWidth = 920;
constexpr int chartHeight = 320;
constexpr int usualTtl = 60;

/// "1.2 s"; "≥ 8 s" where sessions were still accepted when last asked.
QString timeText(const probe::Watched &time)
{
    const QString text = charts::secondsText(time.ms / 1e3);
    return time.ended ? text : TradeoffSheet::tr("≥ %1").arg(text);
}
} // namespace

TradeoffSheet::TradeoffSheet(const common::Theme &theme, QWidget &origin, RevocationTiming &timing, bool jwt)
    : common::Sheet(theme, origin),
      m_timing(timing),
      m_ttl(new QSlider(Qt::Horizontal)),
      m_rate(new QDoubleSpinBox),
      m_instances(new QSpinBox),
      m_ttlText(new Label(theme, {}, FontToken::Section)),
      m_sentence(new Label(theme, {}, FontToken::Verdict)),
      m_remark(new Label(theme, {}, FontToken::Body, ColorToken::Muted)),
      m_chart(new TradeoffChart(theme)),
      m_curve(new charts::RevocationChart(theme)),
      m_card(new charts::ChartCard(theme)),
      m_measured(new Label(theme, {}, FontToken::Body, ColorToken::Muted)),
      m_measure(new common::Button(theme, tr("Measure")))
{
    setObjectName(QStringLiteral("tradeoffSheet"));
    setPanelWidth(sheetWidth);
    setHeading(common::Icon::Cache, ColorToken::Accent, tr("What a session cache saves, and what it costs"),
               tr("A model: requests come at random, an entry lives from its fill, a hit does not extend it."));
    const auto &ttls = TradeoffChart::ttls();
    m_ttl->setObjectName(QStringLiteral("tradeoffTtl"));
    m_ttl->setAccessibleName(tr("Time to live"));
    m_ttl->setRange(0, static_cast<int>(ttls.size()) - 1);
    m_ttl->setPageStep(2);
    m_ttl->setValue(static_cast<int>(std::find(ttls.begin(), ttls.end(), usualTtl) - ttls.begin()));
    m_rate->setObjectName(QStringLiteral("tradeoffRate"));
    m_rate->setAccessibleName(tr("Requests of a session a minute"));
    m_rate->setRange(0.01, 6000);
    m_rate->setDecimals(2);
    m_rate->setValue(1);
    m_rate->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
    m_instances->setObjectName(QStringLiteral("tradeoffInstances"));
    m_instances->setAccessibleName(tr("Instances with a memory of their own"));
    m_instances->setRange(1, 500);
    m_sentence->setObjectName(QStringLiteral("tradeoffSentence"));
    m_sentence->setWordWrap(true);
    m_remark->setWordWrap(true);
    m_ttlText->setMinimumWidth(64);
    m_card->addChart(*m_chart, tr("Calls saved against revocation"));
    m_card->addChart(*m_curve, tr("Still accepted"));
    m_card->setFixedHeight(chartHeight);

    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(common::space::l + common::space::xs, common::space::m,
                               common::space::l + common::space::xs, common::space::m);
    column->setSpacing(common::space::m);
    auto *knobs = new QHBoxLayout;
    knobs->setSpacing(common::space::s);
    const auto addKnob = [&](const QString &caption, QWidget *knob, int stretch) {
        auto *label = new Label(theme, caption, FontToken::Caption, ColorToken::Muted);
        label->setBuddy(knob);
        knobs->addWidget(label);
        knobs->addWidget(knob, stretch);
    };
    addKnob(tr("Time to live"), m_ttl, 1);
    knobs->addWidget(m_ttlText);
    addKnob(tr("Requests a minute"), m_rate, 0);
    addKnob(tr("Instances"), m_instances, 0);
    column->addLayout(knobs);
    column->addWidget(m_sentence);
    column->addWidget(m_remark);
    column->addWidget(m_card);
    m_measured->setObjectName(QStringLiteral("tradeoffMeasured"));
    m_measured->setWordWrap(true);
    column->addWidget(m_measured);
    if (jwt) {
        column->addWidget(new common::Note(
            theme, common::NoteKind::Warn, tr("This deployment's sessions are tokens"),
            tr("No cache decides about them: a token is accepted until it expires, and every session call of an active "
               "client renews it. The model is about a deployment with database sessions.")));
    }
    setBody(body);
    auto *done = new common::Button(theme, tr("Done"), common::ButtonKind::Primary);
    done->setKeyHint(tr("Esc"));
    done->setLarge(true);
    connect(done, &common::Button::clicked, this, &TradeoffSheet::dismiss);
    m_measure->setObjectName(QStringLiteral("tradeoffMeasure"));
    m_measure->setLarge(true);
    connect(m_measure, &common::Button::clicked, this, [this] {
        if (m_timing.isRunning())
            m_timing.stop();
        else
            m_timing.start(std::chrono::milliseconds(
                static_cast<qint64>(1000 * TradeoffChart::ttls()[static_cast<std::size_t>(m_ttl->value())])));
        updateMeasure();
    });
    addFootStart(m_measure);
    addFootEnd(done);
    connect(&m_timing, &RevocationTiming::obstacleChanged, this, [this] {
        updateMeasure();
        if (!m_timing.isRunning())
            showMeasured({});
    });
    connect(&m_timing, &RevocationTiming::progressed, this, [this](const probe::PropagationProgress &progress) {
        showMeasured(tr("Measuring: %1 of %2 trials, %3.")
                         .arg(QString::number(progress.done), QString::number(progress.total),
                              common::durationText(progress.elapsed)));
    });
    connect(&m_timing, &RevocationTiming::finished, this, [this](const QString &remark) {
        updateMeasure();
        showMeasured(remark);
    });
    connect(&m_timing, &RevocationTiming::failed, this, [this](const base::Error &error) {
        updateMeasure();
        m_measured->setText(base::describe(error).message);
    });

    connect(m_ttl, &QSlider::valueChanged, this, &TradeoffSheet::showModel);
    connect(m_rate, &QDoubleSpinBox::valueChanged, this, &TradeoffSheet::showModel);
    connect(m_instances, &QSpinBox::valueChanged, this, &TradeoffSheet::showModel);
    connect(m_chart, &TradeoffChart::ttlChosen, m_ttl, &QSlider::setValue);
    connect(m_card, &charts::ChartCard::pictureReady, this, &TradeoffSheet::pictureReady);
    showModel();
    updateMeasure();
    showMeasured({});
}

void TradeoffSheet::updateMeasure()
{
    const QString obstacle = m_timing.obstacle();
    m_measure->setText(m_timing.isRunning() ? tr("Stop measuring") : tr("Measure with this TTL"));
    m_measure->setEnabled(m_timing.isRunning() || obstacle.isEmpty());
    m_measure->setToolTip(obstacle.isEmpty() ? tr("Makes canary sessions, deletes each and asks until it is refused")
                                             : obstacle);
}

void TradeoffSheet::showMeasured(const QString &remark)
{
    QStringList lines;
    std::vector<charts::MeasuredWindow> rings;
    const auto known = probe::Revocations::of(m_timing.cells(), m_timing.ttl(), m_timing.interval());
    for (const probe::RevocationCell &cell : known.cells) {
        const probe::CellId id{{}, cell.mode, {}};
        const probe::SurvivalCurve curve(cell.watched);
        const auto [median, tail] = std::pair(*curve.quantile(0.5), *curve.quantile(0.95));
        // How many calls a trial's own asking saved follows from its pace; the window alone is measured.
        const double saved = probe::isCached(cell.mode) ? known.model().hitRatio() : 0;
        if (median.ended && tail.ended) {
            rings.push_back({id, tail.ms / 1e3, saved, median.ms / 1e3, known.departureOf(cell, 0.5),
                             known.departureOf(cell, 0.95),
                             known.hasModel(cell) && known.intervalMs > known.rarestIntervalMs()});
        }
    }
    for (const probe::PropagationCell &cell : m_timing.cells()) {
        const probe::PropagationFigures &figures = cell.figures;
        const probe::CellId id{{}, cell.arm.mode, {}};
        if (!figures.p50 || !figures.longest)
            continue; // nothing is known of any trial: the remark says why
        lines << tr("%1: first refusal seen after %2 (median), %3 (longest), %4 of %5 trials refused for good.")
                     .arg(charts::lookOf(id).word, timeText(*figures.p50), timeText(*figures.longest),
                          QString::number(figures.refused), QString::number(figures.watched.size()));
    }
    m_chart->setMeasured(std::move(rings), {known.intervalMs > 0 ? 1e3 / known.intervalMs : 0, known.ttlMs / 1e3, 1});
    m_curve->show(m_timing.cells(), m_timing.ttl());
    m_card->refresh();
    if (lines.isEmpty() && remark.isEmpty())
        lines << (m_timing.obstacle().isEmpty() ? tr("Nothing is measured yet: rings will stand where canary sessions "
                                                     "were refused.")
                                                : m_timing.obstacle());
    lines.prepend(m_chart->measuredSentence());
    lines.prepend(remark);
    lines.removeAll(QString());
    m_measured->setText(lines.join(QLatin1Char(' ')));
}

void TradeoffSheet::showModel()
{
    const double ttl = TradeoffChart::ttls()[static_cast<std::size_t>(m_ttl->value())];
    const charts::CacheUse use{m_rate->value() / 60, ttl, m_instances->value()};
    m_chart->show(use);
    m_card->refresh();
    m_ttlText->setText(charts::secondsText(ttl));
    m_sentence->setText(m_chart->modelSentence());
    const auto model = probe::TradeoffModel::poisson(use.rate, use.ttl, use.instances);
    constexpr double fewest = 0.01;
    const double accepted = model.staleAccepts();
    m_remark->setText(tr("%1 requests are still accepted after a deletion, on average. An entry that every hit extends "
                         "may outlive any revocation: never extend one.")
                          .arg(accepted < fewest ? tr("Fewer than %1").arg(QLocale().toString(fewest))
                                                 : QLocale().toString(accepted, 'g', 3)));
}

} // namespace rollcall::latency
