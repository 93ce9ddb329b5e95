#include "core/probe/OpenMetricsWriter.h"

#include <array>

#include "core/probe/Histogram.h"
#include "core/probe/ReportText.h"

namespace rollcall::probe {

namespace {

struct Bound
{
    const char *text; ///< seconds, canonical
    qint64 ns;
};

constexpr std::array<Bound, 14> bounds{{{"0.0005", 500'000},
                                        {"0.001", 1'000'000},
                                        {"0.002", 2'000'000},
                                        {"0.005", 5'000'000},
                                        {"0.01", 10'000'000},
                                        {"0.02", 20'000'000},
                                        {"0.05", 50'000'000},
                                        {"0.1", 100'000'000},
                                        {"0.2", 200'000'000},
                                        {"0.5", 500'000'000},
                                        {"1.0", 1'000'000'000},
                                        {"2.0", 2'000'000'000},
                                        {"5.0", 5'000'000'000},
                                        {"10.0", 10'000'000'000}}};

QByteArray escaped(const QString &text)
{
    QByteArray bytes = text.toUtf8();
    return bytes.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
}

QByteArray label(const char *name, const QString &value)
{
    return QByteArray(name) + "=\"" + escaped(value) + '"';
}

QByteArray labelsOf(const CellResult &cell)
{
    QByteArray labels = label("route", cell.id.route) + ',' + label("mode", probeModeName(cell.id.mode));
    if (cell.id.cache)
        labels += ',' + label("cache", cachePathName(*cell.id.cache));
    labels += ',' + label("cookie", cell.cookie);
    return cell.id.cold ? labels + ',' + label("connection", cell.connection) : labels;
}

QByteArray seconds(qint64 ns)
{
    return QByteArray::number(static_cast<double>(ns) / 1e9, 'g', 12);
}

QByteArray line(const char *name, const QByteArray &labels, const QByteArray &value)
{
    return QByteArray(name) + '{' + labels + "} " + value + '\n';
}

QByteArray histogramLines(const CellResult &cell, const Histogram &histogram, const QByteArray &created)
{
    const QByteArray labels = labelsOf(cell);
    QByteArray lines;
    const std::vector<HistogramBucket> buckets = histogram.buckets();
    std::size_t next = 0;
    quint64 upTo = 0;
    for (const Bound &bound : bounds) {
        for (; next < buckets.size() && buckets[next].highest <= bound.ns; ++next)
            upTo += buckets[next].count;
        lines +=
            line("rollcall_session_seconds_bucket", labels + ",le=\"" + bound.text + '"', QByteArray::number(upTo));
    }
    const QByteArray total = QByteArray::number(histogram.total());
    lines += line("rollcall_session_seconds_bucket", labels + ",le=\"+Inf\"", total);
    lines += line("rollcall_session_seconds_count", labels, total);
    const double sum = static_cast<double>(cell.response.mean.value_or(0)) * static_cast<double>(histogram.total());
    lines += line("rollcall_session_seconds_sum", labels, QByteArray::number(sum / 1e9, 'g', 12));
    return lines + line("rollcall_session_seconds_created", labels, created);
}

/// The gauges of one family: the value, the lower or the upper bound of each quantile.
template <typename Pick>
QByteArray quantileLines(const RunDocument &document, const char *family, Pick pick)
{
    QByteArray lines;
    for (const CellResult &cell : document.cells) {
        for (std::size_t i = 0; i < std::size(reportedQuantiles); ++i) {
            if (const std::optional<qint64> value = pick(cell.response, i)) {
                const QByteArray quantile = QByteArray::number(reportedQuantiles[i]);
                lines += line(family, labelsOf(cell) + ",quantile=\"" + quantile + '"', seconds(*value));
            }
        }
    }
    return lines;
}

QByteArray head(const char *name, const char *type, const char *unit, const char *help)
{
    QByteArray lines = QByteArray("# TYPE ") + name + ' ' + type + '\n';
    if (*unit != '\0')
        lines += QByteArray("# UNIT ") + name + ' ' + unit + '\n';
    return lines + "# HELP " + name + ' ' + help + '\n';
}

} // namespace

QByteArray asOpenMetrics(const RunDocument &document)
{
    const auto started = startOf(document).time_since_epoch();
    const QByteArray created = QByteArray::number(static_cast<double>(started.count()) / 1000, 'f', 3);
    QByteArray text = head("rollcall_session_seconds", "histogram", "seconds",
                           "Response times from the intended start. A time counts below a bound once its whole bucket "
                           "lies there (0.05 % steps).");
    for (const CellResult &cell : document.cells) {
        if (const auto histogram = Histogram::decode(cell.histogram))
            text += histogramLines(cell, *histogram, created);
    }
    text += head("rollcall_session_quantile_seconds", "gauge", "seconds", "Quantiles of response times.");
    text += quantileLines(document, "rollcall_session_quantile_seconds",
                          [](const Distribution &times, std::size_t i) { return times.quantiles[i]; });
    const auto bound = [&](const char *family, const char *help, qint64 Interval::*side) {
        text += head(family, "gauge", "", help); // a unit must be the name's end, and these names are given
        text += quantileLines(document, family, [side](const Distribution &times, std::size_t i) {
            return times.intervals[i] ? std::optional((*times.intervals[i]).*side) : std::nullopt;
        });
    };
    bound("rollcall_session_quantile_seconds_lo", "Lower bound of the 95 % interval.", &Interval::lo);
    bound("rollcall_session_quantile_seconds_hi", "Upper bound of the 95 % interval.", &Interval::hi);
    text += head("rollcall_goodput_ratio", "gauge", "ratio",
                 "Share of measured requests that were answered as they should be.");
    for (const CellResult &cell : document.cells) {
        if (cell.count > 0) {
            text += line("rollcall_goodput_ratio", labelsOf(cell),
                         QByteArray::number(static_cast<double>(cell.ok) / static_cast<double>(cell.count), 'g', 9));
        }
    }
    text += head("rollcall_failed_requests", "gauge", "", "Measured requests that failed, by kind.");
    for (const CellResult &cell : document.cells) {
        for (const auto &[kind, number] : cell.errors)
            text += line("rollcall_failed_requests", labelsOf(cell) + ',' + label("kind", kind),
                         QByteArray::number(number));
    }
    return text + "# EOF\n";
}

} // namespace rollcall::probe
