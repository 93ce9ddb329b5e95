// What a frame of the course-of-time chart costs with 4 × SAMPLES samples, from the samples to the pixels, against the
// same points given to plain QtCharts line series: alternating rounds in one process, processor time of the drawing
// thread. Usage: rollcall_chart_frame [SAMPLES] (100000); exit 1 where the bar is missed. Of fewer samples than that
// the ratio is printed and not judged. Needs a platform for widgets: QT_QPA_PLATFORM=offscreen will do.
#include <QApplication>
#include <QImage>
#include <QtCharts/QChart>
#include <QtCharts/QChartView>
#include <QtCharts/QLineSeries>
#include <QtCharts/QLogValueAxis>
#include <QtCharts/QValueAxis>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <numbers>
#include <vector>

#include "core/probe/Random.h"
#include "core/probe/RunDocument.h"
#include "ui/charts/HeatmapChart.h"
#include "ui/common/Theme.h"

using namespace rollcall;
using probe::CellId;
using probe::ProbeMode;

namespace {

constexpr int rounds = 11;
constexpr int wholeProof = 100'000;
constexpr double bar = 25;
constexpr QSize frameSize(900, 500);
constexpr double runSeconds = 600;
constexpr double medians[] = {6e6, 262e6, 2e6, 31e6};

double processorSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// Four modes of one route, log-normal around their medians, interleaved as a run interleaves them.
probe::RunDocument measuredRun(int samples)
{
    probe::RunDocument document;
    document.plan.insert(QStringLiteral("concurrency"), QJsonValue());
    const ProbeMode modes[] = {ProbeMode::Local, ProbeMode::Proxy, ProbeMode::CachedMemory, ProbeMode::Floor};
    for (const ProbeMode mode : modes) {
        probe::CellResult cell;
        cell.id = CellId{QStringLiteral("/dashboard"), mode, {}};
        if (mode == ProbeMode::CachedMemory)
            cell.id.cache = probe::CachePath::Hit;
        document.cells.push_back(cell);
    }
    probe::Random random(1);
    for (int i = 0; i < samples; ++i) {
        for (int cell = 0; cell < 4; ++cell) {
            const double normal =
                std::sqrt(-2 * std::log1p(-random.uniform())) * std::cos(2 * std::numbers::pi * random.uniform());
            probe::Sample sample;
            sample.cell = cell;
            sample.block = i;
            sample.startNs = static_cast<qint64>(1e9 * runSeconds * i / samples) + cell;
            sample.intendedNs = sample.startNs;
            sample.endNs = sample.startNs + std::llround(medians[cell] * std::exp(0.5 * normal));
            document.samples.push_back(sample);
        }
    }
    return document;
}

/// What one writes first: a line series a mode on native axes.
class PlainChart
{
public:
    PlainChart()
    {
        auto *time = new QValueAxis(m_view.chart());
        auto *latency = new QLogValueAxis(m_view.chart());
        time->setRange(0, runSeconds);
        latency->setRange(1e5, 1e10);
        m_view.chart()->addAxis(time, Qt::AlignBottom);
        m_view.chart()->addAxis(latency, Qt::AlignLeft);
        for (int cell = 0; cell < 4; ++cell) {
            auto *series = new QLineSeries(m_view.chart());
            m_view.chart()->addSeries(series);
            series->attachAxis(time);
            series->attachAxis(latency);
            m_series.append(series);
        }
        m_view.resize(frameSize);
        m_view.show();
    }

    void frame(const std::vector<QList<QPointF>> &points, QImage &image)
    {
        for (std::size_t cell = 0; cell < points.size(); ++cell)
            m_series[static_cast<qsizetype>(cell)]->replace(points[cell]);
        static_cast<QWidget &>(m_view).render(&image);
    }

private:
    QChartView m_view;
    QList<QLineSeries *> m_series;
};

} // namespace

int main(int argc, char *argv[])
{
    QApplication application(argc, argv);
    const int samples = argc > 1 ? std::atoi(argv[1]) : wholeProof;
    if (samples < 100)
        return 2;
    const common::Theme theme(application, common::Appearance::Light);
    const probe::RunDocument document = measuredRun(samples);
    std::vector<QList<QPointF>> points(4);
    for (const probe::Sample &sample : document.samples) {
        points[static_cast<std::size_t>(sample.cell)]
            << QPointF(static_cast<double>(sample.startNs) / 1e9, static_cast<double>(sample.responseNs()));
    }
    charts::HeatmapChart ours(theme);
    ours.resize(frameSize);
    ours.setVisible(true);
    PlainChart plain;
    QImage image(frameSize, QImage::Format_ARGB32_Premultiplied);
    QCoreApplication::processEvents();
    plain.frame(points, image); // both are warm: fonts, caches
    ours.show(document, QStringLiteral("/dashboard"));
    ours.render(&image);

    std::vector<double> plainMs;
    std::vector<double> oursMs;
    std::vector<double> ratios;
    std::printf("round    plain QtCharts    ours    ratio   (processor ms a frame, 4 x %d samples, %d x %d)\n", samples,
                frameSize.width(), frameSize.height());
    for (int round = 0; round < rounds; ++round) {
        double begin = processorSeconds();
        plain.frame(points, image);
        plainMs.push_back(1e3 * (processorSeconds() - begin));
        begin = processorSeconds();
        ours.show(document, QStringLiteral("/dashboard"));
        ours.render(&image);
        oursMs.push_back(1e3 * (processorSeconds() - begin));
        ratios.push_back(plainMs.back() / oursMs.back());
        std::printf("%5d    %14.1f    %4.1f    %5.1f\n", round + 1, plainMs.back(), oursMs.back(), ratios.back());
    }
    if (argc > 2 && !image.save(QString::fromLocal8Bit(argv[2])))
        return 2;
    const double ratio = median(ratios);
    std::printf("median   %14.1f    %4.1f    %5.1f   (bar %.0f)\n", median(plainMs), median(oursMs), ratio, bar);
    if (samples < wholeProof) {
        std::printf("fewer samples than the proof's %d: not judged\n", wholeProof);
        return 0;
    }
    return ratio >= bar ? 0 : 1;
}
