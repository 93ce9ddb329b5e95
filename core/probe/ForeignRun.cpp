#include "core/probe/ForeignRun.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <cmath>

#include "core/base/FileError.h"
#include "core/probe/HdrReader.h"

namespace rollcall::probe {

namespace {

using Parsed = base::Result<ForeignRun>;

tl::unexpected<base::Error> invalid(const QString &origin, const QString &detail)
{
    return base::fail(base::fileError(base::ErrorCode::FileFormatInvalid, origin, detail));
}

/// @p number of @p unitNs nanoseconds each; absent where it is no time.
std::optional<qint64> ns(double number, double unitNs)
{
    constexpr double longest = 1e18;
    const double value = number * unitNs;
    return std::isfinite(value) && value >= 0 && value < longest ? std::optional(std::llround(value)) : std::nullopt;
}

std::optional<qint64> ns(const QJsonValue &value, double unitNs)
{
    return value.isDouble() ? ns(value.toDouble(), unitNs) : std::nullopt;
}

std::optional<qint64> count(const QJsonValue &value)
{
    constexpr double most = 1e15;
    const double number = value.toDouble(-1);
    return number >= 0 && number < most ? std::optional(std::llround(number)) : std::nullopt;
}

std::optional<double> rate(const QJsonValue &value)
{
    return value.isDouble() ? std::optional(value.toDouble()) : std::nullopt;
}

/// Takes min, mean, max and quantiles of @p series from @p json by their names there; "" where the tool has none.
struct Names
{
    const char *min;
    const char *mean;
    const char *max;
    const char *quantiles[std::size(reportedQuantiles)];
};

void takeTimes(ForeignSeries &series, const QJsonObject &json, const Names &names, double unitNs)
{
    series.min = ns(json.value(QLatin1String(names.min)), unitNs);
    series.mean = ns(json.value(QLatin1String(names.mean)), unitNs);
    series.max = ns(json.value(QLatin1String(names.max)), unitNs);
    for (std::size_t i = 0; i < series.quantiles.size(); ++i)
        series.quantiles[i] = ns(json.value(QLatin1String(names.quantiles[i])), unitNs);
}

Parsed oneSeries(ForeignTool tool, ForeignSeries series, QStringList caveats, const QString &origin)
{
    series.name = foreignToolName(tool);
    if (!series.quantiles[0] && !series.mean)
        return invalid(origin, QStringLiteral("looks like %1, but holds no latency").arg(series.name));
    return ForeignRun{tool, {std::move(series)}, std::move(caveats)};
}

Parsed readK6(const QJsonObject &json, const QString &origin)
{
    const QJsonObject metrics = json.value(QStringLiteral("metrics")).toObject();
    const auto metric = [&metrics](const char *name) {
        const QJsonObject found = metrics.value(QLatin1String(name)).toObject();
        const QJsonValue values =
            found.value(QStringLiteral("values")); // handleSummary's data has them one level deeper
        return values.isObject() ? values.toObject() : found;
    };
    ForeignSeries series;
    takeTimes(series, metric("http_req_duration"), {"min", "avg", "max", {"med", "p(90)", "p(95)", "p(99)", "p(99.9)"}},
              1e6);
    series.count = count(metric("http_reqs").value(QStringLiteral("count")));
    series.perSecond = rate(metric("http_reqs").value(QStringLiteral("rate")));
    series.failed = count(metric("http_req_failed").value(QStringLiteral("passes")));
    return oneSeries(ForeignTool::K6, std::move(series),
                     {QStringLiteral("http_req_duration leaves out connecting and TLS.")}, origin);
}

Parsed readVegeta(const QJsonObject &json, const QString &origin)
{
    ForeignSeries series;
    takeTimes(series, json.value(QStringLiteral("latencies")).toObject(),
              {"min", "mean", "max", {"50th", "90th", "95th", "99th", ""}}, 1);
    series.count = count(json.value(QStringLiteral("requests")));
    series.perSecond = rate(json.value(QStringLiteral("throughput")));
    const QJsonValue success = json.value(QStringLiteral("success"));
    if (series.count && success.isDouble())
        series.failed = *series.count - std::llround(success.toDouble() * static_cast<double>(*series.count));
    return oneSeries(ForeignTool::Vegeta, std::move(series),
                     {QStringLiteral("Failed requests are among the latencies.")}, origin);
}

Parsed readOha(const QJsonObject &json, const QString &origin)
{
    const QJsonObject summary = json.value(QStringLiteral("summary")).toObject();
    ForeignSeries series;
    takeTimes(series, json.value(QStringLiteral("latencyPercentiles")).toObject(),
              {"", "", "", {"p50", "p90", "p95", "p99", "p99.9"}}, 1e9);
    series.min = ns(summary.value(QStringLiteral("fastest")), 1e9);
    series.mean = ns(summary.value(QStringLiteral("average")), 1e9);
    series.max = ns(summary.value(QStringLiteral("slowest")), 1e9);
    series.perSecond = rate(summary.value(QStringLiteral("requestsPerSec")));
    qint64 answered = 0;
    for (const auto &number : json.value(QStringLiteral("statusCodeDistribution")).toObject())
        answered += count(number).value_or(0);
    qint64 broken = 0;
    for (const auto &number : json.value(QStringLiteral("errorDistribution")).toObject())
        broken += count(number).value_or(0);
    series.count = answered + broken;
    series.failed = broken;
    return oneSeries(ForeignTool::Oha, std::move(series),
                     {QStringLiteral("Closed loop unless run with --latency-correction.")}, origin);
}

Parsed readAutocannon(const QJsonObject &json, const QString &origin)
{
    const QJsonObject latency = json.value(QStringLiteral("latency")).toObject();
    ForeignSeries series;
    takeTimes(series, latency, {"min", "average", "max", {"p50", "p90", "", "p99", "p99_9"}}, 1e6);
    series.count = count(json.value(QStringLiteral("requests")).toObject().value(QStringLiteral("total")));
    series.perSecond = rate(json.value(QStringLiteral("requests")).toObject().value(QStringLiteral("average")));
    series.failed = count(json.value(QStringLiteral("errors"))).value_or(0) +
                    count(json.value(QStringLiteral("timeouts"))).value_or(0) +
                    count(json.value(QStringLiteral("non2xx"))).value_or(0);
    return oneSeries(ForeignTool::Autocannon, std::move(series),
                     {QStringLiteral("Times are whole milliseconds; closed loop: stalls are under-represented.")},
                     origin);
}

/// "1.15ms" as wrk prints it.
std::optional<qint64> wrkTime(const QString &number, const QString &unit)
{
    double unitNs = 1e9;
    if (unit == QLatin1String("us"))
        unitNs = 1e3;
    else if (unit == QLatin1String("ms"))
        unitNs = 1e6;
    else if (unit == QLatin1String("m"))
        unitNs = 60e9;
    else if (unit == QLatin1String("h"))
        unitNs = 3600e9;
    return ns(number.toDouble(), unitNs);
}

Parsed readWrk(const QString &text, const QString &origin)
{
    static const QRegularExpression quantile(QStringLiteral("^\\s+([\\d.]+)%\\s+([\\d.]+)(us|ms|s|m|h)\\s*$"),
                                             QRegularExpression::MultilineOption);
    static const QRegularExpression stats(
        QStringLiteral("^\\s+Latency\\s+([\\d.]+)(us|ms|s|m|h)\\s+\\S+\\s+([\\d.]+)(us|ms|s|m|h)"),
        QRegularExpression::MultilineOption);
    static const QRegularExpression requests(QStringLiteral("^\\s+(\\d+) requests in "),
                                             QRegularExpression::MultilineOption);
    static const QRegularExpression perSecond(QStringLiteral("^Requests/sec:\\s+([\\d.]+)"),
                                              QRegularExpression::MultilineOption);
    static const QRegularExpression sockets(
        QStringLiteral("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)"));
    static const QRegularExpression statuses(QStringLiteral("Non-2xx or 3xx responses: (\\d+)"));
    const bool corrected = text.contains(QLatin1String("HdrHistogram"));
    ForeignSeries series;
    for (auto matches = quantile.globalMatch(text); matches.hasNext();) {
        const QRegularExpressionMatch match = matches.next();
        for (std::size_t i = 0; i < series.quantiles.size(); ++i) {
            if (std::abs(match.captured(1).toDouble() - 100 * reportedQuantiles[i]) < 1e-6)
                series.quantiles[i] = wrkTime(match.captured(2), match.captured(3));
        }
    }
    if (const auto match = stats.match(text); match.hasMatch()) {
        series.mean = wrkTime(match.captured(1), match.captured(2));
        series.max = wrkTime(match.captured(3), match.captured(4));
    }
    if (const auto match = requests.match(text); match.hasMatch())
        series.count = match.captured(1).toLongLong();
    if (const auto match = perSecond.match(text); match.hasMatch())
        series.perSecond = match.captured(1).toDouble();
    qint64 failed = 0;
    if (const auto match = sockets.match(text); match.hasMatch()) {
        for (int i = 1; i <= 4; ++i)
            failed += match.captured(i).toLongLong();
    }
    if (const auto match = statuses.match(text); match.hasMatch())
        failed += match.captured(1).toLongLong();
    series.failed = failed;
    if (corrected)
        return oneSeries(ForeignTool::Wrk2, std::move(series),
                         {QStringLiteral("From the intended start; the first 10 s are left out.")}, origin);
    return oneSeries(ForeignTool::Wrk, std::move(series),
                     {QStringLiteral("Closed loop; wrk fills samples in where it thinks some are missing, so that its "
                                     "tail is an estimate.")},
                     origin);
}

Parsed readPercentileText(const QString &text, const QString &origin)
{
    static const QRegularExpression row(QStringLiteral("^\\s*([\\d.]+)\\s+([01]\\.\\d+)\\s+(\\d+)(?:\\s+\\S+)?\\s*$"));
    static const QRegularExpression cell(QStringLiteral("^#\\[Cell: (.*), response times in us\\]$"));
    ForeignRun run{ForeignTool::PercentileText, {}, {}};
    QString name = foreignToolName(run.tool);
    double unitNs = 1e6;
    for (const QString &line : text.split(QLatin1Char('\n'))) {
        if (const auto match = cell.match(line.trimmed()); match.hasMatch()) {
            name = match.captured(1);
            unitNs = 1e3; // ours says its unit
        } else if (line.contains(QLatin1String("TotalCount"))) {
            run.series.push_back({});
            run.series.back().name = name;
        } else if (const auto found = row.match(line); found.hasMatch() && !run.series.empty()) {
            ForeignSeries &series = run.series.back();
            const auto value = ns(found.captured(1).toDouble(), unitNs);
            const double p = found.captured(2).toDouble();
            if (p == 0)
                series.min = value;
            // The first level that reaches a quantile bears it.
            for (std::size_t i = 0; i < series.quantiles.size(); ++i) {
                if (p >= reportedQuantiles[i] - 1e-9 && !series.quantiles[i])
                    series.quantiles[i] = value;
            }
            series.max = value;
            series.count = found.captured(3).toLongLong();
        }
    }
    if (run.series.empty() || !run.series.front().count)
        return invalid(origin, QStringLiteral("looks like a percentile table, but has no rows"));
    if (unitNs > 1e3)
        run.caveats << QStringLiteral("Values are taken for milliseconds: the text does not say.");
    return run;
}

Parsed readLog(const QByteArray &content, const QString &origin)
{
    const auto byTag = readHdrLog(content, origin);
    if (!byTag)
        return base::fail(byTag.error());
    ForeignRun run{
        ForeignTool::HdrLog, {}, {QStringLiteral("Values are taken for nanoseconds: the log does not say.")}};
    for (const auto &[tag, histogram] : *byTag) {
        ForeignSeries series;
        series.name = tag.isEmpty() ? foreignToolName(run.tool) : tag;
        series.count = static_cast<qint64>(histogram.total());
        if (histogram.total() > 0) {
            series.min = histogram.atRank(1);
            series.max = histogram.max();
            for (std::size_t i = 0; i < series.quantiles.size(); ++i)
                series.quantiles[i] = histogram.quantile(reportedQuantiles[i]);
        }
        run.series.push_back(std::move(series));
    }
    return run;
}

Parsed readJson(const QByteArray &content, const QString &origin)
{
    QJsonParseError problem;
    const QJsonDocument parsed = QJsonDocument::fromJson(content, &problem);
    if (!parsed.isObject())
        return invalid(origin, QStringLiteral("begins like JSON, but is none (%1 at byte %2)")
                                   .arg(problem.errorString(), QString::number(problem.offset)));
    const QJsonObject json = parsed.object();
    if (json.value(QStringLiteral("metrics")).toObject().contains(QStringLiteral("http_req_duration")))
        return readK6(json, origin);
    if (json.value(QStringLiteral("latencies")).isObject())
        return readVegeta(json, origin);
    if (json.value(QStringLiteral("latencyPercentiles")).isObject())
        return readOha(json, origin);
    if (json.value(QStringLiteral("latency")).isObject() && json.value(QStringLiteral("requests")).isObject())
        return readAutocannon(json, origin);
    return invalid(origin, QStringLiteral("JSON, but of none of k6 (summary), vegeta (report), oha, autocannon"));
}

} // namespace

QString foreignToolName(ForeignTool tool)
{
    switch (tool) {
    case ForeignTool::Wrk:
        return QStringLiteral("wrk");
    case ForeignTool::Wrk2:
        return QStringLiteral("wrk2");
    case ForeignTool::K6:
        return QStringLiteral("k6");
    case ForeignTool::Vegeta:
        return QStringLiteral("vegeta");
    case ForeignTool::Oha:
        return QStringLiteral("oha");
    case ForeignTool::Autocannon:
        return QStringLiteral("autocannon");
    case ForeignTool::HdrLog:
        return QStringLiteral("hdr");
    case ForeignTool::PercentileText:
        return QStringLiteral("hgrm");
    }
    return {};
}

base::Result<ForeignRun> readForeignRun(const QByteArray &content, const QString &origin)
{
    const QByteArray trimmed = content.trimmed();
    if (trimmed.startsWith('{') || trimmed.startsWith('['))
        return readJson(trimmed, origin);
    // The legend tells a log whose histograms are of another version, which its reader then says.
    if (content.contains("HISTF") || content.contains("\"Interval_Compressed_Histogram\""))
        return readLog(content, origin);
    const QString text = QString::fromUtf8(content);
    if (text.contains(QLatin1String("1/(1-Percentile)")))
        return readPercentileText(text, origin);
    if (text.contains(QLatin1String("Requests/sec:")))
        return readWrk(text, origin);
    return invalid(origin, QStringLiteral("none of wrk, wrk2, k6, vegeta, oha, autocannon, an HdrHistogram log or its "
                                          "percentile text"));
}

} // namespace rollcall::probe
