#include "app/ctl/Commands.h"
#include "app/ctl/LatencyFiles.h"
#include "app/ctl/OutFile.h"
#include "core/probe/CsvWriter.h"
#include "core/probe/HdrWriter.h"
#include "core/probe/HtmlReport.h"
#include "core/probe/MarkdownWriter.h"
#include "core/probe/OpenMetricsWriter.h"

namespace rollcall::ctl {

namespace {

const QStringList &forms()
{
    static const QStringList names{QStringLiteral("html"), QStringLiteral("csv"),         QStringLiteral("hdr"),
                                   QStringLiteral("hgrm"), QStringLiteral("openmetrics"), QStringLiteral("markdown")};
    return names;
}

QByteArray rendered(const probe::RunDocument &document, const QString &form, bool samples)
{
    if (form == QLatin1String("csv"))
        return samples ? probe::samplesAsCsv(document) : probe::cellsAsCsv(document);
    if (form == QLatin1String("hdr"))
        return probe::asHdrLog(document);
    if (form == QLatin1String("hgrm"))
        return probe::asPercentileText(document);
    if (form == QLatin1String("openmetrics"))
        return probe::asOpenMetrics(document);
    return form == QLatin1String("markdown") ? probe::asMarkdown(document) : probe::asHtml(document);
}

class LatencyReportCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags{
            {QStringLiteral("as"), forms().join(QLatin1Char('|')), QStringLiteral("what to make (html)")},
            {QStringLiteral("samples"), {}, QStringLiteral("with csv: a row for each sample, not for each cell")},
            {QStringLiteral("revocations"), QStringLiteral("FILE"),
             QStringLiteral("with html or markdown: what `latency propagation` answered as JSON, shown beside it")}};
        const std::vector<Flag> out = outFlags(QStringLiteral("where to (standard output)"), Existing::Replaced);
        flags.insert(flags.end(), out.begin(), out.end());
        return {{QStringLiteral("latency"), QStringLiteral("report")},
                QStringLiteral("FILE"),
                true,
                QStringLiteral("a saved run as a report or for other tools; written as it is, whatever --format says"),
                std::move(flags),
                {}};
    }

    Outcome run(Context &context) const override
    {
        const Arguments &arguments = context.arguments();
        const auto form = arguments.choice(QStringLiteral("as"), forms());
        if (!form)
            return Outcome::failed(form.error());
        const bool samples = arguments.has(QStringLiteral("samples"));
        if (samples && *form != QLatin1String("csv"))
            return Outcome::failed(usageError(QStringLiteral("--samples"), QStringLiteral("goes with --as csv alone")));
        const bool shows = *form == QLatin1String("html") || *form == QLatin1String("markdown");
        if (arguments.has(QStringLiteral("revocations")) && !shows) {
            return Outcome::failed(usageError(QStringLiteral("--revocations"),
                                              QStringLiteral("goes with --as html or --as markdown alone")));
        }
        if (arguments.argument() == QLatin1String("-") &&
            arguments.value(QStringLiteral("revocations")) == QLatin1String("-")) {
            return Outcome::failed(
                usageError(QStringLiteral("--revocations"), QStringLiteral("standard input is one file only")));
        }
        const auto out = outFile(context, Existing::Replaced);
        if (!out)
            return Outcome::failed(out.error());
        auto document = readRun(arguments.argument(), context.stop());
        if (!document)
            return Outcome::failed(document.error());
        if (samples && document->samples.empty()) {
            return Outcome::failed(usageError(
                QStringLiteral("--samples"),
                QStringLiteral("%1 holds no single samples: it is of an earlier version, or they were too many to keep")
                    .arg(arguments.argument())));
        }
        if (const auto file = arguments.value(QStringLiteral("revocations"))) {
            auto revocations = readRevocations(*file, context.stop());
            if (!revocations)
                return Outcome::failed(revocations.error());
            document->revocations = std::move(*revocations);
        }
        const QByteArray bytes = rendered(*document, *form, samples);
        const auto status =
            *out ? writeOutputFile((*out)->path, bytes) : context.output().text(QString::fromUtf8(bytes));
        return status ? Outcome{} : Outcome::failed(status.error());
    }
};

} // namespace

std::unique_ptr<const Command> makeLatencyReport()
{
    return std::make_unique<LatencyReportCommand>();
}

} // namespace rollcall::ctl
