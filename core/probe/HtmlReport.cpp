#include "core/probe/HtmlReport.h"

#include "core/probe/ReportCharts.h"
#include "core/probe/ReportText.h"

namespace rollcall::probe {

namespace {

/// A report stays a document one can read: of more routes or cells than this the tables tell, not a picture each.
constexpr qsizetype mostPictures = 12;

/// Colours are the application's own tokens; dashes tell the modes apart where colours do not.
constexpr const char *style = R"css(
:root{--window:#F6F7F9;--surface:#FFF;--line:#E1E5EA;--strong:#C5CCD6;--text:#16202C;--muted:#56637A;--accent:#0F6B66;
--good:#166F43;--warn:#9A5B00;--bad:#B42318;--local:#0072B2;--proxy:#B84A00;--memory:#008F68;--redis:#C063A0;--upstash:#B88600;--route:#647B8C;--floor:#5B6470}
@media(prefers-color-scheme:dark){:root{--window:#14171C;--surface:#1B1F26;--line:#2E3541;--strong:#434C5B;--text:#E7ECF3;
--muted:#A3AFC0;--accent:#3CC2B8;--good:#4CC38A;--warn:#F2B84B;--bad:#FB7C73;--local:#4DA9DD;--proxy:#EE7A35;
--memory:#2DC39A;--redis:#ECA9D3;--upstash:#F2C14E;--route:#6F8799;--floor:#8A94A2}}
:root{color-scheme:light dark}
body{margin:0;background:var(--window);color:var(--text);font:15px/1.5 "Open Sans",system-ui,sans-serif}
main{max-width:960px;margin:0 auto;padding:24px 16px 64px}
h1{font-size:24px;margin:0 0 4px}h2{font-size:17px;margin:0 0 8px}
p{margin:0 0 8px}.muted{color:var(--muted)}
section{background:var(--surface);border:1px solid var(--line);border-radius:8px;padding:16px 20px;margin:16px 0}
ul{margin:0;padding-left:20px}ul+h2{margin-top:16px}li{margin:4px 0}
.lead{font-size:17px}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}
svg{width:100%;min-width:42rem;height:auto;display:block}
svg .label{font-size:12px;fill:var(--muted)}
svg .grid{stroke:var(--line);stroke-width:1}svg .one{stroke:var(--text);stroke-width:1}
svg .curve{fill:none;stroke-width:2}svg .band{fill-opacity:.18}
svg .whisker{stroke-width:3;stroke-linecap:round}svg .thin{stroke-width:1.5}
svg .heat{fill:var(--local)}svg .median{fill:none;stroke:var(--text);stroke-width:1.5}
svg .guard{stroke:var(--bad);stroke-dasharray:4 3}svg .pause{stroke:var(--muted);stroke-dasharray:4 3}
svg .hollow{fill:var(--surface);stroke-width:2}
svg .shift{stroke:var(--accent);fill:var(--accent)}svg .curve.shift{fill:none}svg .band.shift{stroke:none}
svg .p-dns{fill:var(--memory)}svg .p-tcp{fill:var(--floor)}svg .p-tls{fill:var(--proxy)}svg .p-wait{fill:var(--local)}
svg .p-receive{fill:var(--warn)}svg .p-server{fill:var(--text)}
details{margin-top:8px}summary{cursor:pointer;color:var(--accent)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
th,td{padding:4px 8px;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
th:first-child,td:first-child,.text td,.text th{text-align:left}
td{white-space:nowrap}td:first-child,.text td{white-space:normal;overflow-wrap:anywhere;min-width:112px}
@media print{body{background:#FFF}section{break-inside:avoid}}
)css";

struct ModeStyle
{
    const char *name;
    const char *color;
    const char *dash;
};
constexpr ModeStyle modeStyles[] = {
    {"local", "local", "none"},
    {"proxy", "proxy", "7 4"},
    {"cached", "memory", "2 3"},
    {"cached-memory", "memory", "2 3"},
    {"cached-redis", "redis", "4 2"},
    {"cached-upstash", "upstash", "5 2 1 2"},
    {"cached-hit", "memory", "2 3"},
    {"cached-miss", "memory", "6 2 2 2"},
    {"cached-memory-hit", "memory", "2 3"},
    {"cached-memory-miss", "memory", "6 2 2 2"},
    {"cached-redis-hit", "redis", "4 2"},
    {"cached-redis-miss", "redis", "8 2 2 2"},
    {"cached-upstash-hit", "upstash", "5 2 1 2"},
    {"cached-upstash-miss", "upstash", "9 3 1 3"},
    {"route", "route", "10 3"},
    {"floor", "floor", "1.5 3"},
};

QString wholeStyle()
{
    QString text = QString::fromUtf8(style);
    for (const ModeStyle &mode : modeStyles) {
        text += QStringLiteral("svg .m-%1{stroke:var(--%2)}svg .fill.m-%1:not(.hollow),svg .band.m-%1{fill:var(--%2)}"
                               "svg .band.m-%1{stroke:none}svg .box.m-%1{fill:var(--%2);fill-opacity:.24}"
                               "svg .curve.m-%1{stroke-dasharray:%3}\n")
                    .arg(QLatin1String(mode.name), QLatin1String(mode.color), QLatin1String(mode.dash));
    }
    // Behind the modes: a further curve of one.
    return text + QStringLiteral("svg .curve.again-1{stroke-dasharray:14 3 2 3}"
                                 "svg .curve.again-2{stroke-dasharray:2 3 2 9}\n");
}

/// Unicode's own line separator: what follows it in a field stands below. A route that holds it breaks there, no more.
constexpr QChar lineBreak(0x2028);

QString tableOf(const QStringList &head, const std::vector<QStringList> &rows, const QString &cssClass = {})
{
    QString html = QStringLiteral("<div class=\"scroll\"><table class=\"%1\"><thead><tr>").arg(cssClass);
    for (const QString &name : head)
        html += QStringLiteral("<th scope=\"col\">") + escapedHtml(name) + QStringLiteral("</th>");
    html += QStringLiteral("</tr></thead><tbody>");
    for (const QStringList &row : rows) {
        html += QStringLiteral("<tr>");
        for (const QString &field : row)
            html += QStringLiteral("<td>") + escapedHtml(field).replace(lineBreak, QStringLiteral("<br/>")) +
                    QStringLiteral("</td>");
        html += QStringLiteral("</tr>\n");
    }
    return html + QStringLiteral("</tbody></table></div>");
}

/// @p number tells the charts of one kind apart.
QString section(const ReportChart &chart, std::size_t number = 0)
{
    const QString id = number == 0 ? chart.id : QStringLiteral("%1-%2").arg(chart.id).arg(number);
    QString html =
        QStringLiteral("<section id=\"%1\"><h2>%2</h2><div class=\"scroll\">").arg(id, escapedHtml(chart.title)) +
        chart.svg + QStringLiteral("</div><p class=\"muted\">") + escapedHtml(chart.sentence) + QStringLiteral("</p>");
    if (!chart.rows.empty()) {
        html += QStringLiteral("<details><summary>Table</summary>") + tableOf(chart.head, chart.rows) +
                QStringLiteral("</details>");
    }
    return html + QStringLiteral("</section>\n");
}

QString verdictClass(Verdict verdict)
{
    if (verdict == Verdict::Within)
        return QStringLiteral("good");
    return isMissed(verdict, false) ? QStringLiteral("bad") : QStringLiteral("warn");
}

QString summarySection(const RunDocument &document)
{
    QString html = QStringLiteral("<section><h2>What was found</h2><ul>");
    const QStringList sentences = verdictSentences(document);
    for (qsizetype i = 0; i < sentences.size(); ++i) {
        html += (i == 0 ? QStringLiteral("<li class=\"lead\">") : QStringLiteral("<li>")) +
                escapedHtml(sentences.at(i)) + QStringLiteral("</li>");
    }
    html += QStringLiteral("</ul>");
    if (!document.budgets.empty()) {
        html += QStringLiteral("<h2>Budgets</h2><ul>");
        for (const BudgetResult &budget : document.budgets) {
            html += QStringLiteral("<li class=\"%1\">").arg(verdictClass(budget.verdict)) +
                    escapedHtml(budgetSentence(budget)) + QStringLiteral("</li>");
        }
        html += QStringLiteral("</ul>");
    }
    return html + QStringLiteral("</section>\n");
}

QString cellSection(const RunDocument &document)
{
    std::vector<QStringList> rows;
    for (const CellResult &cell : document.cells) {
        QStringList errors;
        for (const auto &[kind, number] : cell.errors)
            errors << QStringLiteral("%1 %2").arg(number).arg(kind);
        for (const bool response : {true, false}) {
            const Distribution &times = response ? cell.response : cell.service;
            QStringList row{cellName(cell.id),
                            response ? QStringLiteral("response") : QStringLiteral("service"),
                            QString::number(cell.count),
                            times.effective ? QString::number(*times.effective) : QString(),
                            QString::number(cell.ok),
                            errors.join(QStringLiteral(", ")),
                            QString::number(cell.censored),
                            durationText(times.min)};
            for (std::size_t i = 0; i < times.quantiles.size(); ++i)
                row << quantileText(cell, times, reportedQuantiles[i]) +
                           (times.intervals[i] ? lineBreak + intervalText(times.intervals[i]) : QString()) +
                           (times.quantiles[i] && isIndicative(times, reportedQuantiles[i])
                                ? lineBreak + QStringLiteral("indicative")
                                : QString());
            rows.push_back(row << maxText(cell, times));
        }
    }
    return QStringLiteral("<section id=\"cells\"><h2>Every cell</h2><p class=\"muted\">Response: from the intended "
                          "start; service: from the actual one. 95 % intervals beside the figures. A figure that is "
                          "missing has too few samples. n eff: how many independent samples tell as much as "
                          "these, of which neighbours are alike; a p99 of fewer than 500 of them is indicative.</p>") +
           tableOf({QStringLiteral("cell"), QStringLiteral("time"), QStringLiteral("count"), QStringLiteral("n eff"),
                    QStringLiteral("ok"), QStringLiteral("errors"), QStringLiteral("timeouts"), QStringLiteral("min"),
                    QStringLiteral("p50"), QStringLiteral("p90"), QStringLiteral("p95"), QStringLiteral("p99"),
                    QStringLiteral("p99.9"), QStringLiteral("max")},
                   rows) +
           QStringLiteral("</section>\n");
}

QString metadataSection(const RunDocument &document)
{
    std::vector<QStringList> rows;
    for (const auto &[name, value] : metadataRows(document))
        rows.push_back({name, value});
    return QStringLiteral("<section id=\"how\"><h2>How it was measured</h2>") +
           tableOf({QStringLiteral("what"), QStringLiteral("value")}, rows, QStringLiteral("text")) +
           QStringLiteral("</section>\n");
}

} // namespace

QByteArray asHtml(const RunDocument &document)
{
    const QString when = base::toIso(startOf(document));
    QString html =
        QStringLiteral("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                       "style-src 'unsafe-inline'\">"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                       "<title>Session latency, %1</title><style>")
            .arg(when) +
        wholeStyle() +
        QStringLiteral("</style></head><body><main><h1>Session latency</h1><p class=\"muted\">%1, measured by "
                       "%2</p>\n")
            .arg(when, escapedHtml(document.meta.value(QStringLiteral("tool")).toString()));
    html += summarySection(document) + section(dumbbellChart(document));
    const QStringList routes = routesOf(document);
    for (qsizetype i = 0; i < std::min(mostPictures, routes.size()); ++i)
        html += section(percentileChart(document, routes.at(i)), static_cast<std::size_t>(i));
    for (qsizetype i = 0; i < std::min(mostPictures, routes.size()); ++i)
        html += section(blocksChart(document, routes.at(i)), static_cast<std::size_t>(i));
    for (std::size_t i = 0; i < std::min<std::size_t>(mostPictures, document.comparisons.size()); ++i)
        html += section(shiftChart(document, document.comparisons[i]), i);
    for (std::size_t i = 0; i < std::min<std::size_t>(mostPictures, document.cells.size()); ++i)
        html += section(heatmapChart(document, i), i);
    html += section(phaseChart(document));
    if (const ReportChart stages = stageChart(document); !stages.rows.empty())
        html += section(stages);
    if (document.revocations)
        html += section(revocationChart(*document.revocations));
    html += cellSection(document) + metadataSection(document);
    return (html + QStringLiteral("</main></body></html>\n")).toUtf8();
}

} // namespace rollcall::probe
