#include "ui/latency/RunExport.h"

#include <QCoreApplication>

#include <array>

#include "core/probe/CsvWriter.h"
#include "core/probe/HdrWriter.h"
#include "core/probe/HtmlReport.h"
#include "core/probe/MarkdownWriter.h"
#include "core/probe/OpenMetricsWriter.h"

namespace rollcall::latency {

namespace {

QByteArray asJson(const probe::RunDocument &document)
{
    return document.toJson();
}

constexpr std::array formats{
    RunExport{"html", QT_TRANSLATE_NOOP("RunExport", "Report (HTML)…"), "latency.html", probe::asHtml},
    RunExport{"markdown", QT_TRANSLATE_NOOP("RunExport", "Report (Markdown)…"), "latency.md", probe::asMarkdown},
    RunExport{"json", QT_TRANSLATE_NOOP("RunExport", "Run document (JSON)…"), "latency.json", asJson},
    RunExport{"cells", QT_TRANSLATE_NOOP("RunExport", "Cells (CSV)…"), "latency-cells.csv", probe::cellsAsCsv},
    RunExport{"samples", QT_TRANSLATE_NOOP("RunExport", "Samples (CSV)…"), "latency-samples.csv", probe::samplesAsCsv},
    RunExport{"hdr", QT_TRANSLATE_NOOP("RunExport", "HdrHistogram log…"), "latency.hlog", probe::asHdrLog},
    RunExport{"hgrm", QT_TRANSLATE_NOOP("RunExport", "Percentile text…"), "latency.hgrm", probe::asPercentileText},
    RunExport{"openmetrics", QT_TRANSLATE_NOOP("RunExport", "OpenMetrics…"), "latency.prom", probe::asOpenMetrics},
};

} // namespace

std::span<const RunExport> runExports()
{
    return formats;
}

QByteArray exported(const probe::RunDocument &document, const std::optional<probe::Revocations> &revocations,
                    QByteArray (*write)(const probe::RunDocument &document))
{
    if (!revocations)
        return write(document);
    probe::RunDocument both = document;
    both.revocations = revocations;
    return write(both);
}

QString wordOf(const RunExport &format)
{
    return QCoreApplication::translate("RunExport", format.word);
}

} // namespace rollcall::latency
