#include <algorithm>
#include <cmath>

#include "core/probe/ReportCharts.h"
#include "core/probe/ReportText.h"

namespace rollcall::probe {

namespace {

constexpr double width = 900;
constexpr double left = 80;
constexpr double right = 870;
constexpr double top = 34;
constexpr double bottom = 300;
constexpr double nsPerMs = 1e6;
constexpr double endBar = 7; ///< half the height of what ends a curve

QString timeText(double ms)
{
    return ms > 0 ? durationText(ms * nsPerMs) : QStringLiteral("0 s");
}

QString timeText(const Watched &time)
{
    return (time.ended ? QString() : QStringLiteral("≥ ")) + timeText(time.ms);
}

QString shareText(double share)
{
    return QString::number(100 * share, 'f', share > 0 && share < 1 ? 1 : 0) + QStringLiteral(" %");
}

CellId idOf(const RevocationCell &cell)
{
    return {{}, cell.mode, {}};
}

QString nameOf(const RevocationCell &cell)
{
    return QStringLiteral("%1 (%2)").arg(probeModeName(cell.mode), revokedByName(cell.by));
}

QString signedPercent(double percent)
{
    return (percent < 0 ? QStringLiteral("−") : QStringLiteral("+")) +
           QString::number(std::abs(percent), 'f', std::abs(percent) < 10 ? 1 : 0) + QChar(QChar::Nbsp) +
           QLatin1Char('%');
}

QString departureText(const QString &name, const ModelDeparture &departure)
{
    const auto off = departure.percentOff(departure.measured.ms);
    if (!off)
        return QStringLiteral("%1 %2 where the model says 0 s").arg(name, timeText(departure.measured));
    const QString from = signedPercent(*departure.percentOff(departure.loMs));
    const QString interval =
        departure.hiMs ? QStringLiteral("%1 to %2").arg(from, signedPercent(*departure.percentOff(*departure.hiMs)))
                       : QStringLiteral("%1 or more").arg(from);
    return QStringLiteral("%1 %2%3 (95 % CI %4)")
        .arg(name, departure.measured.ended ? QString() : QStringLiteral("≥ "), signedPercent(*off), interval);
}

/// Round steps of a linear axis up to @p most, six at most.
double tickStep(double most)
{
    const double power = std::pow(10, std::floor(std::log10(most / 6)));
    for (const double step : {1.0, 2.0, 5.0}) {
        if (most / (step * power) <= 6)
            return step * power;
    }
    return 10 * power;
}

struct Axes
{
    double mostMs = 1;

    [[nodiscard]] double x(double ms) const { return left + (right - left) * std::min(1.0, ms / mostMs); }
    [[nodiscard]] static double y(double share) { return bottom - (bottom - top) * share; }
};

double latestMs(const Revocations &revocations)
{
    double latest = revocations.ttlMs;
    for (const RevocationCell &cell : revocations.cells) {
        for (const Watched &one : cell.watched)
            latest = std::max(latest, one.ms);
    }
    return std::max(1.0, latest);
}

void drawAxes(SvgCanvas &canvas, const Axes &axes, double ttlMs)
{
    for (int quarter = 0; quarter <= 4; ++quarter) {
        const double share = quarter / 4.0;
        canvas.line(left, Axes::y(share), right, Axes::y(share), QStringLiteral("grid"));
        canvas.text(left - 6, Axes::y(share) + 4, QStringLiteral("%1 %").arg(25 * quarter), QStringLiteral("end"));
    }
    const double step = tickStep(axes.mostMs);
    for (int i = 0; i * step <= axes.mostMs; ++i)
        canvas.text(axes.x(i * step), bottom + 18, timeText(i * step), QStringLiteral("middle"));
    if (ttlMs > 0) {
        canvas.line(axes.x(ttlMs), top, axes.x(ttlMs), bottom, QStringLiteral("pause"));
        canvas.text(axes.x(ttlMs) - 4, (top + bottom) / 2, QStringLiteral("TTL ") + timeText(ttlMs),
                    QStringLiteral("end"));
    }
}

/// A cell, and how many before it have its mode, and so its colour: "jwt" and "jwt-not-before" go together.
struct Drawn
{
    RevocationCell cell;
    qsizetype again = 0;

