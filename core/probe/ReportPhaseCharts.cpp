#include <algorithm>
#include <span>

#include "core/probe/ReportCharts.h"
#include "core/probe/ReportText.h"

namespace rollcall::probe {

namespace {

constexpr double left = 200;
constexpr double right = 870;
constexpr double width = 900;
constexpr double rowHeight = 34;

struct Phase
{
    const char *name;
    const char *css;
    std::optional<qint64> PhaseMedians::*value;
};

constexpr Phase networkPhases[] = {
    {"DNS", "p-dns", &PhaseMedians::dns},
    {"TCP", "p-tcp", &PhaseMedians::tcp},
    {"TLS", "p-tls", &PhaseMedians::tls},
    {"wait", "p-wait", &PhaseMedians::wait},
    {"receive", "p-receive", &PhaseMedians::receive},
};

constexpr Phase lookupStages[] = {
    {"execute", "p-wait", &PhaseMedians::execute},
    {"fetch", "p-receive", &PhaseMedians::fetch},
    {"decode", "p-dns", &PhaseMedians::decode},
};

QStringList namesOf(std::span<const Phase> phases)
{
    QStringList names;
    for (const Phase &phase : phases)
        names << QLatin1String(phase.name);
    return names;
}

QStringList durationsOf(std::span<const Phase> phases, const PhaseMedians &medians)
{
    QStringList durations;
    for (const Phase &phase : phases)
        durations << durationText(medians.*phase.value);
    return durations;
}

double sumOf(std::span<const Phase> phases, const PhaseMedians &medians)
{
    double sum = 0;
    for (const Phase &phase : phases)
        sum += static_cast<double>((medians.*phase.value).value_or(0));
    return sum;
}

void drawBar(SvgCanvas &canvas, std::span<const Phase> phases, const CellResult &cell, double y, double perNs)
{
    double x = left;
    double waitAt = left;
    for (const Phase &phase : phases) {
        const double length = static_cast<double>((cell.phases.*phase.value).value_or(0)) * perNs;
        if (phase.value == &PhaseMedians::wait)
            waitAt = x;
        canvas.rect(x, y, length, 16, QLatin1String(phase.css));
        x += length;
    }
    if (cell.phases.server)
        canvas.rect(waitAt, y + 18, static_cast<double>(*cell.phases.server) * perNs, 4, QStringLiteral("p-server"));
    canvas.text(x + 6, y + 13, durationText(sumOf(phases, cell.phases)));
}

/// A bar a cell, cut into its @p phases, under their legend; @p besides is the legend's last word.
QString barsOf(std::span<const CellResult *const> cells, std::span<const Phase> phases, const QString &besides,
               const QString &sentence)
{
    double most = 0;
    for (const CellResult *cell : cells)
        most = std::max(most, sumOf(phases, cell->phases));
    SvgCanvas canvas(width, 50 + rowHeight * static_cast<double>(cells.size()));
    double at = 10;
    for (const Phase &phase : phases) {
        canvas.rect(at, 8, 14, 12, QLatin1String(phase.css));
        canvas.text(at + 20, 18, QLatin1String(phase.name));
        at += 90;
    }
    if (!besides.isEmpty()) {
        canvas.rect(at, 12, 14, 4, QStringLiteral("p-server"));
        canvas.text(at + 20, 18, besides);
    }
    const double perNs = (right - 80 - left) / most;
    double y = 36;
    for (const CellResult *cell : cells) {
        canvas.text(left - 10, y + 13, shortenedLabel(cellName(cell->id)), QStringLiteral("end"));
        drawBar(canvas, phases, *cell, y, perNs);
        y += rowHeight;
    }
    return canvas.element(sentence);
}

} // namespace

ReportChart phaseChart(const RunDocument &document)
{
    ReportChart chart;
    chart.id = QStringLiteral("phases");
    chart.title = QStringLiteral("Where the time of a request goes");
    chart.head = QStringList{QStringLiteral("cell"), QStringLiteral("schedule lag")} + namesOf(networkPhases) +
                 QStringList{QStringLiteral("Server-Timing")};
    std::vector<const CellResult *> cells;
    double most = 0;
    for (const CellResult &cell : document.cells) {
        if (!isNetwork(cell.id.mode))
            continue;
        cells.push_back(&cell);
        most = std::max(most, sumOf(networkPhases, cell.phases));
        chart.rows.push_back(QStringList{cellName(cell.id), durationText(cell.phases.lag)} +
                             durationsOf(networkPhases, cell.phases) + QStringList{durationText(cell.phases.server)});
    }
    if (most == 0) {
        chart.sentence = QStringLiteral("No network cell was measured: a resolution in process has no phases.");
        return chart;
    }
    chart.sentence =
        QStringLiteral("Medians of the phases; reused connections have no DNS, TCP and TLS. The longest sum "
                       "is %1.")
            .arg(durationText(most));
    chart.svg = barsOf(cells, networkPhases, QStringLiteral("Server-Timing, within wait"), chart.sentence);
    return chart;
}

ReportChart stageChart(const RunDocument &document)
{
    ReportChart chart;
    chart.id = QStringLiteral("stages");
    chart.title = QStringLiteral("Where the time of a look-up in the database goes");
    chart.head = QStringList{QStringLiteral("cell"), QStringLiteral("connect (once)")} + namesOf(lookupStages);
    std::vector<const CellResult *> cells;
    for (const CellResult &cell : document.cells) {
        if (!cell.phases.execute)
            continue;
        cells.push_back(&cell);
        chart.rows.push_back(QStringList{cellName(cell.id), durationText(cell.phases.connect)} +
                             durationsOf(lookupStages, cell.phases));
    }
    if (cells.empty())
        return chart;
    chart.sentence =
        QStringLiteral("Medians of the stages. Execute: from the statement being sent to its first row, the "
                       "database and one round trip; fetch: to the statement's end; decode: all else, in "
                       "this process.");
    if (const auto &connect = cells.front()->phases.connect) {
        chart.sentence += QStringLiteral(" Opening the connection took %1, once, before the run: whoever opens one for "
                                         "each session pays it each time.")
                              .arg(durationText(connect));
    }
    chart.svg = barsOf(cells, lookupStages, {}, chart.sentence);
    return chart;
}

} // namespace rollcall::probe
