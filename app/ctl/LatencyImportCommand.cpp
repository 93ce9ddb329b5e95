#include <array>

#include "app/ctl/Commands.h"
#include "app/ctl/InputFile.h"
#include "app/ctl/LatencyFiles.h"
#include "core/probe/ForeignRun.h"
#include "core/probe/ReportText.h"

namespace rollcall::ctl {

namespace {

QJsonValue orNull(const std::optional<qint64> &number)
{
    return number ? QJsonValue(*number) : QJsonValue();
}

/// Our own cells in the form of another tool's series, so that both stand in one table.
probe::ForeignSeries seriesOf(const probe::RunDocument &document, const probe::CellResult &cell)
{
    const probe::Distribution &times = document.judged(cell);
    probe::ForeignSeries series;
    series.name = probe::cellName(cell.id);
    series.count = cell.count;
    series.failed = cell.count - cell.ok;
    series.min = times.min;
    series.mean = times.mean;
    series.max = times.max;
    series.quantiles = times.quantiles;
    return series;
}

/// @p people: times with the unit that fits each, in place of nanoseconds.
JsonRecord recordOf(const QString &tool, const probe::ForeignSeries &series, bool people)
{
    JsonRecord record;
    record.add(QStringLiteral("tool"), tool)
        .add(QStringLiteral("name"), series.name)
        .add(QStringLiteral("count"), orNull(series.count))
        .add(QStringLiteral("failed"), orNull(series.failed))
        .add(QStringLiteral("perSecond"), series.perSecond ? QJsonValue(*series.perSecond) : QJsonValue());
    const auto add = [&record, people](const char *name, const std::optional<qint64> &ns) {
        const QLatin1StringView key(name);
        if (people)
            record.add(key, probe::durationText(ns));
        else
            record.add(key + QLatin1StringView("Ns"), orNull(ns));
    };
    add("min", series.min);
    add("mean", series.mean);
    static constexpr std::array names{"p50", "p90", "p95", "p99", "p999"};
    for (std::size_t i = 0; i < names.size(); ++i)
        add(names[i], series.quantiles.at(i));
    add("max", series.max);
    return record;
}

class LatencyImportCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {
            {QStringLiteral("latency"), QStringLiteral("import")},
            QStringLiteral("FILE"),
            true,
            QStringLiteral("what wrk, wrk2, k6, vegeta, oha, autocannon, an .hlog or .hgrm says, beside a run of ours"),
            {{QStringLiteral("beside"), QStringLiteral("RUN"), QStringLiteral("a saved run to show with it")}},
            {}};
    }

    Outcome run(Context &context) const override
    {
        const QString path = context.arguments().argument();
        const auto content = readInputFile(path, context.stop());
        if (!content)
            return Outcome::failed(content.error());
        const auto foreign =
            probe::readForeignRun(*content, path == QLatin1String("-") ? QStringLiteral("standard input") : path);
        if (!foreign)
            return Outcome::failed(foreign.error());
        const bool people = context.output().format() == Format::Table;
        Answer answer;
        answer.list.emplace();
        answer.list->key = QStringLiteral("series");
        for (const probe::ForeignSeries &series : foreign->series)
            answer.list->elements.push_back(recordOf(probe::foreignToolName(foreign->tool), series, people));
        if (const auto beside = context.arguments().value(QStringLiteral("beside"))) {
            const auto document = readRun(*beside, context.stop());
            if (!document)
                return Outcome::failed(document.error());
            for (const probe::CellResult &cell : document->cells)
                answer.list->elements.push_back(
                    recordOf(QStringLiteral("rollcall"), seriesOf(*document, cell), people));
        }
        for (const JsonRecord::Member &member : answer.list->elements.front().members())
            answer.list->columns << member.key;
        for (const QString &caveat : foreign->caveats)
            context.output().warn(probe::foreignToolName(foreign->tool) + QStringLiteral(": ") + caveat);
        return Outcome::done(std::move(answer));
    }
};

} // namespace

std::unique_ptr<const Command> makeLatencyImport()
{
    return std::make_unique<LatencyImportCommand>();
}

} // namespace rollcall::ctl