    [[nodiscard]] QString lineClass() const { return again > 0 ? QStringLiteral(" again-%1").arg(again) : QString(); }
    [[nodiscard]] QString markClass() const { return again > 0 ? QStringLiteral(" hollow") : QString(); }
};

/// Those that anything is known of.
std::vector<Drawn> drawnOf(const Revocations &revocations)
{
    // What is behind the configured cache looks like what is behind one in memory.
    const auto lookOf = [](const RevocationCell &cell) {
        return cell.mode == ProbeMode::Cached ? ProbeMode::CachedMemory : cell.mode;
    };
    std::vector<Drawn> drawn;
    for (const RevocationCell &cell : revocations.cells) {
        if (cell.watched.empty())
            continue;
        const auto again =
            std::ranges::count_if(drawn, [&](const Drawn &before) { return lookOf(before.cell) == lookOf(cell); });
        drawn.push_back({cell, again});
    }
    return drawn;
}

void drawCurve(SvgCanvas &canvas, const Axes &axes, const Drawn &drawn)
{
    const RevocationCell &cell = drawn.cell;
    const SurvivalCurve curve(cell.watched);
    const QString css = modeClass(idOf(cell));
    const auto at = [&](double ms, double share) -> QString { // no builder of temporaries
        return pixel(axes.x(ms)) + QLatin1Char(',') + pixel(Axes::y(share)) + QLatin1Char(' ');
    };
    QString line;
    QString upper;
    QString lower;
    SurvivalCurve::Point last = *curve.at(0);
    const auto add = [&](double ms, const SurvivalCurve::Point &point) {
        for (const SurvivalCurve::Point &each : {last, point}) {
            line += at(ms, each.share);
            upper += at(ms, each.interval.hi);
            lower.prepend(at(ms, each.interval.lo));
        }
        last = point;
    };
    add(0, last);
    for (const double ms : curve.stepsMs())
        add(ms, *curve.at(ms));
    const double endMs = curve.endMs().value_or(axes.mostMs);
    add(endMs, last);
    canvas.polygon(upper + lower, QStringLiteral("band ") + css);
    canvas.polyline(line, QStringLiteral("curve ") + css + drawn.lineClass());
    if (curve.endMs())
        canvas.line(axes.x(endMs), Axes::y(last.share) - endBar, axes.x(endMs), Axes::y(last.share) + endBar,
                    QStringLiteral("whisker thin ") + css);
}

std::vector<QStringList> tableOf(const Revocations &revocations)
{
    std::vector<QStringList> rows;
    for (const auto &[cell, again] : drawnOf(revocations)) {
        const SurvivalCurve curve(cell.watched);
        for (const double ms : revocations.reportedTimes(cell)) {
            QStringList row{nameOf(cell), timeText(ms)};
            if (const auto point = curve.at(ms))
                row << shareText(point->share)
                    << QStringLiteral("%1 – %2").arg(shareText(point->interval.lo), shareText(point->interval.hi));
            else
                row << QStringLiteral("not watched so long") << QString();
            rows.push_back(row << QString::number(curve.count()));
        }
    }
    return rows;
}

} // namespace

QStringList revocationSentences(const Revocations &revocations)
{
    QStringList sentences;
    for (const RevocationCell &cell : revocations.cells) {
        if (cell.watched.empty()) {
            sentences << nameOf(cell) + QStringLiteral(": nothing is known, as no trial got so far.");
            continue;
        }
        const SurvivalCurve curve(cell.watched);
        const QString number = QString::number(curve.count());
        QString sentence = QStringLiteral("%1: half of the sessions are refused after %2, 95 of 100 after %3 (n %4)")
                               .arg(nameOf(cell), timeText(*curve.quantile(0.5)), timeText(*curve.quantile(0.95)),
                                    cell.ended < curve.count()
                                        ? QStringLiteral("%1, of which %2 have ended").arg(number).arg(cell.ended)
                                        : number);
        const auto median = revocations.departureOf(cell, 0.5);
        const auto tail = revocations.departureOf(cell, 0.95);
        if (median && tail) {
            sentence += QStringLiteral("; against the model of a cache that is asked as often: ") +
                        departureText(QStringLiteral("median"), *median) + QStringLiteral(", ") +
                        departureText(QStringLiteral("p95"), *tail);
        } else if (revocations.hasModel(cell)) {
            sentence += QStringLiteral("; asked every %1, too rarely to be held against the model of a cache: its own "
                                       "steps would show unless they are of %2 at most, a twentieth of the TTL")
                            .arg(timeText(revocations.intervalMs), timeText(revocations.rarestIntervalMs()));
        }
        sentences << sentence + QLatin1Char('.');
    }
    return sentences;
}

ReportChart revocationChart(const Revocations &revocations)
{
    ReportChart chart;
    chart.id = QStringLiteral("revocations");
    chart.title = QStringLiteral("Revoked sessions that are still accepted");
    chart.head = {QStringLiteral("sessions"), QStringLiteral("after"), QStringLiteral("still accepted"),
                  QStringLiteral("95 % CI"), QStringLiteral("n")};
    chart.sentence = revocations.cells.empty()
                         ? QStringLiteral("No session was revoked, so there is nothing to show.")
                         : QStringLiteral("Measured apart from the run, on canary sessions. ") +
                               revocationSentences(revocations).join(QLatin1Char(' ')) +
                               QStringLiteral(" Times are the middles of last acceptance and lasting refusal; band: 95 "
                                              "% CI; a bar ends what was watched no longer.");
    const std::vector<Drawn> drawn = drawnOf(revocations);
    if (drawn.empty())
        return chart;
    chart.rows = tableOf(revocations);
    SvgCanvas canvas(width, bottom + 30);
    const Axes axes{1.1 * latestMs(revocations)};
    drawAxes(canvas, axes, revocations.ttlMs);
    double legendX = 10;
    for (const Drawn &each : drawn) {
        legendX =
            canvas.legendEntry(idOf(each.cell), nameOf(each.cell), legendX, 14, each.lineClass(), each.markClass());
        drawCurve(canvas, axes, each);
    }
    chart.svg = canvas.element(chart.sentence);
    return chart;
}

} // namespace rollcall::probe
